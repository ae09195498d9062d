"""Under which terms and spans a resource is found (chapter 3.1.1.4): one walk over it, along a plan made per type."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from gateway.domain.system import CASE
from gateway.fhir.searching.moments import FIRST, LAST, stretch
from gateway.fhir.searching.parameters import Parameter, parameters, types
from gateway.fhir.searching.texts import EXACT, bare, folded, reachable

Terms = tuple[tuple[str, str], ...]
Spans = tuple[tuple[str, str, str], ...]
NONE: tuple[Terms, Spans] = ((), ())

ABSENT = {"Patient": (("deceased", "false"),)}
"""What a type is found by unless an element says otherwise: type -> parameter and value."""

NAME = ("text", "family", "given", "prefix", "suffix")
ADDRESS = ("text", "line", "city", "district", "state", "postalCode", "country")


class Book:
    """What was found in one resource."""

    __slots__ = ("spans", "terms")

    def __init__(self) -> None:
        self.terms: dict[tuple[str, str], None] = {}
        self.spans: dict[tuple[str, str, str], None] = {}


Write = Callable[[Book, str, Any], None]


@dataclass(slots=True)
class Node:
    """An element: how its values are written down, under which names, and what is below it."""

    writes: list[tuple[Write, str]] = field(default_factory=list)
    below: dict[str, "Node"] = field(default_factory=dict)


def entries(resource: Mapping[str, Any]) -> tuple[Terms, Spans]:
    """Terms (name, value) and spans (name, low, high) of a resource; nothing for a type that has no parameters."""
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or kind not in types():
        return NONE
    book = Book()
    _walk(resource, plan(kind).below, book)
    terms, spans = tuple(book.terms), tuple(book.spans)
    for name, value in ABSENT.get(kind, ()):
        if not any(term[0] == name for term in terms):
            terms = (*terms, (name, value))
    return terms, spans


def _walk(item: Mapping[str, Any], plan_: Mapping[str, Node], book: Book) -> None:
    for key, value in item.items():
        node = plan_.get(key)
        if node is not None:
            for each in value if isinstance(value, list) else (value,):
                for write, name in node.writes:
                    write(book, name, each)
                if node.below and isinstance(each, dict):
                    _walk(each, node.below, book)


@cache
def plan(kind: str) -> Node:
    """Where the parameters of a type look; a path that several share is written once."""
    root = Node()
    for parameter in parameters(kind).values():
        for path, of in zip(parameter.paths, parameter.of, strict=True):
            _add(root, path, _write(parameter, of), parameter.stored)
    if kind == "Task":
        _add(root, "groupIdentifier", case, "case")
    return root


def _add(root: Node, path: str, write: Write, name: str) -> None:
    node = root
    for step in path.split("."):
        node = node.below.setdefault(step, Node())
    if (write, name) not in node.writes:
        node.writes.append((write, name))


def _write(parameter: Parameter, of: str) -> Write:
    if of == "Reference" and parameter.only and parameter.stored == parameter.name:
        return narrowed(parameter.only)
    if parameter.kind == "string" and of not in {"HumanName", "Address"}:
        return text
    return plain if parameter.kind == "token" and of in PLAIN else WRITES[of]


def case(book: Book, name: str, value: Any) -> None:
    """The case a Task belongs to."""
    if isinstance(value, dict) and value.get("system") == CASE:
        plain(book, name, value.get("value"))


def plain(book: Book, name: str, value: Any) -> None:
    """A code, id or text that names itself."""
    if isinstance(value, str):
        book.terms[name, bare(value)] = None


def boolean(book: Book, name: str, value: Any) -> None:
    """True or false."""
    if isinstance(value, bool):
        book.terms[name, "true" if value else "false"] = None


def there(book: Book, name: str, value: Any) -> None:
    """True where there is anything."""
    if value is not None:
        book.terms[name, "true"] = None


def _coded(book: Book, name: str, system: Any, code: Any) -> None:
    if isinstance(code, str):
        book.terms[name, bare(code)] = None
        book.terms[name, f"{system}|{code}" if isinstance(system, str) else f"|{code}"] = None


def coding(book: Book, name: str, value: Any) -> None:
    """A Coding: `code` and `system|code`, `|code` where it has no system (chapter 3.1.1.4.10)."""
    if isinstance(value, dict):
        _coded(book, name, value.get("system"), value.get("code"))


def concept(book: Book, name: str, value: Any) -> None:
    """Each Coding of a CodeableConcept."""
    codings = value.get("coding") if isinstance(value, dict) else None
    for each in codings if isinstance(codings, list) else ():
        coding(book, name, each)


def identifier(book: Book, name: str, value: Any) -> None:
    """An Identifier, as a Coding is written."""
    if isinstance(value, dict):
        _coded(book, name, value.get("system"), value.get("value"))


def contact(book: Book, name: str, value: Any) -> None:
    """The value of a ContactPoint."""
    said = value.get("value") if isinstance(value, dict) else None
    if isinstance(said, str):
        book.terms[name, bare(reachable(said))] = None


def phone(book: Book, name: str, value: Any) -> None:
    """A phone number."""
    if isinstance(value, dict) and value.get("system") == "phone":
        contact(book, name, value)


def email(book: Book, name: str, value: Any) -> None:
    """An e-mail address."""
    if isinstance(value, dict) and value.get("system") == "email":
        contact(book, name, value)


def reference(book: Book, name: str, value: Any) -> None:
    """`Type/id` or URL without its version, and the identifier of a logical reference (chapter 3.1.1.4.12)."""
    if not isinstance(value, dict):
        return
    said = value.get("reference")
    if isinstance(said, str) and said and said[0] != "#":
        book.terms[name, said.partition("/_history/")[0]] = None
    if "identifier" in value:
        identifier(book, f"{name}:identifier", value["identifier"])


@cache
def narrowed(only: str) -> Write:
    """References that lead to one type."""

    def write(book: Book, name: str, value: Any) -> None:
        said = value.get("reference") if isinstance(value, dict) else None
        if isinstance(said, str) and (said.startswith(f"{only}/") or f"/{only}/" in said):
            reference(book, name, value)

    return write


def uri(book: Book, name: str, value: Any) -> None:
    """A uri as it is."""
    if isinstance(value, str):
        book.terms[name, value] = None


def canonical(book: Book, name: str, value: Any) -> None:
    """A canonical with its version and without."""
    if isinstance(value, str):
        book.terms[name, value] = None
        book.terms[name, value.partition("|")[0]] = None


def text(book: Book, name: str, value: Any) -> None:
    """A text as it is compared, and as it stands."""
    if isinstance(value, str):
        book.terms[name, f"{folded(value)}{EXACT}{value}"] = None


def _parts(names: Iterable[str]) -> Write:
    def write(book: Book, name: str, value: Any) -> None:
        for part in names if isinstance(value, dict) else ():
            said = value.get(part)
            for each in said if isinstance(said, list) else (said,):
                text(book, name, each)

    return write


def moment(book: Book, name: str, value: Any) -> None:
    """A date, dateTime or instant."""
    found = stretch(value) if isinstance(value, str) else None
    if found is not None:
        book.spans[name, *found] = None


def _ends(start: Any, end: Any) -> tuple[str, str] | None:
    """From the beginning of one date to the end of another, None where neither is known."""
    first = stretch(start) if isinstance(start, str) else None
    last = stretch(end) if isinstance(end, str) else None
    return (first[0] if first else FIRST, last[1] if last else LAST) if first or last else None


def period(book: Book, name: str, value: Any) -> None:
    """A Period, open where it has no start or end."""
    found = _ends(value.get("start"), value.get("end")) if isinstance(value, dict) else None
    if found is not None:
        book.spans[name, *found] = None


def timing(book: Book, name: str, value: Any) -> None:
    """The outer limits of a Timing: its events and bounds."""
    if not isinstance(value, dict):
        return
    inner = Book()
    events = value.get("event")
    for each in events if isinstance(events, list) else ():
        moment(inner, name, each)
    repeat = value.get("repeat")
    period(inner, name, repeat.get("boundsPeriod") if isinstance(repeat, dict) else None)
    if inner.spans:
        book.spans[name, min(span[1] for span in inner.spans), max(span[2] for span in inner.spans)] = None


PLAIN = frozenset({"code", "string", "id", "uri", "url", "markdown"})
WRITES: Mapping[str, Write] = {
    "Address": _parts(ADDRESS),
    "CodeableConcept": concept,
    "Coding": coding,
    "ContactPoint": contact,
    "HumanName": _parts(NAME),
    "Identifier": identifier,
    "Period": period,
    "Reference": reference,
    "Timing": timing,
    "boolean": boolean,
    "canonical": canonical,
    "date": moment,
    "dateTime": moment,
    "email": email,
    "instant": moment,
    "oid": uri,
    "phone": phone,
    "there": there,
    "uri": uri,
    "url": uri,
}
"""How the values of a type of element are written down."""
