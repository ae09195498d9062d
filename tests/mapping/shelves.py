"""Small formats written into a folder from short texts, and what the real codecs make of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from gateway import wiring
from gateway.domain.codec import Tree
from gateway.domain.problem import Problem
from gateway.mapping.format import Format
from gateway.mapping.run import Result
from gateway.mapping.shelf import Shelf

ROOT = Path(__file__).resolve().parents[2]
HEADER = "theirs;ours;direction;note\n"


@dataclass(slots=True)
class Desk:
    """A folder of formats under construction; `trial` is the format most tests write."""

    folder: Path

    def write(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def maps(self, name: str, maps: Mapping[str, str]) -> None:
        for map_name, text in maps.items():
            self.write(f"{name}/{map_name}.map.yaml", dedent(text))

    def table(
        self, rules: str, columns: Iterable[str] = "ab", target: str = "Patient", more: str = "", options: str = ""
    ) -> "Desk":
        """A delimited format: each row makes one resource by `rules` (columns `name` or `name:type`)."""
        listed = [column.partition(":") for column in columns]
        lines = "".join(f"    - {{name: {name}, type: {kind or 'string'}}}\n" for name, _, kind in listed)
        head = f"format: trial\ncodec: delimited\noptions:\n{indent(dedent(options), '  ')}  columns:\n{lines}"
        self.write("trial/format.yaml", head + dedent(more))
        self.maps("trial", {"main": root(f"row <-> {target} as one | one", "table")})
        return self.map("one", "row", target, rules)

    def map(self, name: str, source: str, target: str, rules: str, more: str = "") -> "Desk":
        """One more map of the trial format."""
        body = indent(dedent(rules).strip(), "  ")
        text = f"map: {name}\nsource: {source}\ntarget: {target}\n{dedent(more)}rules:\n{body}\n"
        self.write(f"trial/{name}.map.yaml", text)
        return self

    def message(self, rules: str, more: str = "") -> "Desk":
        """An HL7 v2 format whose root map stands on the message."""
        head = "format: trial\ncodec: hl7v2\noptions: {dates: hl7}\nnull: '\"\"'\n"
        self.write("trial/format.yaml", head + dedent(more))
        return self.map("main", "message", "resources", rules)

    def fhir(self, rules: str, more: str = "") -> "Desk":
        """A format that is FHIR itself."""
        self.write("trial/format.yaml", "format: trial\ncodec: fhir\n" + dedent(more))
        return self.map("main", "resources", "resources", rules)

    def codes(self, name: str, lines: str, policy: str = "no match: error") -> "Desk":
        """A code table with its policy; the last call must follow all other lines of format.yaml."""
        self.write(f"trial/codes/{name}.csv", HEADER + dedent(lines).lstrip())
        file = self.folder / "trial/format.yaml"
        text = file.read_text(encoding="utf-8")
        head = "" if "\ncodes:" in text else "codes:\n"
        file.write_text(f"{text}{head}  {name}: {{{policy}}}\n", encoding="utf-8")
        return self

    def shelf(self) -> Shelf:
        return Shelf((self.folder,), wiring.Codecs(), self.folder)

    def problems(self, name: str = "trial") -> list[Problem]:
        """The findings of the static check."""
        return self.shelf().load(name)

    def load(self, name: str = "trial") -> Format:
        """The format, which must be clean but for warnings."""
        shelf = self.shelf()
        form = shelf.get(name)
        errors = [str(problem) for problem in shelf.problems[name] if problem.severity == "error"]
        assert errors == []
        assert form is not None
        return form


def root(rule: str, source: str) -> str:
    return f"map: main\nsource: {source}\ntarget: resources\nrules:\n  - {rule}\n"


def rows(*items: Mapping[str, str]) -> Tree:
    return {"row": [dict(item) for item in items]}


def there(form: Format, tree: Tree) -> Tree:
    """The canonical resources of a tree, without identities; no error must occur."""
    result = form.to_fhir(tree, "seed")
    assert errors(result) == []
    return bare(result.tree)


def back(form: Format, tree: Tree) -> Tree:
    """A tree of the format from canonical resources; no error must occur."""
    result = form.from_fhir(tree)
    assert errors(result) == []
    return result.tree


def both_ways(form: Format, tree: Tree) -> Tree:
    """There and back."""
    result = form.to_fhir(tree, "seed")
    assert errors(result) == []
    return back(form, result.tree)


def one(form: Format, row: Mapping[str, str], kind: str = "Patient") -> dict[str, Any]:
    """The one resource of a type that a single row gives."""
    found = there(form, rows(row)).get(kind, [])
    assert len(found) == 1
    resource: dict[str, Any] = found[0]
    return resource


def message(form: Format, *segments: str) -> Tree:
    """An HL7 v2 message as a tree; MSH is put before."""
    head = "MSH|^~\\&|KIS|KLINIK|GATEWAY|KG|20261104081500||ADT^A01^ADT_A01|4711|P|2.5|||||DEU|UNICODE UTF-8"
    decoded = form.codec.decode("\r".join([head, *segments, ""]).encode("utf-8"), form.spec)
    assert [problem for problem in decoded.problems if problem.severity == "error"] == []
    return decoded.trees[0]


def errors(result: Result) -> list[str]:
    return [str(problem) for problem in result.problems if problem.severity == "error"]


def codes(problems: Iterable[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def bare(tree: Tree) -> Tree:
    """Resources without identities and resourceType, which follow from the place."""
    gone = {"id", "fullUrl", "resourceType"}
    return {
        kind: [{key: value for key, value in item.items() if key not in gone} for item in items]
        for kind, items in tree.items()
    }
