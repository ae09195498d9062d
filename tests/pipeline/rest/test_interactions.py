"""Create, update, patch, conditions and versions, for resources that have no workflow (chapter 3.1.0)."""

import pytest

from gateway.domain.ledger import Save
from gateway.pipeline.rest.asked import Asked
from gateway.pipeline.rest.patch import patched
from gateway.store.port import ConflictError, StoreError, UnavailableError
from tests.pipeline.rest.client import PERSON, Client, Resource, body, codes

PLACE = {"resourceType": "Location", "name": "Haus am Senner Hellweg"}

CONSENTED: Resource = {
    "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
    "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
    "policy": [{"uri": "urn:example:einwilligung"}],
}


def test_a_created_resource_gets_an_id_of_ours(desk: Client) -> None:
    told = desk.create({**PLACE, "id": "mine"})
    assert (told.status, body(told)["name"]) == (201, PLACE["name"])
    assert body(told)["id"] != "mine"


def test_an_update_of_an_unknown_id_creates_it(desk: Client) -> None:
    told = desk.update({**PLACE, "id": "hellweg-7"}, match="")
    assert (told.status, body(told)["id"]) == (201, "hellweg-7")


@pytest.mark.parametrize("key", ["a/b", "", "x" * 65, "ä"])
def test_an_id_that_is_none_is_refused(desk: Client, key: str) -> None:
    told = desk.update({**PLACE, "id": key}, match="")
    assert (told.status, codes(told)) == (400, ["rest.id"])


def test_body_and_url_name_the_same_resource(desk: Client) -> None:
    told = desk.asks(Asked("update", "Location", "one", {**PLACE, "id": "two"}))[0]
    assert (told.status, codes(told)) == (400, ["rest.id"])
    told = desk.asks(Asked("create", "Location", resource=PERSON))[0]
    assert (told.status, codes(told)) == (400, ["rest.body"])


def test_what_breaks_fhir_is_refused_with_its_place(desk: Client) -> None:
    told = desk.create({**PLACE, "status": "perhaps", "colour": "blue"})
    assert (told.status, sorted(p.place for p in told.problems)) == (422, ["Location.colour", "Location.status"])


def test_version_and_moment_are_not_part_of_what_is_stored(desk: Client) -> None:
    made = desk.made({**PLACE, "meta": {"versionId": "7", "lastUpdated": "2026-01-01T00:00:00Z"}})
    assert "meta" not in made


def test_saying_the_same_again_makes_no_version(desk: Client) -> None:
    place = desk.made(PLACE)
    told = desk.update(place)
    assert (told.status, told.version and told.version.version) == (200, 1)


def test_two_who_saw_the_same_version_do_not_both_change_it(desk: Client) -> None:
    person = desk.made(PERSON)
    request = desk.request(person)
    first = desk.update({**request, "priority": "urgent"}, match="1")
    second = desk.update({**request, "priority": "stat"}, match="1")
    assert (first.status, second.status, codes(second)) == (200, 412, ["rest.version.other"])
    assert 'W/"2"' in second.problems[0].repair


def test_what_has_a_workflow_is_not_changed_unseen(desk: Client) -> None:
    request = desk.request(desk.person())
    told = desk.update({**request, "priority": "urgent"}, match="")
    assert (told.status, codes(told)) == (412, ["rest.version.missing"])


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "CarePlan", "status": "draft", "intent": "plan"},
        {"resourceType": "CareTeam", "name": "Begleitung"},
        {"resourceType": "Goal", "lifecycleStatus": "proposed", "description": {"text": "wieder einkaufen"}},
        {"resourceType": "Consent", "status": "draft", **CONSENTED},
    ],
    ids=lambda resource: str(resource["resourceType"]),
)
def test_what_parties_agree_on_is_not_changed_unseen(desk: Client, resource: Resource) -> None:
    person = {"reference": f"Patient/{desk.person()['id']}"}
    made = desk.made({**resource, ("patient" if resource["resourceType"] == "Consent" else "subject"): person})
    told = desk.update({**made, "language": "de"}, match="")
    assert (told.status, codes(told)) == (412, ["rest.version.missing"])
    assert desk.update({**made, "language": "de"}, match="1").status == 200


def test_other_types_may_be_changed_without_if_match(desk: Client) -> None:
    assert desk.update({**desk.made(PLACE), "name": "Haus Senne"}, match="").status == 200


