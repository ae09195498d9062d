"""Cells that a spreadsheet would run: the one reversible escape, a leading apostrophe.

A value is *live* when its first character that is no blank, apostrophe or quotation mark starts a formula, or when
a tab or line end stands before it. `escape` puts one apostrophe before a live value, `unescape` takes one apostrophe
off when a live value follows. Values that merely start with an apostrophe (`'t Hooft`) are not live and stay alone;
a live value that already starts with one gets a second, so `unescape(escape(value)) == value` for every value.
"""

_STARTS = frozenset("=+-@＝＋－＠﹦﹢﹣﹫⁺⁻−⁼")
_BREAKS = frozenset("\t\r\n\x0b\x0c")
_BLANKS = "".join(map(chr, [*range(0x21), *range(0x7F, 0xA1), 0x1680, *range(0x2000, 0x2010), 0x180E, 0xAD]))
_INVISIBLE = "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2061\u2062\u2063\u2064\u3000\ufeff"
_LEADING = _BLANKS + _INVISIBLE + "'\"`´‘’‚‛“”„‟«»‹›＇＂"
_SUSPECT = _STARTS | frozenset(_LEADING)


def is_live(value: str) -> bool:
    """Whether a spreadsheet could take the value for a formula."""
    if value[:1] not in _SUSPECT:
        return False
    core = value.lstrip(_LEADING)
    return core[:1] in _STARTS or not _BREAKS.isdisjoint(value[: len(value) - len(core)])


def escape(value: str) -> str:
    """The value as it may be written."""
    return "'" + value if is_live(value) else value


def unescape(value: str) -> str:
    """The value that `escape` was given."""
    return value[1:] if value[:1] == "'" and is_live(value[1:]) else value
