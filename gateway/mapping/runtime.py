"""The only things compiled maps may call: finding, making and writing places of trees, and the book of a run."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from gateway.mapping.coded import Flagged, element_code, kept_of
from gateway.mapping.codes import ABSENT, EXPLICITLY_EMPTY, SOURCE_CODE

if TYPE_CHECKING:
    from gateway.mapping.plan import Change

Object = dict[str, Any]
Predicate = Callable[[Any], bool]
REFERENCE = "reference"
EMPTY = {"url": EXPLICITLY_EMPTY, "valueBoolean": True}
UNKNOWN = {"url": ABSENT, "valueCode": "unknown"}


class Run:
    """The book of one run: what was used, made, linked and what failed."""

    __slots__ = (
        "alive",
        "around",
        "by_url",
        "dst",
        "failed",
        "later",
        "linked",
        "made",
        "paired",
        "parts",
        "refs",
        "results",
        "single",
        "src",
        "trace",
        "used",
    )

    def __init__(self, source: Object, target: Object, by_url: dict[str, Object]) -> None:
        self.src, self.dst, self.by_url = source, target, by_url
        self.used: dict[tuple[int, Any], int] = {}
        """(id of a source container, key) -> rule; containers live as long as the source does."""
        self.trace: list[tuple[Any, ...]] = []
        self.results: dict[str, list[tuple[Any, Any]]] = {}
        self.made: list[tuple[Object, int, Any, int]] = []
        self.refs: list[tuple[Object, Object]] = []
        self.later: list[Callable[[], Any]] = []
        self.failed: list[tuple[int, Any, Any, Change]] = []
        self.linked: dict[tuple[int, str], Object] = {}
        self.around: dict[int, dict[str, Object]] = {}
        self.alive: list[Any] = []
        self.parts: dict[int, tuple[Any, Any]] = {}
        self.single: dict[int, str] = {}
        """id of an item that stands for a single place -> its selectors; two of one kind are the same place."""
        self.paired: list[tuple[Object, str]] = []

    def resolve(self, reference: Any, kind: str) -> Object | None:
        """The resource of a type that a Reference, or the text in its `reference`, points to."""
        url = reference.get(REFERENCE, "") if isinstance(reference, dict) else reference
        found = self.by_url.get(url)
        return found if found is not None and found.get("resourceType") == kind else None

    def keep(self, made: Object, key: int, source: Any, rule: int, name: str) -> None:
        """Enter a finished resource into the target set; the Bundle around them has no identity."""
        self.dst.setdefault(made["resourceType"], []).append(made)
        if made["resourceType"] != "Bundle":
            self.made.append((made, key, source, rule))
        if key:
            self.around[id(made)] = {name: found[-1][1] for name, found in self.results.items()}
        if name:
            self.results.setdefault(name, []).append((source, made))

    def point(self, owner: Object, key: str, listed: bool, target: Object) -> Object:  # noqa: FBT001 - a fact of the element
        """Write a reference whose text is filled in when identities are known."""
        reference = {REFERENCE: ""}
        if listed:
            owner.setdefault(key, []).append(reference)
        else:
            owner[key] = reference
            self.linked[id(owner), key] = target
        self.refs.append((reference, target))
        return reference

    def latest(self, name: str) -> Object | None:
        """The result of a name made last, so far."""
        made = self.results.get(name)
        return made[-1][1] if made else None

    def beside(self, made: Object, name: str) -> Object | None:
        """The result of a name that stood beside a resource when it was made; else the latest."""
        return self.around.get(id(made), {}).get(name) or self.latest(name)

    def split(self, parts: list[Any], container: Any, key: Any) -> list[Any]:
        """Parts of a text, remembered with the place of the text."""
        self.parts[id(parts)] = (container, key)
        self.alive.append(parts)
        return parts

    def every(self, name: str) -> list[Object]:
        """All results of a name, in order."""
        return [made for _, made in self.results.get(name, ())]

    def through(self, owner: Object, key: str, kind: str, rule: int) -> Object:
        """The resource a single reference of `owner` points to; made where there is none yet."""
        found = self.linked.get((id(owner), key))
        if found is None:
            found = {"resourceType": kind}
            self.keep(found, 0, owner, rule, "")
            self.point(owner, key, False, found)  # noqa: FBT003 - a fact of the element
        return found

    def make(self, owner: Object, key: str, fits: Predicate | None, template: Object, kind: str) -> Object:
        """The first item of a list that fits; added where there is none, as the single one of its kind."""
        items = owner.setdefault(key, [])
        for item in items:
            if item is not None and (fits is None or fits(item)):
                found: Object = item
                return found
        items.append(template)
        self.single[id(template)] = kind
        return template

    def resource(self, kind: str, fits: Predicate | None, template: Object, rule: int) -> Object:
        """The first resource of a type that fits; made where there is none."""
        standing: list[Object] = self.dst.get(kind, [])
        found = next((item for item in standing if fits is None or fits(item)), None)
        if found is not None:
            return found
        made = {"resourceType": kind, **template}
        self.keep(made, 0, self.src, rule, "")
        return made


def every(value: Any, keys: tuple[str, ...]) -> list[Any]:
    """All values below dict keys, lists flattened on the way."""
    for number, key in enumerate(keys):
        if value.__class__ is list:
            return [found for item in value if item is not None for found in every(item, keys[number:])]
        if not isinstance(value, dict):
            return []
        value = value.get(key)
        if value is None:
            return []
    return [item for item in value if item is not None] if value.__class__ is list else [value]


def only(value: Any, keys: tuple[str, ...]) -> Any:
    """The one value below dict keys where nothing repeats, None where there is none."""
    for key in keys:
        if value.__class__ is list:
            value = value[0]
        if value.__class__ is not dict:
            return None
        value = value.get(key)
    return value[0] if value.__class__ is list else value


def has_code(values: Iterable[Any], system: str, code: str) -> bool:
    """Whether a CodeableConcept or Coding among the values has the code (and the system, where one is given)."""
    for value in values:
        if isinstance(value, dict):
            for coding in value.get("coding", (value,)):
                if coding.get("code") == code and (not system or coding.get("system") == system):
                    return True
    return False


def find(items: list[Any], fits: Predicate) -> int:
    """Position of the first item that fits, -1 for none."""
    for at, item in enumerate(items):
        if item is not None and fits(item):
            return at
    return -1


def item_at(owner: Object, key: str, at: int) -> Object:
    """The object at a position of a list; earlier ones that are missing become null."""
    items = owner.setdefault(key, [])
    items.extend([None] * (at + 1 - len(items)))
    if items[at] is None:
        items[at] = {}
    found: Object = items[at]
    return found


def put(owner: Object, key: str, at: int, value: Any) -> None:
    """Write a leaf at a position of a list; earlier ones that are missing become null."""
    items = owner.setdefault(key, [])
    items.extend([None] * (at + 1 - len(items)))
    items[at] = value


def put_all(owner: Object, key: str, at: int | None, values: list[Any]) -> None:
    """Write several leaves from a position on, or behind what is there."""
    if at is None:
        owner.setdefault(key, []).extend(values)
        return
    for offset, value in enumerate(values):
        put(owner, key, at + offset, value)


def peek(owner: Object, path: tuple[tuple[str, bool, Predicate | None], ...]) -> Object | None:
    """The object at the end of a path, if it stands there already."""
    found: Any = owner
    for key, listed, fits in path:
        found = found.get(key)
        if listed and found:
            found = next((item for item in found if item is not None and (fits is None or fits(item))), None)
        if not isinstance(found, dict):
            return None
    result: Object = found
    return result


def put_code(owner: Object, key: str, companion: str, value: Any) -> None:
    """Write a code; of a flagged one the original is kept beside it."""
    if isinstance(value, Flagged):
        if value.original is None:
            owner.setdefault(companion, {}).setdefault("extension", []).append(dict(UNKNOWN))
        else:
            owner.setdefault("extension", []).append(element_code(key, value.original))
        value = value.value
    if value is not None:
        owner[key] = value


def put_codes(owner: Object, key: str, companion: str, value: Any) -> bool:
    """Add a code to a list; a flagged one (True) with the extension that keeps the original at the same position."""
    items = owner.setdefault(key, [])
    if isinstance(value, Flagged):
        beside = owner.setdefault(companion, [])
        beside.extend([None] * (len(items) - len(beside)))
        kept = UNKNOWN if value.original is None else {"url": SOURCE_CODE, "valueCoding": value.original}
        beside.append({"extension": [dict(kept)]})
        items.append(value.value)
        return True
    items.append(value)
    return False


def put_null_code(owner: Object, key: str, null: str) -> None:
    """An explicitly empty code is kept like one that no table knows: a bound code needs a value of its own."""
    owner.setdefault("extension", []).append(element_code(key, {"code": null}))


def kept_at(owner: Object, key: str) -> int:
    """Position of the extension that keeps the original code of an element, -1 for none."""
    for at, extension in enumerate(owner.get("extension", ())):
        if kept_of(extension, key) is not None:
            return at
    return -1


def put_empty(owner: Object, key: str, at: int | None) -> None:
    """Mark a primitive as explicitly empty (HL7 v2 null) in its companion."""
    beside = owner.setdefault(key, {}) if at is None else item_at(owner, key, at)
    beside.setdefault("extension", []).append(dict(EMPTY))


def is_empty(owner: Object, key: str, at: int | None) -> bool:
    """Whether a primitive's companion says explicitly empty."""
    beside = owner.get(key)
    if at is not None:
        beside = beside[at] if isinstance(beside, list) and len(beside) > at else None
    return isinstance(beside, dict) and EMPTY in beside.get("extension", ())


def clone(value: Any) -> Any:
    """A copy of a tree; leaves are shared."""
    if value.__class__ is dict:
        return {key: clone(x) if x.__class__ is dict or x.__class__ is list else x for key, x in value.items()}
    if value.__class__ is list:
        return [clone(x) if x.__class__ is dict or x.__class__ is list else x for x in value]
    return value


LONGEST = 200


def matches(pattern: Any, values: Iterable[Any]) -> bool:
    """Whether one of the values fits a named pattern as a whole."""
    return any(isinstance(value, str) and len(value) <= LONGEST and pattern.fullmatch(value) for value in values)
