r"""Escape sequences between the text of a message and the leaves of its tree (chapter 2.7).

Delimiters, `\.br\` and hexadecimal data become characters. Highlighting, other formatting commands, character set
switches and local sequences stay in the leaf as they stand and are written back as they stand. Every other escape
character is text.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from gateway.adapters.hl7v2.separators import Separators

Report = Callable[[str], None]
"""Told the kind of what an escape sequence has that a reader should know: `charset`, `hex`, `format`, `stray`."""

KEPT = (
    r"(?:[HN]|\.(?:sp|in|ti|sk|ce|fi|nf)[ +-]{0,2}\d{0,4}|C[0-9A-F]{4}|M[0-9A-F]{4}(?:[0-9A-F]{2})?|Z[A-Za-z0-9]{0,80})"
)
KINDS = {"C": "charset", "M": "charset", "H": "format", "N": "format", ".": "format", "Z": "format"}


class Escapes:
    """The escape sequences of one set of delimiters in one character set."""

    def __init__(self, sep: Separators, charset: str) -> None:
        esc = re.escape(sep.escape)
        self.sep = sep
        self.charset = charset
        self.letters = {"F": sep.field, "S": sep.component, "T": sep.subcomponent, "R": sep.repetition, "E": sep.escape}
        if sep.truncation:
            self.letters["P"] = sep.truncation
        names = "".join(self.letters)
        self.sequence = re.compile(rf"{esc}(?:([{names}])|(\.br)|X((?:[0-9A-Fa-f]{{2}})+)|({KEPT})){esc}")
        self.kept = re.compile(f"{esc}{KEPT}{esc}")
        plain = sep.field + sep.component + sep.repetition + sep.subcomponent + sep.escape + sep.truncation
        self.special = re.compile(f"[{re.escape(plain)}\x00-\x08\x0a-\x1f]")
        letters = {char: name for name, char in self.letters.items()}
        self.written = {c: sep.escape + name + sep.escape for c, name in letters.items()}
        self.written["\n"] = f"{sep.escape}.br{sep.escape}"
        self.written |= {chr(n): f"{sep.escape}X{n:02X}{sep.escape}" for n in range(32) if n not in (9, 10)}

    def read(self, text: str, report: Report) -> str:
        """The text between two delimiters -> the leaf."""
        if self.sep.escape not in text:
            return text

        def one(match: re.Match[str]) -> str:
            letter, line, data, kept = match.groups()
            if letter:
                return self.letters[letter]
            if line:
                return "\n"
            if kept:
                report(KINDS[kept[0]])
                return match[0]
            return self._hexadecimal(data, match[0], report)

        if self.sep.escape in self.sequence.sub("", text):
            report("stray")
        return self.sequence.sub(one, text)

    def _hexadecimal(self, data: str, whole: str, report: Report) -> str:
        try:
            return bytes.fromhex(data).decode(self.charset)
        except UnicodeDecodeError:
            report("hex")
            return whole

    def write(self, leaf: str) -> str:
        """A leaf -> the text between two delimiters; reading it again gives the same leaf."""
        if not self.special.search(leaf):
            return leaf
        if self.sep.escape not in leaf:
            return self._plain(leaf)
        out, at = [], 0
        for match in self.kept.finditer(leaf):
            if self.special.search(match[0][1:-1]):
                continue
            out += [self._plain(leaf[at : match.start()]), match[0]]
            at = match.end()
        return "".join(out) + self._plain(leaf[at:])

    def _plain(self, text: str) -> str:
        return self.special.sub(lambda match: self.written[match[0]], text)


@lru_cache(maxsize=64)
def escapes(sep: Separators, charset: str) -> Escapes:
    """The escape sequences for delimiters and a Python codec name."""
    return Escapes(sep, charset)
