"""Files an operator writes -> frozen pydantic models; every type error is a problem at its line, with its repair."""

import difflib
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from gateway.domain.problem import Problem, Severity
from gateway.mapping.language import Place, finding
from gateway.mapping.parse import Reader, read_yaml

M = TypeVar("M", bound=BaseModel)
Key = str | int
VARIABLE = re.compile(r"\$\{(?P<name>\w*)(?::-(?P<default>[^}]*))?\}")
"""`${GATEWAY_SITE_PORT:-9080}`: a value that differs between two runs of the same files."""
OURS = re.compile(r"GATEWAY_(?!SECRET_)\w+")
NULL = "tag:yaml.org,2002:null"
KINDS = {"int": "a whole number", "float": "a number", "bool": "`true` or `false`", "string": "a text"}
SHAPES = {"tuple": "a list (`- ...`)", "list": "a list (`- ...`)", "dict": "`key: value` lines"}
SHAPES |= {"mapping": SHAPES["dict"], "model": SHAPES["dict"]}
WANTED = KINDS | SHAPES


@dataclass(frozen=True, slots=True)
class Document:
    """A file with the positions of all its parts; `name` is what places call it."""

    name: str
    node: yaml.Node
    elsewhere: Mapping[tuple[Key, ...], str] = field(default_factory=dict)
    """Paths whose value does not come from the file, and where it comes from (`environment GATEWAY__NAME`)."""

    @classmethod
    def blank(cls, name: str) -> "Document":
        """A document of something that has no file any more."""
        start = yaml.Mark(name, 0, 0, 0, None, 0)
        return cls(name, yaml.MappingNode("tag:yaml.org,2002:map", [], start, start))

    def place(self, path: Sequence[Key] = ()) -> Place | str:
        """Where the value of a path starts; of a path that is not there, the nearest part above it."""
        for length in range(len(path), 0, -1):
            if source := self.elsewhere.get(tuple(path[:length])):
                return source
        return Reader(self.name).place(self.find(path)[0])

    def find(self, path: Sequence[Key]) -> tuple[yaml.Node, int]:
        """The node of a path, or the nearest above it, and how many steps lead there."""
        node, steps = self.node, 0
        for step in path:
            below = _below(node, step)
            if below is None:
                break
            node, steps = below, steps + 1
        return node, steps

    def key(self, path: Sequence[Key]) -> Place | str:
        """Where the key of a path stands."""
        above, _ = self.find(path[:-1])
        keys = [key for key, _ in above.value if key.value == path[-1]] if isinstance(above, yaml.MappingNode) else []
        return Reader(self.name).place(keys[0]) if keys else self.place(path)

    def finding(
        self, code: str, path: Sequence[Key], sentence: str, repair: str, severity: Severity = "error"
    ) -> Problem:
        """A problem at a path of the file."""
        return finding(code, self.place(path), sentence, repair, severity)


def _below(node: yaml.Node, step: Key) -> yaml.Node | None:
    """One step down: a key of a mapping, a number of a list."""
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item
    return None


def open_document(
    path: FilePath, name: str, variables: Collection[str] | None = None
) -> tuple[Document | None, dict[str, Any], list[Problem]]:
    """A YAML file with positions, its values (scalars stay texts: `05711000` keeps its zero), and what is wrong.

    `variables`: below which keys of the file variables of the environment are filled in; None: everywhere.
    """
    node, problems = read_yaml(path, name)
    if node is None:
        return None, {}, problems
    reader = Reader(name)
    if not isinstance(node, yaml.MappingNode):
        reader.wrong("config.shape", node, "`key: value` lines are expected here", "see docs/reference")
        return None, {}, reader.problems
    values = {
        key: _values(value, reader, variables=variables is None or key in variables)
        for key, _, value in reader.entries(node)
        if not _left_out(value)
    }
    return Document(name, node), values, reader.problems


def _values(node: yaml.Node, reader: Reader, *, variables: bool) -> Any:
    """Mappings, lists and texts; a key with nothing behind it counts as left out."""
    if isinstance(node, yaml.MappingNode):
        return {
            name: _values(value, reader, variables=variables)
            for name, _, value in reader.entries(node)
            if not _left_out(value)
        }
    if isinstance(node, yaml.SequenceNode):
        return [_values(item, reader, variables=variables) for item in node.value]
    return VARIABLE.sub(lambda match: _variable(match, node, reader), node.value) if variables else str(node.value)


