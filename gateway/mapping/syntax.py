"""The grammar of one line: text of a rule, a path or a condition -> words of the language."""

import re
from collections.abc import Iterator
from typing import cast

from gateway.mapping.language import Arrow, Condition, Constant, Conversion, Link, Names, Operator, Part, Path, Side

ARROW = re.compile(r"\s(<->|->|<-)\s")
PART = re.compile(r"([^\[\]*:]+)((?:\[[^\]]*\])*)(\*?)(?::([A-Z][A-Za-z]+))?$")
RESULT = re.compile(r"^(.*\S)\s+as\s+([A-Za-zÄÖÜäöüß][\w-]*)$")
CONDITION = re.compile(r"^(?:(not)\s+)?(.*?)(?:\s*(!=|=|~)\s*(.*)|\s+(in|starts)\s*\((.*)\))?$")
WORD = re.compile(r"'[^']*'|\S+")
NAME = re.compile(r"\$([\w-]+):?")


class LineError(ValueError):
    """A line does not follow the grammar; `args` are the sentence, the repair and the column within the line."""

    def __init__(self, sentence: str, repair: str, column: int = 0) -> None:
        super().__init__(sentence, repair, column)
        self.sentence, self.repair, self.column = sentence, repair, column


def outside(text: str, separator: str) -> list[str]:
    """Split where `separator` stands outside brackets and parentheses."""
    pieces, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "[(") - (char in "])")
        if depth == 0 and text.startswith(separator, at) and at >= start:
            pieces.append(text[start:at])
            start = at + len(separator)
    return [*pieces, text[start:]]


def expand(text: str, names: Names) -> str:
    """`$kvnr` -> its URL; a colon behind a name ends it, so that text may follow at once (`$evp:Betreuer`)."""

    def replace(match: re.Match[str]) -> str:
        if match[1] not in names:
            sentence = f"the name ${match[1]} is not defined"
            repair = f"add `{match[1]}: ...` under `names:` of format.yaml, or write the text itself"
            raise LineError(sentence, repair, match.start())
        return names[match[1]]

    return NAME.sub(replace, text)


def read_path(text: str, names: Names) -> Path:
    """`name[use=official].family` -> its parts (docs: Paths)."""
    text = text.strip()
    if text == ".":
        return Path((), absolute=False, text=text)
    body = text.removeprefix("/")
    parts = tuple(read_part(piece, names) for piece in outside(body, "."))
    return Path(parts, text.startswith("/"), text)


def read_part(text: str, names: Names) -> Part:
    """`identifier[type=$v2-0203|PI]` -> name, selectors, position, star and reference."""
    match = PART.match(text.strip())
    if not match:
        raise LineError(f"`{text}` is not a part of a path", "write NAME, NAME[key=value], NAME[0], NAME* or NAME:Type")
    index, otherwise, select = None, False, []
    for bracket in re.findall(r"\[([^\]]*)\]", match[2]):
        if bracket.isdecimal():
            index = int(bracket)
        elif bracket == "otherwise":
            otherwise = True
        else:
            select += [read_condition(piece, names) for piece in outside(bracket, ",")]
    return Part(match[1].strip(), tuple(select), index, otherwise, bool(match[3]), match[4] or "")


def read_condition(text: str, names: Names) -> Condition:
    """`PV1-36 starts (09, 10)` -> path, operator, values (docs: Guards)."""
    match = CONDITION.match(text.strip())
    if text.count("(") != text.count(")"):
        raise LineError(f"`{text}` has half a pair of parentheses", 'quote a condition with a comma: "X in (a, b)"')
    if not match or not match[2].strip():
        raise LineError(
            f"`{text}` is not a condition", "write PATH, PATH = v, PATH != v, PATH in (a, b), PATH ~ pattern"
        )
    negated, path, sign, value, word, listed = match.groups()
    if word:
        values = tuple(expand(item.strip(), names) for item in listed.split(","))
        return Condition(read_path(path, names), cast("Operator", word), values, bool(negated))
    operator, values = sign or "has", (expand((value or "").strip(), names),)
    if operator == "=" and values == ("",):
        operator = "none"
    return Condition(read_path(path, names), cast("Operator", operator), values, bool(negated))


def read_side(text: str, names: Names) -> Side:
    """A path, `= constant`, `?= constant`, `link name` or `all name`."""
    text = text.strip()
    if text.startswith(("=", "?=")):
        return Constant(expand(text.lstrip("?")[1:].strip(), names), fallback=text.startswith("?"))
    for word in ("link", "all"):
        if text.startswith(f"{word} "):
            return Link(text[len(word) :].strip(), every=word == "all")
    return read_path(text, names)


def read_conversions(pieces: list[str], names: Names) -> Iterator[Conversion]:
    """`code geschlecht`, `list ,` -> word and arguments."""
    for piece in pieces:
        words = [word.strip("'") if word.startswith("'") else word for word in WORD.findall(piece)]
        if not words:
            raise LineError("a conversion is missing behind `|`", "name a conversion, or take the `|` away")
        yield Conversion(words[0], tuple(expand(word, names) for word in words[1:]))


def read_rule(text: str, names: Names) -> tuple[Side, Arrow, Side, tuple[Conversion, ...], str]:
    """`LEFT <-> RIGHT as name | CONVERSION` -> its five pieces."""
    match = ARROW.search(text)
    if not match:
        raise LineError(f"`{text}` has no arrow", "write LEFT <-> RIGHT (both ways), -> (to FHIR) or <- (from FHIR)")
    right, *conversions = outside(f"{text[match.end() :]} ", " | ")
    named = RESULT.match(right.strip())
    name = named[2] if named else ""
    left = read_side(text[: match.start()], names)
    side = read_side(named[1] if named else right, names)
    return left, cast("Arrow", match[1]), side, tuple(read_conversions(conversions, names)), name
