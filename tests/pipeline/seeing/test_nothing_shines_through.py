"""Whatever is asked, the answer is the same whether what is foreign is there or not."""

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from gateway.domain.ledger import Save
from gateway.domain.question import Question
from gateway.fhir.searching.ask import question
from gateway.fhir.searching.entries import entries
from gateway.fhir.searching.parameters import parameters
from gateway.pipeline.seeing.narrow import Sight
from gateway.pipeline.seeing.reach import REACH
from gateway.pipeline.seeing.seen import Seen
from gateway.store.memory import MemoryStore
from tests.web.smart.place import CASE, KINDS, VISIBLE

NOW = datetime(2026, 3, 12, 11, 5, tzinfo=UTC)
TYPES = sorted({each["resourceType"] for each in CASE})
BACK = [
    ("Task", "focus"),
    ("Task", "patient"),
    ("Task", "part-of"),
    ("Task", "based-on"),
    ("ServiceRequest", "subject"),
]


def seen(who: str, *resources: dict[str, Any]) -> Seen:
    store = MemoryStore()
    store.commit([Save(each, None, (), NOW) for each in resources]).result()
    return Seen(store, Sight(who, site=KINDS.get(who) == "site"))


def values(kind: str, stored: str) -> set[str]:
    """What any resource of the case has under a parameter."""
    terms = [term for each in CASE if each["resourceType"] == kind for term in entries(each)[0]]
    return {value for name, value in terms if name == stored}


def asked(kind: str) -> list[tuple[str, str]]:
    """Every parameter of a type with every value there is, and one there is not."""
    found = [(p.name, v) for p in parameters(kind).values() for v in sorted(values(kind, p.stored) | {"nothing"})]
    dates = [(p.name, "ge1900") for p in parameters(kind).values() if p.kind == "date"]
    missing = [(f"{p.name}:missing", word) for p in parameters(kind).values() for word in ("true", "false")]
    nots = [(f"{name}:not", value) for name, value in found if parameters(kind)[name].kind == "token"]
    return [*found, *dates, *missing, *nots, ("_sort", "-_id"), ("_id", "t1,t0,p")]


def chains(kind: str) -> list[tuple[str, str]]:
    """The same at the other end of a link, forwards and backwards."""
    links = [p for p in parameters(kind).values() if p.kind == "reference" and not p.only]
    forward = [(f"{p.name}:{t}.{n}", v) for p, t in product(links, TYPES) if t in p.targets for n, v in asked(t)]
    back = [(f"_has:{t}:{p}:{n}", v) for t, p in BACK for n, v in asked(t) if kind in parameters(t)[p].targets]
    return [(name, value) for name, value in (*forward, *back) if "._" not in name and ":_" not in name]


def questions(kind: str) -> list[Question]:
    made = [question(kind, [pair, ("_total", "accurate")], strict=False) for pair in [*asked(kind), *chains(kind)]]
    return [found for found, problems in made if not any(problem.severity == "error" for problem in problems)]


@pytest.mark.parametrize("who", sorted(VISIBLE))
def test_no_answer_depends_on_what_is_foreign(who: str) -> None:
    whole = seen(who, *CASE)
    shown = [whole.read(kind, key) for kind, key in (name.split("/") for name in sorted(VISIBLE[who]))]
    alone = seen(who, *(version.resource for version in shown if version))
    assert len(shown) == len([version for version in shown if version])
    differing = []
    for kind in TYPES:
        for one in questions(kind):
            answers = [(sorted(v.id for v in p.found), p.total) for p in (whole.search(one), alone.search(one))]
            if answers[0] != answers[1]:
                differing.append((one, answers))
    assert differing == []


def test_enough_is_asked() -> None:
    assert sum(len(questions(kind)) for kind in TYPES) > 1000


def test_a_type_that_is_in_no_table_is_not_there() -> None:
    made = seen("stelle-senne", {"resourceType": "Provenance", "id": "x"}, {"resourceType": "Subscription", "id": "s"})
    assert {"Provenance", "Subscription", "AuditEvent", "Binary"}.isdisjoint(REACH)
    assert made.read("Provenance", "x") is None
    assert made.search(Question("Subscription", total=True)).total == 0
    assert (made.find("Subscription", []), made.versions(), made.history("Provenance", "x")) == ([], [], [])
