"""For whom a decision may be another than usual is known at once when a Consent is written, and forgotten with it."""

from typing import Any

from gateway.consent.vocabulary import CONSENT_KIND
from gateway.domain.ledger import Save
from gateway.pipeline.given import CONSENTS, Given
from gateway.pipeline.policies.load import standard
from gateway.store.memory import MemoryStore
from tests.pipeline.line.world import START

OFFICE, SITE = (standard().roles[name] for name in ("office", "kuemmerer"))


def consent(key: str, person: str, kind: str = "permit", *parties: str, **more: Any) -> dict[str, Any]:
    actors = [{"reference": {"reference": f"Organization/{name}"}} for name in parties]
    provision = {"type": kind, **({"actor": actors} if actors else {})}
    return {"resourceType": "Consent", "id": key, "status": "active", "patient": {"reference": f"Patient/{person}"},
            "provision": provision, **more}  # fmt: skip


def kept(store: MemoryStore, *consents: dict[str, Any]) -> None:
    store.commit([Save(each, None, (), START) for each in consents]).result()


def test_a_refusal_a_withdrawal_and_an_emergency_matter_to_everybody_a_permission_to_whom_it_names() -> None:
    store, given = MemoryStore(), Given()
    nested = consent("e", "5")
    nested["provision"] = {"type": "permit", "provision": [{"type": "deny"}]}
    ours: dict[str, Any] = {"category": [{"coding": [{"system": CONSENT_KIND, "code": "notfallzugriff"}]}]}
    kept(store, consent("a", "1"), consent("b", "2", "deny"), consent("c", "3", status="inactive"),
         consent("d", "4", "permit", "amt"), nested, consent("f", "6", **ours))  # fmt: skip
    everybody = {"Patient/2", "Patient/3", "Patient/5", "Patient/6"}
    assert given.persons("amt", OFFICE, store) == everybody | {"Patient/4"}
    assert given.persons("anderes-amt", OFFICE, store) == everybody
    assert given.persons("amt", SITE, store) == everybody  # it is shown all anyway


def test_what_is_written_later_counts_at_the_next_question() -> None:
    store, given = MemoryStore(), Given()
    kept(store, consent("a", "1"))
    assert given.persons("amt", OFFICE, store) == set()
    kept(store, consent("a", "1", "deny"))
    assert given.persons("amt", OFFICE, store) == {"Patient/1"}
    kept(store, consent("a", "2", "deny"), consent("b", "3", "deny"))
    assert given.persons("amt", OFFICE, store) == {"Patient/2", "Patient/3"}


def test_in_another_store_it_begins_anew() -> None:
    store, given = MemoryStore(), Given()
    kept(store, *(consent(f"{n}", "1", "deny") for n in range(3)))
    assert given.persons("amt", OFFICE, store) == {"Patient/1"}
    fresh = MemoryStore()
    kept(fresh, consent("a", "9", "deny"))
    assert given.persons("amt", OFFICE, fresh) == {"Patient/9"}


def test_a_person_with_too_many_consents_is_looked_at_closely() -> None:
    store, given = MemoryStore(), Given()
    kept(store, *(consent(f"{n}", "1") for n in range(CONSENTS + 1)))
    assert given.persons("amt", OFFICE, store) == {"Patient/1"}
