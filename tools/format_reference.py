"""Writes docs/reference/formats.md from the formats in mappings/: what each carries, and what it leaves out."""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gateway import wiring  # noqa: E402 - the script may run without an installed gateway
from gateway.mapping.inherit import effective  # noqa: E402 - as above
from gateway.mapping.language import FormatFile, Guard, MapFile, Statement  # noqa: E402 - as above
from gateway.mapping.language import Path as Side  # noqa: E402 - as above
from gateway.mapping.shelf import Shelf  # noqa: E402 - as above

PAGE = ROOT / "docs" / "reference" / "formats.md"
HEAD = """# Formats

Generated from `mappings/` by `tools/format_reference.py`. *Carries* lists the FHIR resources that rules make or read.
*Left out* are the places that `ignore:` names, with the reason written there; they are reported as ignored, never lost
silently. What stands in neither is reported as unmapped. *Not a difference* are the words of `canonical:`: what may
change on the way there and back.
"""
BAR = "\\|"
DIRECTIONS = {"both": "both ways", "in": "only read", "out": "only written"}


def rules(statements: tuple[Statement, ...]) -> Iterator[Statement]:
    """All rules, those in blocks and under guards too."""
    for statement in statements:
        below = statement.rules if isinstance(statement, Guard) else statement.block or ()
        yield statement
        yield from rules(below)


def resources(file: MapFile) -> Iterator[str]:
    """Types of the resources that the rules of a map make."""
    for rule in rules(file.rules):
        if not isinstance(rule, Guard) and isinstance(rule.right, Side):
            parts = rule.right.parts
            if file.is_root and parts and not rule.right.absolute and len(parts) == 1:
                yield parts[0].name
            yield from (part.through for part in parts if part.through)


def entry(whole: FormatFile, own: FormatFile) -> Iterator[str]:
    """The section of one format."""
    kinds = {kind for file in whole.maps.values() for kind in resources(file)}
    carried = sorted(kind for kind in kinds if kind[:1].isupper() and kind != "Bundle")
    yield f"\n## `{own.name}`\n\n{whole.title}.\n\n| | |\n|---|---|"
    yield f"| codec | [`{whole.codec}`](../../gateway/adapters/{whole.codec}/README.md) |"
    yield f"| direction | {DIRECTIONS[whole.direction or 'both']} |"
    yield f"| standing | {whole.standing or 'draft'} |"
    if own.extends:
        yield f"| extends | `{own.extends}` |"
    yield f"| carries | {', '.join(carried) or 'everything: it is canonical FHIR'} |"
    if whole.maps:
        yield f"| what no rule uses | `unmapped: {whole.unmapped}` |"
    if whole.canonical:
        yield f"| not a difference | {', '.join(whole.canonical)} |"
    yield from left_out(own)


def left_out(own: FormatFile) -> Iterator[str]:
    """What the format's own maps ignore, per direction, places with the same reason together."""
    for title, fhir in (("Left out on the way to FHIR", False), ("Left out on the way from FHIR", True)):
        places: dict[tuple[str, str], dict[str, None]] = {}
        for file in own.maps.values():
            scope = file.target if fhir else file.source
            for ignored in file.ignore:
                if ignored.fhir is fhir:
                    places.setdefault((scope, ignored.reason), {})[f"`{ignored.path.text}`"] = None
        if places:
            yield f"\n{title}:\n\n| of | places | reason |\n|---|---|---|"
            for (scope, reason), paths in places.items():
                shown = (scope or "as inherited", ", ".join(paths), reason)
                yield f"| {' | '.join(text.replace('|', BAR) for text in shown)} |"


def page(folder: Path) -> str:
    """The whole page."""
    shelf = Shelf((folder,), wiring.Codecs(), ROOT)
    shelf.read_names()
    lines = [HEAD.rstrip()]
    for name in sorted(shelf.names()):
        chain, _ = shelf.chain(name)
        lines += entry(effective(chain)[0], chain[-1])
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page; `--check` only says whether it is up to date (exit 1 if not)."""
    text = page(ROOT / "mappings")
    if "--check" in sys.argv[1:]:
        return int(PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
