"""One message between its text and its tree (chapters 2.5 and 2.12)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gateway.adapters.hl7v2 import facts, nesting, segment, structure
from gateway.adapters.hl7v2.escape import Escapes, escapes
from gateway.adapters.hl7v2.separators import Separators, separators
from gateway.domain.codec import Tree
from gateway.domain.problem import Problem

NOTICES: dict[str, Problem] = {
    "charset": Problem(
        "hl7v2.escape.charset",
        "",
        "A character set switch inside the value is not carried out; it stands there as it came.",
        "Let the sender use one character set for the whole message.",
        "information",
    ),
    "format": Problem(
        "hl7v2.escape.format",
        "",
        "A formatting command or a local escape sequence stands in the value as it came.",
        "Nothing, if the reader of the value knows it.",
        "information",
    ),
    "hex": Problem(
        "hl7v2.escape.hex",
        "",
        "Hexadecimal data does not fit the character set of the message and stands there as it came.",
        "Let the sender send characters of the message's character set.",
        "warning",
    ),
    "stray": Problem(
        "hl7v2.escape.stray",
        "",
        "An escape character stands without an escape sequence of chapter 2.7; it was read as text.",
        "Let the sender write the escape character itself as \\E\\.",
        "warning",
    ),
}

OF_A_PERSON = frozenset({"ADT", "MDM", "REF"})
"""Types of messages that mean nothing without PID, where their structure has one (chapters 3, 9 and 11)."""


@dataclass(slots=True)
class Reading:
    """A message while it is read: its delimiters, its segments so far, what was met."""

    sep: Separators
    escapes: Escapes
    leaf: int
    segments: list[tuple[str, Tree]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    counted: int = 0
    name: str = ""

    def at(self) -> str:
        """The segment being read, as places begin with it."""
        for name, _ in self.segments[self.counted :]:
            self.counts[name] = self.counts.get(name, 0) + 1
        self.counted = len(self.segments)
        count = self.counts.get(self.name, 0) + 1
        return f"{self.name}[{count}]" if count > 1 else self.name

    def notice(self, key: str, below: str, kind: str) -> None:
        """Takes up what an escape sequence of the segment being read has that a reader should know."""
        self.problems.append(replace(NOTICES[kind], place=f"{self.at()}-{key}{below}"))


def read_message(text: str, charset: str, leaf: int) -> tuple[Tree | None, list[Problem]]:
    """The text of one message -> its tree; `leaf` is the longest value allowed, in characters."""
    lines = _lines(text)
    sep, problems = separators(lines[0])
    if sep is None:
        return None, problems
    reading = Reading(sep, escapes(sep, charset), leaf, problems=problems)
    _read_lines(_joined(lines, reading), reading)
    name = structure_of(reading.segments[0][1])
    tree, strange = nesting.nest(reading.segments, structure.structure(name))
    if strange or not name:
        reading.problems += _misplaced(strange, name)
    if name[:3] in OF_A_PERSON and "PID" in structure.structure(name).inside:
        reading.problems += _nobody(reading)
    return tree, reading.problems


def _lines(text: str) -> list[str]:
    if "\n" in text:
        text = text.replace("\r\n", "\r").replace("\n", "\r")
    return text.split("\r")


def _joined(lines: list[str], reading: Reading) -> list[str]:
    """The segments' lines; a line that does not begin like a segment continues the value before it."""
    sep = reading.sep.field
    whole = [line for line in lines if line[3:4] == sep]
    if len(whole) + (not lines[-1]) == len(lines):
        return whole
    out: list[list[str]] = []
    for line in lines:
        if line[3:4] == sep or (len(line) == 3 and line.isalnum() and line.isupper()):
            out.append([line])
        elif line.strip():
            out[-1].append(line)
    for parts in out:
        if len(parts) > 1:
            reading.problems.append(_continued(parts[0][:3]))
    return [parts[0] if len(parts) == 1 else "\n".join(parts) for parts in out]


