"""What of a plan, a need, a goal and a measure is compared and shown, as texts for people (chapters 9.5, 9.6, 12.6)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.domain.system import CANONICAL
from gateway.mapping.runtime import every
from gateway.pipeline.plans.words import Kind, Word, coded

Resource = dict[str, Any]
Names = Mapping[str, str]
"""`Type/id` -> what people call it."""
Reader = Callable[[Resource, Names], Word]
AREAS = f"{CANONICAL}/CodeSystem/areas-of-concern"
HERE = ZoneInfo("Europe/Berlin")
DAY, MONTH, YEAR = 10, 7, 4
"""Characters of a date as exact as a day, a month, a year (chapter 2.24.0.1)."""
UNITS: Mapping[str, Word] = {
    "s": Word("Sekunde(n)", "second(s)"),
    "min": Word("Minute(n)", "minute(s)"),
    "h": Word("Stunde(n)", "hour(s)"),
    "d": Word("Tag(e)", "day(s)"),
    "wk": Word("Woche(n)", "week(s)"),
    "mo": Word("Monat(e)", "month(s)"),
    "a": Word("Jahr(e)", "year(s)"),
}


def plain(text: str) -> Word:
    """A text that reads the same in both languages."""
    return Word(text, text)


def texts(resource: Resource, *path: str) -> Word:
    """All values at a path."""
    return plain(", ".join(str(value) for value in every(resource, path)))


def concept(value: Any) -> str:
    """A CodeableConcept in words: its text, else what its first coding is called, else the code."""
    found = [*every(value, ("text",)), *every(value, ("coding", "display")), *every(value, ("coding", "code"))]
    return str(found[0]) if found else ""


def status(resource: Resource, _: Names) -> Word:
    """CarePlan.status, ServiceRequest.status, Goal.lifecycleStatus."""
    return coded(str(resource.get("status") or resource.get("lifecycleStatus") or ""))


def achievement(goal: Resource, _: Names) -> Word:
    """Goal.achievementStatus."""
    code = reached(goal)
    return coded(code) if code else plain(concept(goal.get("achievementStatus", {})))


def reached(goal: Resource) -> str:
    """The code of Goal.achievementStatus, empty for none."""
    return str(next(iter(every(goal, ("achievementStatus", "coding", "code"))), ""))


def area(need: Resource, _: Names) -> Word:
    """The area of concern of a need (CarePlan.category)."""
    codings = every(need, ("category", "coding"))
    return plain(", ".join(str(c.get("display") or c.get("code", "")) for c in codings if c.get("system") == AREAS))


def performer(measure: Resource, names: Names) -> Word:
    """ServiceRequest.performer, in the order of the plan."""
    return plain(", ".join(called(reference, names) for reference in every(measure, ("performer",))))


def author(plan: Resource, names: Names) -> Word:
    """CarePlan.author."""
    return plain(", ".join(called(reference, names) for reference in every(plan, ("author",))))


def called(reference: Any, names: Names) -> str:
    """What people call the one referred to: its name, the display, its number, else `Type/id`."""
    said = reference if isinstance(reference, dict) else {}
    link = str(said.get("reference", ""))
    number = next(iter(every(said, ("identifier", "value"))), "")
    return names.get(link) or str(said.get("display") or number or link)


def description(goal: Resource, _: Names) -> Word:
    """Goal.description."""
    return plain(concept(goal.get("description", {})))


def due(goal: Resource, _: Names) -> Word:
    """Goal.target.due[x]."""
    days = [moment(str(value)) for value in every(goal, ("target", "dueDate"))]
    lengths = [quantity(value) for value in every(goal, ("target", "dueDuration"))]
    return joined([*map(plain, days), *lengths])


def what(measure: Resource, _: Names) -> Word:
    """ServiceRequest.code with its details."""
    said = [concept(measure.get("code", {})), *(concept(detail) for detail in every(measure, ("orderDetail",)))]
    return plain(", ".join(filter(None, said)))


def amount(measure: Resource, _: Names) -> Word:
    """ServiceRequest.quantity[x]."""
    return quantity(measure.get("quantityQuantity", {}))


def note(resource: Resource, _: Names) -> Word:
    """Annotations; the texts of others to the recipient are part of what was agreed."""
    return texts(resource, "note", "text")


def period(resource: Resource, _: Names) -> Word:
    """CarePlan.period, ServiceRequest.occurrence[x]."""
    spans = [resource.get("period"), resource.get("occurrencePeriod")]
    found = [stretch(span) for span in spans if isinstance(span, dict)]
    if "occurrenceDateTime" in resource:
        found.append(plain(moment(str(resource["occurrenceDateTime"]))))
    timing = resource.get("occurrenceTiming")
    return joined([*found, *([rhythm(timing)] if isinstance(timing, dict) else [])])


def stretch(span: Resource) -> Word:
    """A Period (chapter 2.24.0.11)."""
    begin, end = (moment(str(span[side])) if side in span else "" for side in ("start", "end"))
    if begin and end:
        return Word(f"{begin} bis {end}", f"{begin} to {end}")
    return Word(f"ab {begin}", f"from {begin}") if begin else Word(f"bis {end}", f"until {end}")


def rhythm(timing: Resource) -> Word:
    """A Timing (chapter 2.25): its words, else how often in which time, and its bounds."""
    said = concept(timing.get("code", {}))
    repeat: Resource = next(iter(every(timing, ("repeat",))), {})
    bounds = [stretch(span) for span in every(repeat, ("boundsPeriod",))]
    unit = UNITS.get(str(repeat.get("periodUnit")))
    often = []
    if unit:
        times, length = repeat.get("frequency", 1), repeat.get("period", 1)
        often = [Word(f"{times} × in {length} {unit.de}", f"{times} times in {length} {unit.en}")]
    return joined([*([plain(said)] if said else often), *bounds])


def quantity(value: Any) -> Word:
    """A Quantity with its unit (chapter 2.24.0.9)."""
    said = value if isinstance(value, dict) else {}
    return plain(f"{said.get('value', '')} {said.get('unit') or said.get('code', '')}".strip())


def moment(said: str) -> str:
    """A date or dateTime as a German reader writes it, as exact as it was said; what is none stays as it is."""
    try:
        if len(said) > DAY:
            when = datetime.fromisoformat(said)
            return (when.astimezone(HERE) if when.tzinfo else when).strftime("%d.%m.%Y, %H:%M Uhr")
        if len(said) == DAY:
            return date.fromisoformat(said).strftime("%d.%m.%Y")
    except (ValueError, OverflowError):  # none, or at the edge of the calendar
        return said
    return f"{said[5:7]}.{said[:4]}" if len(said) == MONTH else said


def joined(words: Iterable[Word]) -> Word:
    """Several as one."""
    listed = list(words)
    return Word(", ".join(word.de for word in listed), ", ".join(word.en for word in listed))


def title(resource: Resource, _: Names) -> Word:
    """CarePlan.title."""
    return texts(resource, "title")


READERS: Mapping[Kind, Mapping[str, Reader]] = {
    "plan": {"title": title, "status": status, "period": period, "author": author, "note": note},
    "need": {"title": title, "area": area, "status": status, "note": note},
    "goal": {"description": description, "status": status, "achievement": achievement, "due": due, "note": note},
    "measure": {
        "what": what, "status": status, "performer": performer, "period": period, "amount": amount, "note": note,
    },
}  # fmt: skip
"""Kind -> what is compared of it, in the order people read it."""
NAMED_BY: Mapping[Kind, tuple[Reader, ...]] = {
    "plan": (title,),
    "need": (title, area),
    "goal": (description,),
    "measure": (what,),
}
"""What a part is called: the first that says anything."""


def name_of(kind: Kind, resource: Resource) -> str:
    """What people call a part of a plan; empty where it has no name."""
    return next((word.de for read in NAMED_BY[kind] if (word := read(resource, {})).de), "")