def test_an_if_match_for_what_does_not_exist_is_refused(desk: Client) -> None:
    assert desk.update({**PLACE, "id": "new"}, match="1").status == 412


# --- conditions ------------------------------------------------------------------------------------------------------

NUMBERED = {**PLACE, "identifier": [{"system": "urn:x", "value": "7"}]}


def test_a_conditional_create_finds_what_is_there(desk: Client) -> None:
    first = desk.create(NUMBERED, where="identifier=urn:x|7")
    again = desk.create(NUMBERED, where="identifier=urn:x|7")
    assert (first.status, again.status, body(again)["id"]) == (201, 304, body(first)["id"])
    assert len(desk.world.all("Location")) == 1


def test_a_conditional_update_creates_then_changes_one(desk: Client) -> None:
    told = [desk.update({**NUMBERED, "name": name}, match="", where="identifier=urn:x|7") for name in ("A", "B")]
    assert [one.status for one in told] == [201, 200]
    assert [place["name"] for place in desk.world.all("Location")] == ["B"]


@pytest.mark.parametrize("how", ["create", "update"])
def test_a_condition_that_fits_many_is_refused(desk: Client, how: str) -> None:
    desk.made(NUMBERED)
    desk.made(NUMBERED)
    told = desk.asks(Asked(how, "Location", resource=NUMBERED, where="identifier=urn:x|7"))[0]  # type: ignore[arg-type]  # one of the table
    assert (told.status, codes(told)) == (412, ["rest.where.many"])


@pytest.mark.parametrize("where", ["identifier=", "&", "nonsense=1"])
def test_a_condition_that_is_no_search_is_refused(desk: Client, where: str) -> None:
    told = desk.create(NUMBERED, where=where)
    assert (told.status, codes(told)[0]) == (400, "rest.where")


# --- patch -----------------------------------------------------------------------------------------------------------


def test_a_patch_changes_what_it_names(desk: Client) -> None:
    place = desk.made(PLACE)
    told = desk.patch(place, {"op": "add", "path": "/alias", "value": ["Senne"]}, {"op": "remove", "path": "/name"})
    assert (told.status, body(told)) == (200, {"resourceType": "Location", "id": place["id"], "alias": ["Senne"]})


def test_a_patch_of_nothing_is_not_found(desk: Client) -> None:
    told = desk.patch({"resourceType": "Location", "id": "none"}, {"op": "remove", "path": "/name"})
    assert (told.status, codes(told)) == (404, ["rest.unknown"])


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        ({"op": "test", "path": "/name", "value": "x"}, 422, "rest.patch.test"),
        ({"op": "remove", "path": "/alias"}, 422, "rest.patch.path"),
        ({"op": "paint", "path": "/name"}, 400, "rest.patch.operation"),
        ({"op": "add", "path": "name", "value": 1}, 400, "rest.patch.operation"),
        ({"op": "add", "path": "/name"}, 400, "rest.patch.operation"),
        ({"op": "replace", "path": "/id", "value": "other"}, 400, "rest.id"),
        ({"op": "remove", "path": ""}, 400, "rest.patch.operation"),
        ({"op": "replace", "path": "", "value": 7}, 400, "rest.patch.operation"),
        ({"op": "move", "from": "/name", "path": "/name/x"}, 400, "rest.patch.operation"),
    ],
)
def test_a_patch_that_cannot_be_done_changes_nothing(
    desk: Client, operation: dict[str, object], status: int, code: str
) -> None:
    place = desk.made(PLACE)
    told = desk.patch(place, operation)
    assert (told.status, codes(told)[0]) == (status, code)
    assert desk.stored(place) == place


def test_a_patch_moves_copies_and_inserts_as_rfc_6902_says() -> None:
    made, problems = patched(
        {"a": [1, 2], "b~/": {"c": True}},
        [
            {"op": "add", "path": "/a/0", "value": 0}, {"op": "add", "path": "/a/-", "value": 3},
            {"op": "copy", "from": "/b~0~1/c", "path": "/d"}, {"op": "move", "from": "/b~0~1", "path": "/e"},
            {"op": "test", "path": "/e", "value": {"c": True}}, {"op": "replace", "path": "/a/1", "value": 9},
        ],
    )  # fmt: skip
    assert (made, problems) == ({"a": [0, 9, 2, 3], "d": True, "e": {"c": True}}, [])