def _left_out(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == NULL


def _variable(match: re.Match[str], node: yaml.Node, reader: Reader) -> str:
    """A variable of the environment, or its default; only ours, and never a secret."""
    name, default = match["name"], match["default"]
    if not OURS.fullmatch(name):
        repair = "a variable is called GATEWAY_..., and a secret is named under `secret:`"
        reader.wrong("config.variable", node, f"`{name}` is no variable of a gateway", repair)
    elif default is None and name not in os.environ:
        reader.wrong("config.unset", node, f"the variable {name} is not set", f"set it, or write ${{{name}:-default}}")
    else:
        return os.environ.get(name, default or "")
    return ""


def typed(model: type[M], values: Mapping[str, Any], document: Document) -> tuple[M | None, list[Problem]]:
    """The model of a document's values; with a finding None."""
    try:
        return model.model_validate(values), []
    except ValidationError as fault:
        errors = fault.errors(include_url=False, include_context=True, include_input=False)
        return None, [_worded(model, document, dict(error)) for error in errors]


def _worded(model: type[BaseModel], document: Document, error: Mapping[str, Any]) -> Problem:
    """One of pydantic's errors in our words; never with the value, which may be a secret."""
    path: tuple[Key, ...] = tuple(error["loc"])
    kind, last = str(error["type"]), str(path[-1]) if path else ""
    keys = described(model, path[:-1])
    if kind == "extra_forbidden":
        return finding("config.key", document.key(path), f"there is no key `{last}` here", nearest(last, keys))
    if kind == "missing":
        repair = f"add `{last}: ...` ({keys.get(last, '')})"
        return finding("config.missing", document.place(path), f"the key `{last}` is missing", repair)
    if kind == "literal_error":
        name = _name(path)
        return document.finding("config.value", path, f"`{name}` cannot be this", f"allowed: {_allowed(error)}")
    wanted = WANTED.get(kind.split("_", maxsplit=1)[0])
    if wanted:
        return document.finding(
            "config.type", path, f"{wanted} is expected here", f"write {wanted} for `{_name(path)}`"
        )
    return document.finding("config.range", path, f"`{_name(path)}` does not fit", str(error["msg"]))


def _name(path: Sequence[Key]) -> str:
    """The last key of a path."""
    return next((str(step) for step in reversed(path) if isinstance(step, str)), "")


def _allowed(error: Mapping[str, Any]) -> str:
    """The allowed values of a literal, as pydantic lists them, without the empty one."""
    said = str(error.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
    return ", ".join(word for word in said.replace("'", "").split(", ") if word)


def is_file(path: str | FilePath) -> bool:
    """Whether a file stands there; not under a name that no file can have."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises for such a name


def is_folder(path: str | FilePath) -> bool:
    """Whether a folder stands there; not under a name that none can have."""
    return os.path.isdir(path)  # noqa: PTH112 - as above


def one_or_more(value: Any) -> Any:
    """A single text where a list may stand is a list of one."""
    return (value,) if isinstance(value, str) else value


def nearest(word: str, known: Collection[str]) -> str:
    """The repair for a word that is none: the nearest one, or all."""
    near = difflib.get_close_matches(word, known, 1, 0.6)
    return f"did you mean `{near[0]}`?" if near else f"allowed: {', '.join(known)}"


def described(model: type[BaseModel], path: Sequence[Key]) -> dict[str, str]:
    """The keys a mapping at a path may have, with what each is for."""
    found: type[BaseModel] | None = model
    for step in path:
        if isinstance(step, str) and found is not None:
            field_of = dict(fields(found))
            found = next(_models(field_of[step].annotation), None) if step in field_of else None
    return {name: info.description or "" for name, info in fields(found)} if found else {}


def fields(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """The keys of a model as a file has them, with their fields."""
    for name, info in model.model_fields.items():
        yield info.alias or name, info


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models inside a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
