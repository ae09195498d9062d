"""What the policy withholds is found by no search: each answer is that of a store in which only the shown is stored."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from gateway.consent.vocabulary import DATA_CLASS, ORIGIN, PURPOSE, UNDER_203
from gateway.directory.parties import Directory, Party
from gateway.domain.ledger import Save
from gateway.domain.question import Condition, Known, Not, Question
from gateway.domain.system import TASK_CODE
from gateway.pipeline.policies.restricted import ARTICLE, RESTRICTION
from gateway.pipeline.seeing.lens import Lens
from gateway.pipeline.seeing.narrow import Sight
from gateway.pipeline.seeing.seen import Seen
from gateway.store.memory import MemoryStore
from tests.pipeline.line.world import World
from tests.pipeline.seeing.test_nothing_shines_through import NOW, questions
from tests.web.smart.place import SOURCE, of, task

Resource = dict[str, Any]
WHO, STOP = "wohnberatung", "x2"
"""The party; the Task that asks it to stop, which is shown without the person, and no search by a reference tells."""
TYPES = ("Task", "ServiceRequest", "CarePlan", "Goal", "Patient")
SECRET = {"security": [{"system": ORIGIN, "code": UNDER_203}]}


def case(n: str, **more: Mapping[str, Any]) -> list[Resource]:
    """A person with a plan, a need with a goal, and a measure that the party carries out."""
    person = {"reference": f"Patient/{n}"}
    common = {"status": "active", "intent": "plan", "subject": person}
    made: list[Resource] = [
        {"resourceType": "Patient", "id": n, "meta": {"source": f"{SOURCE}senneklinik"}, "gender": "female",
         "name": [{"family": f"Grün{n}", "given": [f"Käthe{n}"]}], "birthDate": f"193{n}-09-03",
         "address": [{"city": f"Ort{n}", "line": [f"Weg {n}"]}], "telecom": [{"system": "phone", "value": f"05{n}"}]},
        of("ServiceRequest", f"sr{n}", "stelle-senne", status="active", intent="order", subject=person,
           priority="urgent", code={"text": f"Hilfe {n}"}, authoredOn=f"2026-03-1{n}",
           performerType={"coding": [{"code": f"kind{n}"}]},
           performer=[{"reference": f"Organization/{WHO}"}]),
        task(f"t{n}", "accepted", WHO, "stelle-senne", focus={"reference": f"ServiceRequest/sr{n}"}, priority="urgent",
             basedOn=[{"reference": f"CarePlan/cp{n}"}], **{"for": person}),
        of("CarePlan", f"cp{n}", "stelle-senne", **common, title="Plan", period={"start": f"2026-03-1{n}"}),
        of("CarePlan", f"need{n}", "stelle-senne", **common, partOf=[{"reference": f"CarePlan/cp{n}"}],
           goal=[{"reference": f"Goal/g{n}"}], activity=[{"reference": {"reference": f"ServiceRequest/sr{n}"}}]),
        of("Goal", f"g{n}", "stelle-senne", lifecycleStatus="active", description={"text": f"Ziel {n}"}, subject=person,
           startDate=f"2026-03-1{n}"),
    ]  # fmt: skip
    return [{**each, **more.get(each["resourceType"], {})} for each in made]


def consent(n: str, **provision: Any) -> Resource:
    said = {"purpose": [{"system": PURPOSE, "code": "CAREMGT"}], **provision}
    said |= {} if provision.get("type") == "deny" else {"actor": [{"reference": {"reference": f"Organization/{WHO}"}}]}
    return {"resourceType": "Consent", "id": f"c{n}", "status": "active",
            "patient": {"reference": f"Patient/{n}"}, "provision": said}  # fmt: skip


def classes(*names: str) -> list[Resource]:
    return [{"system": DATA_CLASS, "code": name} for name in names]


FLAG = {"resourceType": "Flag", "id": "f", "status": "active", "subject": {"reference": "Patient/6"},
        "identifier": [{"system": RESTRICTION, "value": ARTICLE}], "code": {"text": "x"}}  # fmt: skip
STORED: tuple[Resource, ...] = (
    *case("1"),
    *case("2"),
    consent("2", type="deny"),
    task(
        "x2",
        "requested",
        WHO,
        "stelle-senne",
        focus={"reference": "Task/t2"},
        code={"coding": [{"system": TASK_CODE, "code": "abort"}]},
        description="Frau Grün2 will nicht mehr",
        priority="urgent",
        **{"for": {"reference": "Patient/2"}},
    ),
    *case("3"),
    consent("3", type="deny", **{"class": classes("address", "request", "district")}),
    *case("4"),
    consent("4", **{"class": classes("goal-titles", "last-name")}),
    *case("5", ServiceRequest={"meta": SECRET}),
    *case("6"),
    FLAG,
    *case("7"),
    consent("7", type="deny", data=[{"meaning": "instance", "reference": {"reference": "ServiceRequest/sr7"}}]),
)
ROLES = ("", "sozialamt_sgb12", "pflegestuetzpunkt_7c_sgb11", "seniorenbuero_quartier_ehrenamt", "care-service", "none")


class Everything(Sight):
    """The eyes of a party in whose store is nothing but what it is shown."""

    def reach(self, kind: str) -> Condition:
        return Not(Known(())) if kind in self.kinds else Known(())


def seen(role: str, *resources: Resource, whole: Seen | None = None) -> Seen:
    """The store as the party sees it; with the lens of the whole store where only the shown is stored."""
    store = MemoryStore()
    store.commit([Save(each, None, terms(each), NOW) for each in resources]).result()
    party = Party.model_validate({"partner": WHO, "kind": "office", "role": role})
    rooms = replace(World().rooms, store=store, directory=Directory.of([party]), given=type(World().rooms.given)())
    if whole:
        return Seen(store, Everything(WHO, site=False, lens=whole.sight.lens))
    return Seen(store, Sight(WHO, site=False, lens=Lens(WHO, rooms)))


def terms(resource: Resource) -> tuple[tuple[str, str], ...]:
    from gateway.pipeline.stored.terms import terms as of_line  # noqa: PLC0415 - only here

    return of_line(resource, "")


@cache
def asked(kind: str) -> tuple[Question, ...]:
    """What is asked of a type: each parameter, alone and at the other end of links, and how many there are."""
    return (*questions(kind), Question(kind, total=True))


def names(eyes: Seen) -> set[str]:
    """All that it reads."""
    kept = [each for each in STORED if each["resourceType"] in TYPES]
    return {f"{r['resourceType']}/{r['id']}" for r in kept if eyes.read(r["resourceType"], r["id"])}


@pytest.mark.parametrize("role", ROLES)
def test_each_search_answers_as_if_only_the_shown_were_stored(role: str) -> None:
    whole = seen(role, *STORED)
    shown = [whole.read(kind, key) for kind, _, key in (name.partition("/") for name in sorted(names(whole)))]
    alone = seen(role, *(version.resource for version in shown if version), whole=whole)
    differing = []
    for kind in TYPES:
        for one in asked(kind):
            pages = (whole.search(one), alone.search(one))
            found, expected = ({v.id for v in page.found} for page in pages)
            if found - {STOP} != expected - {STOP} or pages[0].total != len(found):
                differing.append((one, found, expected))
    assert differing == []


@pytest.mark.parametrize("role", ROLES)
def test_what_is_listed_is_what_is_read(role: str) -> None:
    whole = seen(role, *STORED)
    listed = {f"{v.type}/{v.id}" for kind in TYPES for v in whole.search(Question(kind, limit=500)).found}
    assert listed == names(whole)


def test_each_of_them_shows_what_it_was_made_for() -> None:
    office, social, volunteers = (names(seen(role, *STORED)) for role in ROLES[:2] + ROLES[3:4])
    assert {"Patient/1", "Task/t1", "ServiceRequest/sr1", "Goal/g4"} <= office
    assert {
        "Patient/2",
        "Goal/g1",
        "CarePlan/cp1",
        "ServiceRequest/sr5",
        "Patient/6",
        "ServiceRequest/sr7",
    } & office == set()
    assert {"Patient/1", "Patient/7"} <= social
    assert {name for name in volunteers if name.startswith("Patient/")} == {"Patient/4"}
    assert [name for name in sorted(office | social) if name in {"Task/t2", "Task/x2"}] == ["Task/x2"]
    assert names(seen("none", *STORED)) == set()


def test_the_wish_to_stop_is_told_in_our_words_to_whoever_is_shown_nothing_more() -> None:
    found = seen("", *STORED).read("Task", "x2")
    assert found is not None
    assert (found.resource["status"], found.resource["code"]["coding"][0]["code"]) == ("requested", "abort")
    assert found.resource["description"] == "Bitte beenden: Einwilligung widerrufen"
    assert "Grün" not in str(found.resource)
