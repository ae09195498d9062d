"""The shelf of formats: folders read, inherited, checked, compiled; a broken edit leaves the running one in place."""

import hashlib
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from gateway.domain.codec import Codec
from gateway.domain.problem import Problem, worst
from gateway.mapping import check, parse
from gateway.mapping.behind import Source
from gateway.mapping.codes import Table, read_table
from gateway.mapping.convert import Surroundings
from gateway.mapping.format import Format
from gateway.mapping.inherit import effective
from gateway.mapping.language import FormatFile, MapFile, Place, TablePolicy, finding
from gateway.mapping.syntax import LineError, expand

SIMPLE = re.compile(r"(?:(?:\[[^\]]*\]|\\.|[^()\\*+?{}|^$\[\]])(?:\{\d{1,3}(?:,\d{0,3})?\}|[?+])?)*")
CONSEQUENCES = {"map.root", "map.link.name", "map.never", "map.code.unused", "map.drop", "map.codec"}
"""What may be said only because a line could not be read; told when the lines are mended."""


@dataclass(slots=True)
class Shelf:
    """All formats below some folders. `codecs` by name; `base` is what places are shown relative to.

    Many threads may ask; one loads at a time.
    """

    folders: tuple[Path, ...]
    codecs: Mapping[str, Codec]
    base: Path = field(default_factory=Path)
    formats: dict[str, Format] = field(default_factory=dict)
    problems: dict[str, list[Problem]] = field(default_factory=dict)
    files: dict[str, FormatFile] = field(default_factory=dict)
    stamps: dict[str, str] = field(default_factory=dict)
    common: dict[str, str] = field(default_factory=dict)
    partners: dict[Path, tuple[int, int, bool]] = field(default_factory=dict)
    loading: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    def shown(self, path: Path) -> str:
        """A path as places show it."""
        try:
            return path.resolve().relative_to(self.base.resolve()).as_posix()
        except ValueError:
            return path.as_posix()

    def names(self) -> dict[str, Path]:
        """Files of all formats by name, partners with maps of their own too; the first folder that has a name wins."""
        found: dict[str, Path] = {}
        for folder in self.folders:
            partners = (file for file in folder.glob("partners/*/partner.yaml") if self.is_format(file))
            for file in sorted([*folder.glob("*/format.yaml"), *partners]):
                found.setdefault(file.parent.name, file)
        return found

    def is_format(self, file: Path) -> bool:
        """Whether a partner is a format of its own (`extends:` or `codec:`); remembered until its file changes."""
        try:
            stat = file.stat()
        except OSError:
            return False
        known = self.partners.get(file)
        if known is None or known[:2] != (stat.st_mtime_ns, stat.st_size):
            known = self.partners[file] = (stat.st_mtime_ns, stat.st_size, parse.adapts(file))
        return known[2]

    def get(self, name: str) -> Format | None:
        """A format ready to run, loaded when first asked for; None with the findings in `problems`."""
        if name not in self.formats:
            with self.loading:
                if name not in self.formats:
                    self.load(name)
        return self.formats.get(name)

    def load(self, name: str) -> list[Problem]:
        """Read, check and compile a format anew; where that fails the running one stays."""
        with self.loading:
            problems = self.read_names()
            chain, found = self.chain(name)
            problems = [*found, *problems]
            broken = worst(problems) == "error"
            if chain:
                built, found = self.build(chain)
                problems += [problem for problem in found if not (broken and problem.code in CONSEQUENCES)]
                if built and worst(problems) != "error":
                    self.formats[name] = built
            self.problems[name] = problems
            self.stamps[name] = self.stamp(name)
            return problems

    def refresh(self) -> list[str]:
        """Reload what changed on disk since it was loaded; gives the names tried."""
        changed = [name for name in self.stamps if self.stamp(name) != self.stamps[name]]
        for name in changed:
            self.load(name)
        return changed

    def read_names(self) -> list[Problem]:
        """`names.yaml` beside the formats: names every format knows."""
        self.common = {}
        problems: list[Problem] = []
        for folder in self.folders:
            file = folder / "names.yaml"
            if file.exists():
                node, found = parse.read_yaml(file, self.shown(file))
                problems += found
                self.common |= {str(key): str(value) for key, value in (parse.plain(node) if node else {}).items()}
        return problems

    def chain(self, name: str) -> tuple[list[FormatFile], list[Problem]]:
        """The format and what it extends, farthest ancestor first."""
        chain: list[FormatFile] = []
        problems: list[Problem] = []
        known = self.names()
        place: Place | str = name
        while name:
            if name not in known:
                repair = f"known: {', '.join(sorted(known)) or 'none'}"
                return [], [*problems, finding("map.format", place, f"there is no format `{name}`", repair)]
            if any(file.name == name for file in chain):
                return [], [
                    *problems,
                    finding("map.extends", place, "the formats extend each other in a circle", "break it"),
                ]
            file, found = self.read(known[name], [entry.names for entry in chain])
            problems += found
            if file is None:
                return [], problems
            chain.append(file)
            place, name = file.place, file.extends
        for file in chain:
            file.maps, found = self.read_maps(file, self.inherited_names(chain))
            problems += found
        return chain[::-1], problems

    def inherited_names(self, chain: Iterable[FormatFile]) -> dict[str, str]:
        """Short names in force for a chain, the format's own last."""
        names = dict(self.common)
        for file in [*chain][::-1]:
            names |= file.names
        return names

    def read(self, path: Path, _: list[dict[str, str]]) -> tuple[FormatFile | None, list[Problem]]:
        """One format.yaml or partner.yaml."""
        shown = self.shown(path)
        node, problems = parse.read_yaml(path, shown)
        if node is None:
            return None, problems
        reader = parse.Reader(shown, self.common)
        file = parse.read_format(node, reader, path.parent)
        if file.name != path.parent.name:
            sentence = f"the folder is called `{path.parent.name}`, the format `{file.name}`"
            reader.problems.append(finding("map.format.name", file.place, sentence, "give both the same name"))
        file.tables = {table.stem: table for table in sorted(path.parent.glob("codes/*.csv"))}
        return file, [*problems, *reader.problems]

    def read_maps(self, file: FormatFile, names: Mapping[str, str]) -> tuple[dict[str, MapFile], list[Problem]]:
        """All `*.map.yaml` of a folder."""
        maps: dict[str, MapFile] = {}
        problems: list[Problem] = []
        for path in sorted(file.folder.glob("*.map.yaml")):
            node, found = parse.read_yaml(path, self.shown(path))
            problems += found
            if node is not None:
                reader = parse.Reader(self.shown(path), names)
                read = parse.read_map(node, reader)
                problems += reader.problems
                if read.name in maps:
                    sentence = f"a map `{read.name}` stands already in {maps[read.name].place.short}"
                    problems.append(finding("map.twice", read.place, sentence, "rename one of them"))
                maps[read.name] = read
        return maps, problems

    def build(self, chain: list[FormatFile]) -> tuple[Format | None, list[Problem]]:
        """Inherit, check and compile."""
        whole, problems = effective(chain)
        codec = self.codecs.get(whole.codec)
        if codec is None:
            sentence = f"there is no codec `{whole.codec}`"
            return None, [*problems, finding("map.codec", whole.place, sentence, f"known: {', '.join(self.codecs)}")]
        if wrong := wrong_options(codec, whole):
            return None, [*problems, *wrong]
        tables, found = self.tables(whole, self.inherited_names(chain))
        problems += found
        patterns, found = compile_patterns(whole)
        problems += found
        if not whole.maps and whole.codec == "fhir":
            return Format(whole, codec, None, {}, tables, self.hash(chain)), problems
        left = codec.model(whole.options)
        source = Source(
            whole.name,
            whole.maps,
            roots(whole),
            whole.direction or "both",
            Surroundings(whole.options, tables),
            patterns,
            whole.codec == "fhir",
            whole.place,
        )
        plan, found = check.build(source, left, self.codecs["fhir"].model({}))
        problems += found
        return Format(whole, codec, plan, patterns, tables, self.hash(chain)), problems

    def tables(self, whole: FormatFile, names: Mapping[str, str]) -> tuple[dict[str, Table], list[Problem]]:
        """All code tables with their policies."""
        found, problems = {}, []
        for name, path in whole.tables.items():
            policy = whole.codes.get(name)
            if policy is None:
                sentence = f"the table `{name}` has no declared answer to a code without a match"
                repair = f"add `{name}: {{no match: error}}` under `codes:` of format.yaml"
                problems.append(finding("map.code.policy", whole.place, sentence, repair))
            policy, wrong = expanded(policy or TablePolicy(), names, whole.place)
            problems += wrong
            found[name], wrong = read_table(name, path, self.shown(path), policy, names)
            problems += wrong
        for name in whole.codes.keys() - whole.tables.keys():
            problems.append(
                finding("map.code.table", whole.place, f"codes/{name}.csv is missing", "add it, or drop the entry")
            )
        return found, problems

    def hash(self, chain: Iterable[FormatFile]) -> str:
        """Content hash of everything the format is made of (law 7)."""
        digest = hashlib.sha256()
        files = [folder / "names.yaml" for folder in self.folders]
        for file in chain:
            files += sorted(path for path in file.folder.rglob("*") if path.suffix in {".yaml", ".csv"})
        for path in files:
            if path.is_file() and "examples" not in path.parts:
                digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    def stamp(self, name: str) -> str:
        """Whether anything of a format's files changed: names, sizes and times, of its parents too."""
        known, seen = self.names(), set()
        common = [folder / "names.yaml" for folder in self.folders]
        parts = [f"{p}:{s.st_mtime_ns}:{s.st_size}" for p in common if p.is_file() for s in [p.stat()]]
        while name in known and name not in seen:
            seen.add(name)
            folder = known[name].parent
            parts += [
                f"{p}:{s.st_mtime_ns}:{s.st_size}" for p in sorted(folder.rglob("*")) if p.is_file() for s in [p.stat()]
            ]
            match = re.search(
                r"^extends:\s*(\S+)", known[name].read_text(encoding="utf-8", errors="replace"), re.MULTILINE
            )
            name = match[1] if match else ""
        return "\n".join(parts)


