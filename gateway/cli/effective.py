"""A format as it acts: the maps with inheritance resolved, each rule with the file it stands in."""

from collections.abc import Iterator, Sequence

from gateway.mapping.format import Format
from gateway.mapping.language import Condition, Guard, MapFile, Statement


def shown(form: Format) -> str:
    """All maps of a format as text."""
    return "\n".join(line for file in form.file.maps.values() for line in map_lines(file)) + "\n"


def map_lines(file: MapFile) -> Iterator[str]:
    """One map."""
    yield f"map: {file.name}   ({file.source} <-> {file.target})   # {file.place.short}"
    yield from rule_lines(file.rules, "  ")
    for word, names in (("copy in", file.copy_in), ("copy out", file.copy_out)):
        if names:
            yield f"  {word}: {', '.join(names)}"
    for entry in file.ignore:
        side = "fhir " if entry.fhir else ""
        yield f"  ignore {side}{entry.path.text}: {entry.reason}   # {entry.place.short}"
    yield ""


def rule_lines(rules: Sequence[Statement], indent: str) -> Iterator[str]:
    """Rules and guards, blocks indented."""
    for rule in rules:
        if isinstance(rule, Guard):
            word = "any" if rule.any else "when"
            yield f"{indent}{word}: {conditions(rule.when)}; back: {conditions(rule.back)}   # {rule.place.short}"
            yield from rule_lines(rule.rules, indent + "  ")
        else:
            yield f"{indent}- {rule.text}   # {rule.place.short}"
            yield from rule_lines(rule.block or (), indent + "    ")


def conditions(tests: Sequence[Condition]) -> str:
    """Conditions as written, more or less."""
    words = [f"{'not ' if t.negated else ''}{t.path.text} {t.operator} {', '.join(t.values)}".strip() for t in tests]
    return "; ".join(words) or "-"
