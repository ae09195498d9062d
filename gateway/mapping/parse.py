"""The files of an integrator -> words of the language, positions kept, every fault a problem with place and repair."""

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, TypeVar

import yaml

from gateway.domain.problem import Problem
from gateway.mapping import keys, syntax
from gateway.mapping.language import (
    Condition,
    FormatFile,
    Guard,
    Ignore,
    MapFile,
    Names,
    Place,
    Rule,
    Statement,
    TablePolicy,
    finding,
)

T = TypeVar("T")
LIMIT = 1_000_000
MAX_DEPTH = 40
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, fifteen times as fast where PyYAML was built with libyaml."""


@dataclass(slots=True)
class Reader:
    """One file while it is read: its name for places, the names in force, and what was found wrong."""

    file: str
    names: Names = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, node: yaml.Node, column: int = 0) -> Place:
        """Where a node starts, 1-based."""
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1 + column)

    def wrong(self, code: str, node: yaml.Node, sentence: str, repair: str, column: int = 0) -> None:
        """Note a finding at a node."""
        self.problems.append(finding(code, self.place(node, column), sentence, repair))

    def line(self, node: yaml.Node, read: Callable[[str, Names], T]) -> T | None:
        """Read one line by the grammar; a fault is noted and gives None."""
        try:
            return read(self.text(node), self.names)
        except syntax.LineError as fault:
            self.wrong("map.syntax", node, fault.sentence, fault.repair, fault.column)
            return None

    def text(self, node: yaml.Node) -> str:
        """The text of a scalar."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.wrong("map.yaml.text", node, "a text is expected here", "write one line of text")
        return ""

    def texts(self, node: yaml.Node) -> list[yaml.Node]:
        """A list of scalars, or a single one."""
        return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]

    def entries(self, node: yaml.Node) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Key text, key node and value node of a mapping; a key written twice is a fault."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong("map.yaml.mapping", node, "`key: value` lines are expected here", "indent them below this key")
            return
        seen = set()
        for key, value in node.value:
            name = self.text(key)
            if name in seen:
                self.wrong("map.yaml.twice", key, f"`{name}` stands here twice", "keep one of the two")
            seen.add(name)
            yield name, key, value

    def known(self, node: yaml.Node, table: dict[str, keys.KeyWord]) -> dict[str, yaml.Node]:
        """The values of a mapping by key; unknown and missing keys are faults."""
        found = {}
        for name, key, value in self.entries(node):
            if name not in table:
                near = difflib.get_close_matches(name, table, 1)
                repair = f"did you mean `{near[0]}`?" if near else f"allowed: {', '.join(table)}"
                self.wrong("map.yaml.key", key, f"there is no key `{name}` here", repair)
            else:
                found[name] = value
                choices = table[name].choices
                if choices and self.text(value) not in choices:
                    self.wrong("map.yaml.value", value, f"`{name}` cannot be this", f"allowed: {', '.join(choices)}")
        for name, word in table.items():
            if word.required and name not in found:
                self.wrong("map.yaml.missing", node, f"the key `{name}` is missing", f"add `{name}: ...`")
        return found


def read_yaml(file: FilePath, name: str) -> tuple[yaml.Node | None, list[Problem]]:
    """The node tree of a YAML file; aliases, too much text or too deep nesting are refused."""
    try:
        text = file.read_bytes().decode("utf-8")
        if len(text) > LIMIT:
            return None, [finding("map.yaml.size", name, f"more than {LIMIT} characters", "split the file")]
        if refused := unwanted(text, name):
            return None, [refused]
        node = yaml.compose(text, LOADER)
        if node is not None:
            plain(node)
    except (OSError, UnicodeDecodeError, RecursionError) as fault:
        return None, [
            finding("map.file", name, f"the file cannot be read ({type(fault).__name__})", "save it as UTF-8")
        ]
    except (yaml.YAMLError, ValueError) as fault:
        mark = getattr(fault, "problem_mark", None)
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        sentence = f"not YAML: {getattr(fault, 'problem', None) or 'cannot be read'}"
        return None, [finding("map.yaml", place, sentence, "mend the line; quote a rule that holds `: ` or ` #`")]
    if node is None:
        return None, [finding("map.yaml.empty", name, "the file is empty", "see docs/reference")]
    return node, []


