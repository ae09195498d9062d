"""The canary: a name goes through every step, and nothing that operators read ever says it."""

import pytest

from gateway.pipeline.runner import Runner
from tests.disclosure.town import logged
from tests.pipeline.line.test_disclose import plan_of
from tests.pipeline.line.world import ELSEY, World, answer, back, bundle, discharge, measure, without_person

NAME, FIRST, STREET, PHONE = "Zeisigcanaria", "Kanariella", "Canaristraße", "0521 5559999"
KVNR = "G405718932"
WORDS = (NAME, FIRST, STREET, PHONE, KVNR, "471188", "19380903", "1938-09-03", "03.09.1938")


def canary(key: str, **more: str) -> bytes:
    said = discharge(key, name=f"{NAME}^{FIRST}", **more)
    return said.replace("Föhrenweg".encode("iso8859-1"), STREET.encode("iso8859-1"))


def everything(world: World) -> None:
    """All that can happen to a message: done, parked at each step, refused by rules, answered, delivered, given up."""
    world.sends("senneklinik", canary("SK-1"))
    world.arrives(world.outbox("stelle-senne")[-1])
    plan = plan_of(world, {"Wort0Z": "lutterbach", "Wort1Z": "ravensberg", "Wort2Z": "elsey"}, mates=True)
    world.sends("stelle-senne", answer(world.case(), "accepted"))
    world.sends("stelle-senne", plan)
    for delivery in world.outbox():
        world.arrives(delivery, standing="dead" if delivery.partner == "lutterbach" else "delivered")
    world.sends("ravensberg", back(world.rows("ravensberg"), Stand="offen", Bemerkung=NAME))
    world.sends("elsey", answer(world.task("Wort2Z"), "rejected", "no-capacity", NAME))
    world.sends("elsey", answer(world.task("Wort1Z"), "accepted"))
    world.sends("senneklinik", canary("SK-2", person="900", kvnr="").replace(NAME.encode(), b"Zeisikcanaria"))
    world.sends("senneklinik", without_person(canary("SK-4")))
    world.sends("stelle-senne", f'{{"resourceType":"Patient","{NAME}":'.encode())
    world.sends("stelle-senne", answer(world.case(), NAME))
    world.sends("stelle-senne", bundle({"resourceType": "Patient", "id": NAME, "birthDate": NAME, "gender": NAME}))
    world.sends("stelle-senne", bundle(measure(NAME, ELSEY, subject={"reference": f"Patient/{NAME}"})))
    world.sends("ravensberg", f"{NAME};{FIRST}\r\n{KVNR};{PHONE}\r\n".encode())
    world.change("ravensberg", receives=[])
    world.sends("stelle-senne", world.plan(measure("A-9", "600550277", code={"text": NAME})))
    world.sends("senneklinik", canary("SK-3", plz="99999", visit="9"))


def read_by_operators(world: World) -> str:
    """Journal without its bytes and answers, outbox without its bytes and lanes, audit, counts."""
    entries = [world.store.entry(e.id) for e in world.store.entries({}, 0, 1000)]
    said = [(e.id, e.kind, e.step, e.problems, e.person, e.case, e.outcome, e.decision, e.state) for e in entries]
    out = [(d.id, d.key, d.lane, d.about, d.task, d.case, d.code, d.reason, d.headers) for d in world.outbox()]
    return repr((said, out, world.store.audit(limit=10_000), world.store.counts()))


@pytest.mark.parametrize("word", WORDS)
def test_no_word_about_a_person_is_in_logs_problems_outcomes_audit_keys_or_lanes(
    recorded: tuple[str, str], word: str
) -> None:
    logs, seen = recorded
    assert word not in logs
    assert word not in seen


@pytest.fixture(scope="module")
def recorded() -> tuple[str, str]:
    world = World()
    with logged() as lines:
        everything(world)
        Runner(world.rooms, lambda _: None).round()
    steps = {entry.step for entry in world.store.entries({}, 0, 1000)}
    assert steps >= {"decode", "validate", "match", "record", "encode", "deliver"}
    return "\n".join(lines.said), read_by_operators(world)
