"""Patient/$match: who a Patient may be, by the rules the line itself asks (docs/why/0007-who-is-it.md)."""

from typing import Any

from gateway.domain.problem import Problem
from gateway.web.fhir.call import Answer, Call
from gateway.web.fhir.outcome import outcome, told
from gateway.web.fhir.parameters import Given, of_body
from gateway.web.fhir.shown import bundle, entry, remark
from gateway.web.refusal import RefusedError

Resource = dict[str, Any]
GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
PROBABLE = 0.8
"""From this score on a doubtful candidate is called probable, below it possible."""
MOST = 50
NUMBERS = 100
"""Identifiers of the one that is looked for; each is a question to the store."""


def match(call: Call) -> Answer:
    """The candidates as a searchset, the likeliest first, each with its score and grade (operation Patient-match)."""
    from gateway.pipeline.person.desk import Desk  # noqa: PLC0415 - comparing persons needs a library of its own
    from gateway.pipeline.person.stated import stated  # noqa: PLC0415 - as above
    from gateway.pipeline.person.who_is_it import Sought, who_is_it  # noqa: PLC0415 - as above

    given = of_body(call)
    patient = patient_of(given)
    desk = Desk(call.desk.rooms.store, call.caller.party)
    bare = {key: value for key, value in patient.items() if key not in {"id", "meta"}}
    verdict = who_is_it(Sought.of(stated(bare, {}, desk), call.caller.party), desk)
    graded = [(c, grade(verdict.answer == "same" and c.person is verdict.person, c.likeness.score)) for c in
              verdict.candidates]  # fmt: skip
    if verdict.answer == "same" and verdict.person and not graded:
        return Answer(200, bundle("searchset", call, [entry_of(verdict.person.id, 1.0, "certain", call)], total=1))
    certain = given.values.get("onlyCertainMatches") in (True, "true")
    kept = [(c, g) for c, g in graded if g == "certain" or not certain][: count(given)]
    entries = [entry_of(c.person.id, 1.0 if g == "certain" else min(c.likeness.score, 0.99), g, call) for c, g in kept]
    more = [remark(outcome((), 200, told(f"{verdict.why}.")))]
    return Answer(200, bundle("searchset", call, [*entries, *(more if verdict.why else [])], total=len(entries)))


def patient_of(given: Given) -> Resource:
    """The Patient that is looked for; RefusedError 400 where there is none."""
    from gateway.fhir.conform import check_resource  # noqa: PLC0415 - R4's facts take a moment

    patient = given.resources.get("resource")
    if patient is None or patient.get("resourceType") != "Patient":
        repair = "send a Patient, bare or as the parameter `resource`"
        raise RefusedError(400, Problem("fhir.http.match.patient", "resource", "nobody is looked for", repair))
    if len(patient.get("identifier") or ()) > NUMBERS:
        repair = f"send at most {NUMBERS}"
        sentence = "nobody is looked for by so many numbers"
        raise RefusedError(422, Problem("fhir.http.match.numbers", "Patient.identifier", sentence, repair))
    problems = check_resource(patient)
    if problems:
        raise RefusedError(422, *problems)
    return patient


def count(given: Given) -> int:
    """How many are wanted at most."""
    said = given.values.get("count")
    if said is None:
        return MOST
    if not str(said).isdecimal() or not 0 < int(str(said)[:9]) <= MOST:
        repair = f"write a whole number from 1 to {MOST}"
        raise RefusedError(400, Problem("fhir.http.number", "count", "this is no number", repair))
    return int(str(said))


def grade(same: bool, score: float) -> str:  # noqa: FBT001 - a fact of the verdict
    """The match grade (code system match-grade)."""
    return "certain" if same else "probable" if score >= PROBABLE else "possible"


def entry_of(key: str, score: float, graded: str, call: Call) -> Resource:
    """A candidate with its score; it was stored when it was compared."""
    version = call.desk.rooms.store.read("Patient", key)
    if version is None:
        return {"search": {"mode": "match", "score": score}}
    made = entry(version, call, "match")
    extension = [{"url": GRADE, "valueCode": graded}]
    return {**made, "search": {"extension": extension, "mode": "match", "score": score}}
