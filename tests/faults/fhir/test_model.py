"""Random changes, right and wrong, against a model: versions, ETags, history and searches always agree with it."""

from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gateway.domain.question import Question
from gateway.fhir.searching.ask import question
from gateway.pipeline.rest.asked import Asked, Caller, Told
from gateway.pipeline.rest.perform import perform
from gateway.store.sql.store import open_store
from tests.pipeline.line.world import World

Resource = dict[str, Any]

NAMES = st.sampled_from(["Grünewälder", "Föhring", "Lutter", "Elsey"])
KEYS = st.sampled_from(["a", "b", "c", "d", "A", "a.b-c"])
WRONG_KEYS = st.sampled_from(["", "..a/b", "a_b", "x" * 65, "a\n", "ä"])
WRONG = st.sampled_from(
    [
        {"name": "Lutter"}, {"name": []}, {"name": [None]}, {"birthDate": "2026-02-31x"}, {"gender": "f"},
        {"Name": [{"family": "x"}]}, {"name": [{"family": "\0"}]}, {"active": "true"}, {"contact": {}},
        {"link": [{"other": {"reference": "urn:uuid:00000000-0000-0000-0000-000000000000"}, "type": "seealso"}]},
        {"multipleBirthInteger": 2**40}, {"deceasedBoolean": True, "deceasedDateTime": "2026"}, {"meta": 1},
    ]
)  # fmt: skip
DESK = Caller()


def organization(name: str, key: str = "") -> Resource:
    return {"resourceType": "Organization", **({"id": key} if key else {}), "name": name}


class Clients(RuleBasedStateMachine):
    """Everything the model knows: `id` -> the names of its versions in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.world = World(store=open_store(f"sqlite:///{self.folder.name}/gateway.db"))
        self.known: dict[str, list[str]] = {}

    def teardown(self) -> None:
        self.world.store.close()
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        """One that is always there."""
        self.put("a", "Lutter", "")

    def ask(self, *asked: Asked, whole: bool = True) -> list[Told]:
        return perform(asked, DESK, self.world.rooms, whole=whole)

    def wrote(self, told: Told, name: str) -> None:
        """The model after a change that the server says it made."""
        assert told.version is not None
        versions = self.known.setdefault(told.version.id, [])
        if not versions or versions[-1] != name:
            versions.append(name)
        assert told.version.version == len(versions)
        assert told.version.resource["name"] == name

    # --- what clients do ---------------------------------------------------------------------------------------------

    @rule(name=NAMES)
    def post(self, name: str) -> None:
        (told,) = self.ask(Asked("create", "Organization", resource=organization(name)))
        assert told.status == 201
        assert told.version
        assert told.version.id not in self.known
        self.wrote(told, name)

    @rule(key=KEYS, name=NAMES, match=st.sampled_from(["", "right", "1", "99", "0"]))
    def put(self, key: str, name: str, match: str) -> None:
        versions = self.known.get(key, [])
        shown = str(len(versions)) if match == "right" else match
        (told,) = self.ask(Asked("update", "Organization", key, organization(name, key), match=shown))
        if shown and (not versions or shown != str(len(versions))):
            assert told.status == 412
            return
        assert told.status == (200 if versions else 201)
        self.wrote(told, name)

    @rule(name=NAMES, sought=NAMES)
    def post_unless(self, name: str, sought: str) -> None:
        fits = [key for key, versions in self.known.items() if versions[-1] == sought]
        (told,) = self.ask(Asked("create", "Organization", resource=organization(name), where=f"name:exact={sought}"))
        assert told.status == (201 if not fits else 304 if len(fits) == 1 else 412)
        if told.status == 201:
            self.wrote(told, name)

    @rule(key=KEYS, name=NAMES, test=NAMES)
    def patch(self, key: str, name: str, test: str) -> None:
        steps = ({"op": "test", "path": "/name", "value": test}, {"op": "replace", "path": "/name", "value": name})
        (told,) = self.ask(Asked("patch", "Organization", key, patch=steps))
        versions = self.known.get(key, [])
        assert told.status == (404 if not versions else 200 if versions[-1] == test else 422)
        if told.status == 200:
            self.wrote(told, name)

    @rule(keys=st.lists(KEYS, min_size=2, max_size=4), name=NAMES, spoiled=st.booleans(), whole=st.booleans())
    def several(self, keys: list[str], name: str, *, spoiled: bool, whole: bool) -> None:
        asked = [Asked("update", "Organization", key, organization(name, key)) for key in keys]
        broken = Asked("update", "Organization", "z", {**organization(name, "z"), "name": [1]})
        told = self.ask(*asked, *([broken] if spoiled else []), whole=whole)
        if whole and (spoiled or len(set(keys)) < len(keys)):
            assert {one.status for one in told} == {422}
            return
        for one in told[: len(keys)]:
            self.wrote(one, name)
        assert [one.status for one in told[len(keys) :]] == [422] * spoiled

    @rule(key=WRONG_KEYS, name=NAMES)
    def put_under_what_is_no_id(self, key: str, name: str) -> None:
        (told,) = self.ask(Asked("update", "Organization", key, organization(name, key)))
        assert told.status == 400

    @rule(wrong=WRONG)
    def post_what_is_no_patient(self, wrong: Resource) -> None:
        (told,) = self.ask(Asked("create", "Patient", resource={"resourceType": "Patient", **wrong}))
        assert told.status == 422

    # --- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def versions_and_history_agree(self) -> None:
        for key, names in self.known.items():
            history = self.world.store.history("Organization", key)
            assert [one.version for one in history] == list(range(len(names), 0, -1))
            assert [one.resource["name"] for one in history] == names[::-1]
            now = self.world.store.read("Organization", key)
            assert now == history[0]

    @invariant()
    def searches_agree(self) -> None:
        every = self.world.store.search(Question("Organization", (), limit=1000, total=True))
        assert {one.id for one in every.found} == set(self.known)
        assert every.total == len(self.known)
        for name in ("Grünewälder", "Föhring", "Lutter", "Elsey"):
            asked, problems = question("Organization", [("name:exact", name)])
            found = {one.id for one in self.world.store.search(replace(asked, limit=1000)).found}
            assert not problems
            assert found == {key for key, names in self.known.items() if names[-1] == name}

    @invariant()
    def nothing_else_is_written(self) -> None:
        numbers = [one.number for one in self.world.store.versions("Organization", 0, 1000)]
        assert len(numbers) == sum(map(len, self.known.values()))
        assert numbers == sorted(set(numbers), reverse=True)
        assert self.world.store.versions("Patient", 0, 1) == []


TestClients = Clients.TestCase
TestClients.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