def test_true_is_not_one_and_an_index_has_no_leading_zero() -> None:
    for operation in ({"op": "test", "path": "/a", "value": 1}, {"op": "remove", "path": "/l/00"}):
        assert patched({"a": True, "l": [1]}, [operation])[1]


# --- whose it is -----------------------------------------------------------------------------------------------------


def test_what_a_partner_writes_is_its_own_and_no_other_changes_it(desk: Client) -> None:
    place = body(desk.partner("elsey").create(PLACE))
    assert place["meta"]["source"] == "urn:kuemmerer:partner:elsey"
    told = desk.partner("ravensberg").update({**place, "name": "Anders"})
    assert (told.status, codes(told)) == (422, ["rest.foreign"])
    assert desk.update({**place, "name": "Anders"}).status == 200
    assert desk.stored(place)["meta"]["source"] == "urn:kuemmerer:partner:elsey"


def test_nobody_claims_to_be_somebody_else(desk: Client) -> None:
    claim = {**PLACE, "meta": {"source": "urn:kuemmerer:partner:elsey"}}
    assert "meta" not in desk.made(claim)
    assert body(desk.partner("ravensberg").create(claim))["meta"]["source"].endswith(":ravensberg")


def test_a_partner_of_the_directory_is_not_rewritten(desk: Client) -> None:
    told = desk.update({"resourceType": "Organization", "id": "elsey", "name": "x"}, match="")
    assert codes(told) == ["rest.directory"]


def test_a_person_is_found_by_its_number_however_it_was_written(desk: Client) -> None:
    kvnr = {"system": "http://fhir.de/sid/gkv/kvid-10", "value": "G405718932"}
    person = desk.made({**PERSON, "identifier": [kvnr]})
    assert {"system": "https://kuemmerer-gateway.de/fhir/sid/person", "value": person["id"]} in person["identifier"]
    desk.world.referred()
    assert [p["id"] for p in desk.world.all("Patient")] == [person["id"]]


# --- when it cannot be written ---------------------------------------------------------------------------------------


class Failing:
    """A future that fails."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def result(self) -> None:
        raise self.fault


@pytest.mark.parametrize(("fault", "status"), [(ConflictError("x"), 409), (UnavailableError("x"), 503)])
def test_a_store_that_does_not_write_is_told_and_nothing_raises(
    desk: Client, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int
) -> None:
    monkeypatch.setattr(desk.world.store, "commit", lambda _: Failing(fault))
    assert desk.create(PLACE).status == status


def test_a_change_is_made_again_where_somebody_else_was_faster(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    commit, failures = desk.world.store.commit, [ConflictError("x")]

    def sometimes(changes: list[object]) -> object:
        saves = any(isinstance(change, Save) for change in changes)
        return Failing(failures.pop()) if saves and failures else commit(changes)

    monkeypatch.setattr(desk.world.store, "commit", sometimes)
    assert (desk.create(PLACE).status, failures) == (201, [])


def test_a_subscription_that_cannot_be_served_is_refused(desk: Client) -> None:
    told = desk.create({
        "resourceType": "Subscription", "status": "requested", "reason": "x", "criteria": "Task?status=accepted",
        "channel": {"type": "sms", "endpoint": "tel:0521"},
    })  # fmt: skip
    assert (told.status, "subscription.channel" in codes(told)) == (422, True)


def test_a_conditional_update_does_not_take_the_id_of_another(desk: Client) -> None:
    other = desk.made(PLACE)
    told = desk.update({**NUMBERED, "id": other["id"]}, match="", where="identifier=urn:x|7")
    assert (told.status, codes(told)) == (400, ["rest.id"])


def test_a_partner_completes_a_person_that_it_has_told_of(desk: Client) -> None:
    desk.world.referred()
    (person,) = desk.world.all("Patient")
    assert desk.partner("senneklinik").update({**person, "maritalStatus": {"text": "verwitwet"}}).status == 200
    assert codes(desk.partner("elsey").update({**person, "gender": "male"})) == ["rest.foreign"]
    desk.world.referred(key="SK-2")
    assert len(desk.world.all("Patient")) == 1


def test_a_meta_that_is_none_is_refused(desk: Client) -> None:
    assert desk.create({**PLACE, "meta": "x"}).status == 422


def test_a_store_with_a_defect_is_told_as_ours(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.world.store, "commit", lambda _: Failing(StoreError("x")))
    assert codes(desk.create(PLACE)) == ["line.fault"]
    assert desk.create({**PLACE, "status": "perhaps"}).status == 422