def unwanted(text: str, name: str) -> Problem | None:
    """What is not read although YAML allows it: aliases, and more nesting than any file needs."""
    depth = 0
    for event in yaml.parse(text, LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        place = Place(name, event.start_mark.line + 1 if event.start_mark else 1)
        if isinstance(event, yaml.AliasEvent):
            return finding("map.yaml.alias", place, "aliases (*name) are not allowed", "write it out")
        if depth > MAX_DEPTH:
            return finding("map.yaml.deep", place, "the file is nested too deep", "see docs/reference")
    return None


def adapts(file: FilePath) -> bool:
    """Whether a partner.yaml is a format too; one that cannot be read is, if it looks so, to be found by the check."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    if not re.search(r"\b(extends|codec)\b", text):
        return False
    node, _ = read_yaml(file, file.name)
    return not isinstance(node, yaml.MappingNode) or any(key.value in {"extends", "codec"} for key, _ in node.value)


def read_map(node: yaml.Node, reader: Reader) -> MapFile:
    """One `*.map.yaml` -> its words."""
    found = reader.known(node, keys.MAP)
    words = ("copy", "copy in", "copy out", "drop")
    texts = {word: [reader.text(item) for item in reader.texts(found[word])] if word in found else [] for word in words}
    excepted = (
        [reader.line(item, syntax.read_path) for item in reader.texts(found["except"])] if "except" in found else []
    )
    key = [reader.line(item, syntax.read_side) for item in reader.texts(found["key"])] if "key" in found else []
    return MapFile(
        name=reader.text(found["map"]) if "map" in found else "",
        source=reader.text(found["source"]) if "source" in found else "",
        target=reader.text(found["target"]) if "target" in found else "",
        rules=tuple(read_rules(found["rules"], reader)) if "rules" in found else (),
        place=reader.place(node),
        key=tuple(side for side in key if side),
        when=read_conditions(found.get("when"), reader),
        back=read_conditions(found.get("back"), reader),
        copy_in=tuple(texts["copy in"] or texts["copy"]),
        copy_out=tuple(texts["copy out"] or texts["copy"]),
        excepted=tuple(path for path in excepted if path),
        ignore=tuple(read_ignore(found["ignore"], reader)) if "ignore" in found else (),
        drop=tuple(texts["drop"]),
    )


def read_conditions(node: yaml.Node | None, reader: Reader) -> tuple[Condition, ...]:
    """`when:`/`back:`: one condition or a list."""
    read = [reader.line(item, syntax.read_condition) for item in reader.texts(node)] if node else []
    return tuple(condition for condition in read if condition)


def read_ignore(node: yaml.Node, reader: Reader) -> Iterator[Ignore]:
    """`PATH: reason` lines; `fhir PATH` for the right side."""
    for name, key, value in reader.entries(node):
        fhir = name.startswith("fhir ")
        reason = reader.text(value)
        if not reason.strip():
            reader.wrong("map.ignore.reason", key, "a path is ignored without a reason", "write the reason behind it")
        for text in syntax.outside(name.removeprefix("fhir "), ","):
            path = reader.line(yaml.ScalarNode("", text.strip(), key.start_mark, key.end_mark), syntax.read_path)
            if path:
                yield Ignore(path, fhir, reason, reader.place(key))


def read_rules(node: yaml.Node, reader: Reader) -> Iterator[Statement]:
    """The list below `rules:` or below a block."""
    if not isinstance(node, yaml.SequenceNode):
        reader.wrong("map.yaml.rules", node, "a list of rules is expected here", "start each rule with `- `")
        return
    for item in node.value:
        if isinstance(item, yaml.MappingNode) and not is_block(item):
            yield read_guard(item, reader)
        else:
            rule = read_rule(item, reader)
            if rule:
                yield rule


def is_block(node: yaml.MappingNode) -> bool:
    """Whether a mapping is a rule with rules below it."""
    return (
        len(node.value) == 1
        and isinstance(node.value[0][0], yaml.ScalarNode)
        and node.value[0][0].value not in keys.GUARD
    )


def read_rule(node: yaml.Node, reader: Reader) -> Rule | None:
    """A line, or a line with a block below it."""
    block = None
    if isinstance(node, yaml.MappingNode):
        node, below = node.value[0]
        block = tuple(read_rules(below, reader))
    read = reader.line(node, syntax.read_rule)
    if not read:
        return None
    left, arrow, right, conversions, name = read
    return Rule(left, arrow, right, conversions, name, " ".join(reader.text(node).split()), reader.place(node), block)


def read_guard(node: yaml.MappingNode, reader: Reader) -> Guard:
    """`when:`/`any:`/`back:` with `rules:`."""
    found = reader.known(node, keys.GUARD)
    one = "any" in found
    when = read_conditions(found.get("any") if one else found.get("when"), reader)
    rules = tuple(read_rules(found["rules"], reader)) if "rules" in found else ()
    return Guard(when, read_conditions(found.get("back"), reader), one, rules, reader.place(node))


def read_format(node: yaml.Node, reader: Reader, folder: FilePath) -> FormatFile:
    """format.yaml or partner.yaml -> its words (maps and tables are added by the shelf)."""
    partner = isinstance(node, yaml.MappingNode) and any(key.value == "partner" for key, _ in node.value)
    table = keys.PARTNER if partner else keys.FORMAT
    found = reader.known(node, table)
    texts: dict[str, Any] = {name: reader.text(value) for name, value in found.items() if table[name].kind == "text"}
    name = texts.pop("partner", "") or texts.get("format", "")
    texts.pop("format", None)
    result = FormatFile(name, folder, reader.place(node), **texts)
    result.options = plain(found["options"]) if "options" in found else {}
    for word, target in (("names", result.names), ("patterns", result.patterns)):
        if word in found:
            target.update({key: reader.text(value) for key, _, value in reader.entries(found[word])})
    result.canonical = [reader.text(item) for item in reader.texts(found["canonical"])] if "canonical" in found else []
    result.roots = [reader.text(item) for item in reader.texts(found["roots"])] if "roots" in found else []
    if "codes" in found:
        result.codes = {table: read_policy(value, reader) for table, _, value in reader.entries(found["codes"])}
    return result


def read_policy(node: yaml.Node, reader: Reader) -> TablePolicy:
    """`{system: ..., no match: keep}` of one code table."""
    found = reader.known(node, keys.POLICY)
    texts: dict[str, Any] = {name: reader.text(value) for name, value in found.items()}
    word, _, argument = texts.get("no match", "error").partition(" ")
    if word not in keys.NO_MATCH or (word == "default" and not argument):
        repair = f"write {keys.POLICY['no match'].about}"
        reader.wrong(
            "map.code.policy", found.get("no match", node), "this is no answer to a code without a match", repair
        )
    return TablePolicy(word, argument.strip(), texts.get("system", ""), texts.get("their system", ""))


def plain(node: yaml.Node) -> dict[str, Any]:
    """A node as ordinary values, by YAML's safe types."""
    loader = yaml.SafeLoader("")
    try:
        value = loader.construct_document(node)
    finally:
        loader.dispose()
    return value if isinstance(value, dict) else {}
