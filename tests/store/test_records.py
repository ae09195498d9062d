"""Evidence, audit, archive and counts."""

from gateway.domain.ledger import Archive, Audit, Conclude, Evidence, Note, Prove
from gateway.store.port import Store
from tests.store.made import at, delivery, entry, queued


def proof(attempt: int, **more: str) -> Evidence:
    return Evidence("d-1", at(attempt), attempt, more.get("outcome", "retry"), "E0", "HTTP 503", "busy", "abc", b"\xff")


def line(thing: str, seconds: float = 0) -> Audit:
    return Audit(at(seconds), "line", "refuse", thing, "done", "why")


def test_evidence_comes_in_the_order_of_the_attempts(store: Store) -> None:
    store.commit([Prove(proof(1)), Prove(proof(2, outcome="delivered"))]).result()
    assert store.evidence("d-1") == [proof(1), proof(2, outcome="delivered")]
    assert store.evidence("d-2") == []


def test_the_audit_is_newest_first(store: Store) -> None:
    store.commit([Note(line(f"t-{n % 2}", n)) for n in range(4)]).result()
    found = store.audit()
    assert [each.at for each in found] == [at(3), at(2), at(1), at(0)]
    assert (found[0].actor, found[0].action, found[0].outcome, found[0].detail) == ("line", "refuse", "done", "why")
    assert [each.at for each in store.audit(object="t-0")] == [at(2), at(0)]
    assert [each.at for each in store.audit(object="t-0", before=found[1].number)] == [at(0)]
    assert [each.at for each in store.audit(before=found[1].number, limit=1)] == [at(1)]
    assert store.audit(object="t-9") == []


def test_the_files_of_a_format_are_kept_once(store: Store) -> None:
    store.commit([Archive("abc", "hl7v2-de", b"zip")]).result()
    store.commit([Archive("abc", "hl7v2-de", b"zip")]).result()
    assert store.archived("abc") == ("hl7v2-de", b"zip")
    assert store.archived("def") is None


def test_messages_and_deliveries_are_counted(store: Store) -> None:
    for n in range(3):
        store.keep(entry(str(n), state="parked" if n else "received")).result()
    queued(store, delivery("1"), delivery("2"))
    store.commit([Conclude("d-1", {"standing": "dead"})]).result()
    assert store.counts() == {
        "message.received": 1,
        "message.parked": 2,
        "delivery.waiting": 1,
        "delivery.dead": 1,
    }


def test_a_store_that_can_write_is_healthy(store: Store) -> None:
    assert store.healthy() == ""
    assert store.counts() == {}
    assert store.archived("probe") is None
