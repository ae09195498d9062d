"""What must hold of every case, whatever happened and in whatever order; each law gives a sentence per breach."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from gateway.domain.derived import derived
from gateway.domain.system import SID
from gateway.domain.task import FINAL, legal
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.case.team import LIVES, WORKS, name_of
from gateway.pipeline.tasks.family import case_task, kind_of, root
from gateway.pipeline.tasks.walk import stand
from gateway.store.port import Store

Resource = dict[str, Any]
KEEP_OPEN = frozenset({"measure", "question", "abort"})
ENDS = {"delivered": "completed", "dead": "not-done", "dropped": "not-done", "uncertain": "unknown"}


def everything(store: Store, kind: str) -> list[Resource]:
    return [version.resource for version in store.find(kind, [], 100_000)]


def is_legal(before: Resource, after: Resource) -> bool:
    """Whether some actor may bring a Task from the one version to the next."""
    old, new = stand(before), stand(after)
    rows = (row for actor in "ROPG" for row in legal(old.status, actor))
    return old == new or any(row.to == new.status and new.business in ("", *row.business) for row in rows)


def moves_are_legal_and_proven(store: Store) -> Iterator[str]:
    proven = {name for p in everything(store, "Provenance") for name in every(p, ("target", "reference"))}
    for task in everything(store, "Task"):
        history = [*reversed(store.history("Task", task["id"]))]
        yield from (
            f"{kind_of(new.resource)} {new.id}: {stand(old.resource)} -> {stand(new.resource)} in {new.message}"
            for old, new in pairwise(history)
            if not is_legal(old.resource, new.resource)
        )
        for version in history:
            if f"Task/{version.id}/_history/{version.version}" not in proven:
                yield f"no Provenance of {kind_of(task)} {version.id}/{version.version}, {stand(version.resource)}"


def referrals_follow_their_measures(store: Store) -> Iterator[str]:
    for case, tasks in cases(store).items():
        t0 = next(t for t in tasks if t["id"] == case)
        wanted = derived(stand(t0), [stand(t) for t in tasks if kind_of(t) == "measure"])
        if wanted:
            yield f"T0 {case} is {stand(t0)} and should be {wanted}"
        still = [
            kind_of(t) for t in tasks if t["status"] not in FINAL and kind_of(t) in {"measure", "question", "abort"}
        ]
        if t0["status"] == "completed" and still:
            yield f"T0 {case} is completed with open {still}"


def teams_are_who_works(store: Store) -> Iterator[str]:
    for case, tasks in cases(store).items():
        t0 = next(t for t in tasks if t["id"] == case)
        stored = store.read("CareTeam", name_of(case))
        if (t0["status"] in LIVES) > (stored is not None):
            yield f"no team of {case}"
        if stored is None:
            continue
        at_work = [t for t in tasks if kind_of(t) == "measure" and t["status"] in WORKS]
        wanted = {t0["for"]["reference"], *every(t0, ("owner", "reference"))}
        wanted |= {name for t in at_work for name in every(t, ("owner", "reference"))}
        found = set(every(stored.resource, ("participant", "member", "reference")))
        if found != wanted:
            yield f"team of {case}: too many {sorted(found - wanted)}, missing {sorted(wanted - found)}"
        if (stored.resource["status"] == "inactive") != (t0["status"] in FINAL):
            yield f"team of {case} is {stored.resource['status']}, T0 {t0['status']}"


def nothing_is_decided_twice(store: Store) -> Iterator[str]:
    tasks = [case_task(t) for t in everything(store, "Task") if kind_of(t) in {"decision", "approve"}]
    counts = Counter((t.kind, t.purpose, t.about) for t in tasks if t.is_open)
    yield from (f"{number} open {what}" for what, number in counts.items() if number > 1)


def messages_are_done_or_wait_for_a_reason(store: Store) -> Iterator[str]:
    for entry in store.entries({}, 0, 100_000):
        if entry.state != "done" and not (entry.state == "parked" and entry.problems):
            yield f"message {entry.id} is {entry.state} {[p.code for p in entry.problems]}"
        if any(p.code == "line.fault" for p in entry.problems):
            yield f"message {entry.id}: {[p.sentence for p in entry.problems]}"


def deliveries_are_told_of(store: Store) -> Iterator[str]:
    deliveries = store.deliveries({}, 0, 100_000)
    for delivery in deliveries:
        stored = store.read("Communication", urn("out", delivery.id)[9:])
        if delivery.case and stored is None:
            yield f"no Communication of {delivery.about} to {delivery.partner}"
        elif stored and stored.resource["status"] != ENDS.get(delivery.standing, "in-progress"):
            yield f"{delivery.about} to {delivery.partner} is {delivery.standing}, told {stored.resource['status']}"
    known, system = {d.id for d in deliveries}, f"{SID}/delivery"
    for said in everything(store, "Communication"):
        for name in every(said, ("identifier",)):
            if name["system"] == system and name["value"] not in known:
                yield f"Communication of no delivery: {said['topic']}"
    keys = Counter(d.key for d in deliveries)
    yield from (f"key {key} {number} times" for key, number in keys.items() if number > 1)


def events_are_numbered(store: Store) -> Iterator[str]:
    for subscription in everything(store, "Subscription"):
        events = store.announced(subscription["id"], 0, 100_000)
        if [event.number for event in events] != [*range(1, len(events) + 1)]:
            yield f"events of {subscription['id']} are not 1 to {len(events)}"
        told = [(event.focus, event.version) for event in events]
        yield from (f"{focus}/{n} does not exist" for focus, n in told if not is_written(store, focus, n))
        yield from (f"{what} told {n} times" for what, n in Counter(told).items() if n > 1)
        if subscription["id"] == "all":
            tasks = everything(store, "Task")
            written = {(f"Task/{t['id']}", v.version) for t in tasks for v in store.history("Task", t["id"])}
            yield from (f"{what} was never announced" for what in sorted(written - set(told)))
        order: dict[str, list[int]] = defaultdict(list)
        for focus, number in told:
            order[focus].append(number)
        yield from (f"{focus} told as {ns}" for focus, ns in order.items() if ns != sorted(ns))


def is_written(store: Store, focus: str, number: int) -> bool:
    """Whether there is this version of `Type/id`."""
    kind, _, key = focus.partition("/")
    return store.read(kind, key, number) is not None


def cases(store: Store) -> dict[str, list[Resource]]:
    """All Tasks by case."""
    found: dict[str, list[Resource]] = defaultdict(list)
    for task in everything(store, "Task"):
        found[root(task)].append(task)
    return found


ALWAYS: tuple[Callable[[Store], Iterator[str]], ...] = (
    moves_are_legal_and_proven,
    referrals_follow_their_measures,
    teams_are_who_works,
    nothing_is_decided_twice,
    events_are_numbered,
)
"""What holds after every commit."""
AT_REST = (*ALWAYS, messages_are_done_or_wait_for_a_reason, deliveries_are_told_of)
"""What holds once nothing is under way."""


def breaches(store: Store, laws: tuple[Callable[[Store], Iterator[str]], ...] = AT_REST) -> list[str]:
    """Everything that is not as it must be."""
    return [f"{law.__name__}: {sentence}" for law in laws for sentence in law(store)]