def wrong_options(codec: Codec, whole: FormatFile) -> list[Problem]:
    """What the codec finds wrong in `options:` and `canonical:`; it says so of any file, so an empty one will do."""
    said = codec.decode(b"", {**whole.options, "canonical": whole.canonical}).problems
    found = [problem for problem in said if problem.place.partition(".")[0] == "options"]
    return [replace(problem, place=f"{whole.place.file}: {problem.place}") for problem in found]


def expanded(policy: TablePolicy, names: Mapping[str, str], place: Place) -> tuple[TablePolicy, list[Problem]]:
    """Short names in a policy written out."""
    try:
        system, theirs, argument = (
            expand(text, names) for text in (policy.system, policy.their_system, policy.argument)
        )
    except LineError as fault:
        return policy, [finding("map.syntax", place, fault.sentence, fault.repair)]
    return TablePolicy(policy.no_match, argument, system, theirs), []


def roots(whole: FormatFile) -> list[str]:
    """Root maps in the order they are tried."""
    own = sorted(name for name, file in whole.maps.items() if file.is_root)
    named = [name for name in whole.roots if name in own]
    return [*named, *(name for name in own if name not in named)]


def compile_patterns(whole: FormatFile) -> tuple[dict[str, re.Pattern[str]], list[Problem]]:
    """Named patterns: character classes, counts, `?` and `+`; no groups, no `*`, no alternatives."""
    found, problems = {}, []
    for name, text in whole.patterns.items():
        try:
            if not SIMPLE.fullmatch(text) or text.count("+") > 1:
                raise re.error("not simple")  # noqa: TRY301 - one answer for both
            found[name] = re.compile(text)
        except re.error:
            repair = "use characters, [classes], {counts}, ? and one +; no groups, no *"
            problems.append(finding("map.pattern", whole.place, f"the pattern `{name}` is not a simple one", repair))
    return found, problems
