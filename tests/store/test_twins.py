"""Whatever is done to them, the two stores say the same."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gateway.domain.ledger import Change, Conclude, Queue, Relane, Save, Settle
from gateway.store.port import Store, StoreError
from tests.store.made import NOON, ROUNDS, at, delivery, entry, opened

KEYS = st.sampled_from(["a", "b", "c", "d", "e", "f"])
PERSONS = st.sampled_from(["Patient/1", "Patient/2", "Patient/3"])
PARTNERS = st.sampled_from(["eins", "zwei"])
SECONDS = st.integers(0, 5)
STANDINGS = st.sampled_from(["waiting", "uncertain", "delivered", "dead", "dropped"])
TOKENS = st.sampled_from([None, None, 1, 2])
TERMS = st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("pq")), max_size=3).map(tuple)

queue = st.builds(
    lambda key, person, partner, due: Queue(delivery(key, person, partner, due=at(due))),
    KEYS,
    PERSONS,
    PARTNERS,
    SECONDS,
)
conclude = st.builds(
    lambda key, standing, due, token: Conclude(f"d-{key}", {"standing": standing, "due": at(due)}, token),
    KEYS,
    STANDINGS,
    SECONDS,
    TOKENS,
)
relane = st.builds(Relane, PERSONS, PERSONS)
save = st.builds(
    lambda key, expected, terms, value: Save(
        {"resourceType": "Task", "id": key, "status": value}, expected, terms, NOON
    ),
    KEYS,
    st.sampled_from([None, None, 0, 1, 2]),
    TERMS,
    st.sampled_from("pq"),
)
settle = st.builds(
    lambda key, state, expected: Settle(f"t-{key}", {"state": state}, expected),
    KEYS,
    st.sampled_from(["received", "done"]),
    st.sampled_from([None, "received"]),
)
changes = st.lists(st.one_of(queue, queue, conclude, conclude, relane, save, settle), min_size=1, max_size=4)


def without_numbers(value: Any) -> Any:
    """Numbers of rows are each store's own."""
    if isinstance(value, list):
        return [without_numbers(each) for each in value]
    names = getattr(type(value), "__slots__", None)
    return value if names is None else {name: getattr(value, name) for name in names if name != "number"}


class Twins(RuleBasedStateMachine):
    """The same calls to both."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.stores: list[Store] = [opened(kind, Path(self.folder.name)) for kind in ("memory", "sqlite")]

    def teardown(self) -> None:
        for store in getattr(self, "stores", []):
            store.close()
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def both(self, call: Any) -> Any:
        answers = []
        for store in self.stores:
            try:
                answers.append(without_numbers(call(store)))
            except StoreError as fault:
                answers.append((type(fault), str(fault)))
        assert answers[0] == answers[1]
        return answers[0]

    @rule(key=KEYS, data=st.sampled_from([b"x", b"y"]), name=KEYS)
    def keep(self, key: str, data: bytes, name: str) -> None:
        def call(store: Store) -> Any:
            kept = store.keep(entry(key, data, id=f"t-{name}")).result()
            return [kept.how, without_numbers(kept.entry)]

        self.both(call)

    @rule(wanted=changes)
    def commit(self, wanted: list[Change]) -> None:
        self.both(lambda store: store.commit(wanted).result())

    @rule(now=SECONDS, limit=st.integers(1, 4), left=st.lists(PARTNERS, max_size=1))
    def claim(self, now: int, limit: int, left: list[str]) -> None:
        self.both(lambda store: store.claim("w", at(now), limit, 2, left).result())

    @rule(now=SECONDS)
    def ask_for_the_expired(self, now: int) -> None:
        self.both(lambda store: store.expired(at(now)))

    @rule(terms=TERMS, limit=st.integers(1, 9))
    def find(self, terms: tuple[tuple[str, str], ...], limit: int) -> None:
        self.both(lambda store: store.find("Task", terms, limit))

    @rule(key=KEYS)
    def look_back(self, key: str) -> None:
        self.both(lambda store: store.history("Task", key))

    @invariant()
    def they_agree(self) -> None:
        if hasattr(self, "stores"):
            for call in (
                lambda store: store.deliveries({}),
                lambda store: store.entries({}),
                lambda store: store.counts(),
                lambda store: store.due(),
                lambda store: store.due(["eins"]),
            ):
                self.both(call)

    @invariant()
    def a_lane_has_a_head_when_something_waits_and_nothing_is_on_its_way(self) -> None:
        if hasattr(self, "stores"):
            waiting = self.stores[1].deliveries({"standing": "waiting"})
            sending = {each.lane for each in self.stores[1].deliveries({"standing": "sending"})}
            heads = [each for each in waiting if each.lane not in sending]
            assert (self.stores[1].due() is None) == (not heads)


TestTwins = Twins.TestCase
TestTwins.settings = settings(
    max_examples=25 * ROUNDS, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
