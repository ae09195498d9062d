"""The disclosed resources as a person reads them: a few sections of names and values."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.domain.codec import Tree
from gateway.domain.task import display
from gateway.domain.working_time import BERLIN
from gateway.mapping.runtime import every
from gateway.pipeline.link.words import ENGLISH, GERMAN, PRIORITIES, Text

Resource = Mapping[str, Any]
Row = tuple[str, str]


def sections(tree: Tree) -> list[tuple[str, list[Row]]]:
    """(Word of the section, rows of word and value); what is not disclosed has no row, an empty section is left out."""
    made = [
        ("what", [row for r in tree.get("ServiceRequest", ()) for row in measure(r)]),
        ("who", [*(row for r in tree.get("Patient", ()) for row in person(r)), *around(tree)]),
        ("why", [("field.goal", text) for r in tree.get("Goal", ()) for text in worded(r, ("description",))]),
    ]
    return [(name, list(dict.fromkeys(rows))) for name, rows in made if rows]


def measure(request: Resource) -> Iterator[Row]:
    """What is asked for, when, how urgently, and what was written to it."""
    yield from (("field.measure", text) for text in worded(request, ("code",)))
    yield from (("field.details", text) for text in worded(request, ("orderDetail",)))
    yield from (("field.when", date(str(value))) for value in every(request, ("occurrenceDateTime",)))
    period = request.get("occurrencePeriod", {})
    said = [f"{word} {date(str(period[key]))}" for word, key in (("ab", "start"), ("bis", "end")) if period.get(key)]
    yield from [("field.when", " ".join(said))] if said else []
    yield from (("field.when", text) for text in worded(request, ("occurrenceTiming", "code")))
    urgent = PRIORITIES.get(str(request.get("priority", "")))
    if urgent:
        yield ("field.priority", f"{urgent.de} / {urgent.en}")
    yield from (("field.hint", str(text)) for text in every(request, ("note", "text")))
    yield from (("field.hint", str(text)) for text in every(request, ("patientInstruction",)))


def person(patient: Resource) -> Iterator[Row]:
    """Who the measure is for."""
    yield from (("field.name", text) for text in names(patient))
    yield from (("field.born", date(str(value))) for value in every(patient, ("birthDate",)))
    yield from (("field.address", text) for text in addresses(patient))
    yield from (("field.phone", text) for text in phones(patient))


def around(tree: Tree) -> Iterator[Row]:
    """Whom to call for the person, who pays, how much care there is."""
    for relative in tree.get("RelatedPerson", ()):
        told = ", ".join([*names(relative), *worded(relative, ("relationship",)), *phones(relative)])
        yield from [("field.contact", told)] if told else []
    for coverage in tree.get("Coverage", ()):
        yield from (("field.payer", str(text)) for text in every(coverage, ("payor", "display")))
    for seen in tree.get("Observation", ()):
        found = [*worded(seen, ("valueCodeableConcept",)), *(str(v) for v in every(seen, ("valueString",)))]
        yield from (("field.care", ": ".join([*worded(seen, ("code",))[:1], text])) for text in found)


def asking(office: tuple[str, str]) -> list[tuple[str, list[Row]]]:
    """The section of who asks: name and telephone number, where they are known."""
    rows = [(word, value) for word, value in zip(("field.office", "field.phone"), office, strict=True) if value]
    return [("from", rows)] if rows else []


def worded(resource: Resource, path: Sequence[str]) -> list[str]:
    """The words of CodeableConcepts: their text, else the displays of their codings."""
    found: list[str] = []
    for concept in every(resource, tuple(path)):
        if isinstance(concept, dict):
            text = concept.get("text") or ", ".join(map(str, every(concept, ("coding", "display"))))
            found += [str(text)] if text else []
    return found


def names(who: Resource) -> list[str]:
    """HumanName (chapter 2.24.0.10) as it is spoken; the first is enough."""
    made = [
        str(n.get("text") or " ".join(map(str, [*n.get("prefix", ()), *n.get("given", ()), n.get("family", "")])))
        for n in every(who, ("name",))
        if isinstance(n, dict)
    ]
    return [text.strip() for text in made if text.strip()][:1]


def addresses(who: Resource) -> list[str]:
    """Address (chapter 2.24.0.12) in one line; the first is enough."""
    made = []
    for a in every(who, ("address",)):
        place = " ".join(str(a[k]) for k in ("postalCode", "city") if a.get(k))
        made.append(str(a.get("text") or ", ".join([*map(str, a.get("line", ())), place])).strip(", "))
    return [text for text in made if text][:1]


def phones(who: Resource) -> list[str]:
    """Telephone numbers."""
    return [str(t["value"]) for t in every(who, ("telecom",)) if t.get("system") == "phone" and t.get("value")]


def date(text: str) -> str:
    """A FHIR date or dateTime as it is written in Germany, by the clock of here; what is no whole one stays."""
    try:
        at = datetime.fromisoformat(text)
        here = at.astimezone(BERLIN) if at.tzinfo else at
    except (ValueError, OverflowError):  # none, or at the edge of the calendar
        return text
    return here.strftime("%d.%m.%Y, %H:%M Uhr" if "T" in text else "%d.%m.%Y")


def named(code: str) -> Text:
    """A status or business status in both languages."""
    return Text(GERMAN.get(code) or display(code) or code, ENGLISH.get(code, code.replace("-", " ")))


def stand(task: Resource) -> Text:
    """Where a Task is."""
    status, business = str(task.get("status", "")), next(iter(every(task, ("businessStatus", "coding", "code"))), "")
    whole, more = named(status), str(business)
    if more not in ENGLISH:
        return whole
    return Text(f"{whole.de}: {named(more).de}", f"{whole.en}: {named(more).en}")