def _read_lines(lines: list[str], reading: Reading) -> None:
    sep, segments, shapes = reading.sep.field, reading.segments, facts.shapes()
    for line in lines:
        fields = line.split(sep)
        reading.name = name = fields.pop(0)
        shape = shapes.get(name) or (facts.UNSHAPED if facts.SEGMENT_NAME.match(name) else None)
        if shape is None:
            reading.problems.append(_bad_name(len(segments) + 1))
            continue
        if len(line) > reading.leaf:
            _shorten(fields, reading)
        header = name == "MSH"
        if header:
            fields[:1] = ["", ""]
            line = sep.join(fields)  # noqa: PLW2901 - MSH-2 is no text with delimiters
        found = segment.read_segment(fields, line, shape, reading.escapes, reading.notice)
        if header:
            found = {"1": [{"1": sep}], "2": [{"1": reading.sep.encoding}], **found}
        segments.append((name, found))


def _shorten(fields: list[str], reading: Reading) -> None:
    """Empties the fields that are longer than a value may be."""
    first = 2 if reading.name == "MSH" else 1
    for number, value in enumerate(fields, first):
        if len(value) > reading.leaf:
            fields[number - first] = ""
            reading.problems.append(
                Problem(
                    "hl7v2.limit.leaf",
                    f"{reading.at()}-{number}",
                    f"The value has {len(value)} characters, more than the {reading.leaf} allowed.",
                    "Send it in parts, or raise limits.leaf of the format.",
                )
            )


def structure_of(header: Mapping[str, list[Tree]]) -> str:
    """The name of the structure that a tree's MSH asks for (MSH-9)."""
    kind = header["9"][0] if "9" in header else {}
    return structure.structure_name(str(kind.get("1", "")), str(kind.get("2", "")), str(kind.get("3", "")))


def write_message(tree: Tree, codec: str) -> str:
    """A tree -> the text of its message with CR at the end of each segment; ValueError for a tree of another shape."""
    header = tree["MSH"][0]
    sep = separators_of(header)
    written = escapes(sep, codec)
    root = structure.structure(structure_of(header))
    lines = (segment.write_segment(name, each, written) for name, each in nesting.flatten(tree, root))
    return "".join(line + "\r" for line in lines)


def separators_of(header: Mapping[str, list[Tree]]) -> Separators:
    """The delimiters that a tree's MSH states, the standard's own where it states none."""
    first = header.get("1", [{"1": "|"}])[0]["1"]
    second = header.get("2", [{"1": "^~\\&"}])[0]["1"]
    found, problems = separators(f"MSH{first}{second}{first}")
    if found is None or problems:
        raise ValueError("MSH-2")
    return found


def _misplaced(names: list[str], structure_name: str) -> list[Problem]:
    if not structure_name:
        return [
            Problem(
                "hl7v2.structure.unknown",
                "MSH-9",
                "The message type and trigger event name no message structure known here; groups are not formed.",
                "Let the sender fill MSH-9 with code, event and structure.",
                "information",
            )
        ]
    return [
        Problem(
            "hl7v2.structure.place",
            name,
            f"The structure {structure_name} has no place for this segment here; it was kept beside the others.",
            "Check the message type, or map the segment where it stands.",
            "information",
        )
        for name in dict.fromkeys(names)
    ]


def _nobody(reading: Reading) -> list[Problem]:
    """The finding about a message of a person that does not say whom it is about."""
    if any(name == "PID" for name, _ in reading.segments):
        return []
    return [
        Problem(
            "hl7v2.segment.missing",
            "PID",
            "The segment PID is missing; the message does not say whom it is about.",
            "Let the sender put the patient's PID into the message.",
        )
    ]


def _continued(name: str) -> Problem:
    return Problem(
        "hl7v2.segment.continued",
        name,
        "A line that does not begin with a segment name follows; it was read as part of the segment's last value.",
        "Let the sender write line breaks inside a value as \\.br\\.",
        "warning",
    )


def _bad_name(number: int) -> Problem:
    return Problem(
        "hl7v2.segment.name",
        f"segment {number}",
        "The segment's name is not three capital letters or digits beginning with a letter; it was not read.",
        "Correct the segment's name.",
    )
