"""Where each value of a stored resource came from: from the message that said it, a move, an entry, or ourselves."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway import wiring
from gateway.domain.ledger import Save
from gateway.mapping.run import leaves
from gateway.mapping.shelf import Shelf
from gateway.pipeline.origin.stored import Told, explained
from gateway.pipeline.rest.asked import Asked
from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, back, bundle, discharge, measure
from tests.pipeline.rest.client import Client

Resource = dict[str, Any]


@pytest.fixture
def world() -> World:
    return World()


def told(world: World, resource: Resource, path: str = "") -> dict[str, Told]:
    """By path without the type."""
    found = explained(resource["resourceType"], resource["id"], world.rooms, path)
    return {one.path.partition(".")[2]: one for one in found}


# --- messages --------------------------------------------------------------------------------------------------------


def test_a_value_of_an_hl7_message_names_its_field_its_rule_and_its_maps(world: World) -> None:
    message = world.referred()
    (one,) = told(world, world.all("Patient")[0], "birthDate").values()
    assert (one.value, one.how, one.source, one.before) == ("1938-09-03", "message", "PID-7.1", "19380903")
    assert one.rule.startswith("mappings/hl7v2/patient.map.yaml:")
    entry = world.entry(message)
    assert (one.message, one.sender, one.format, one.received) == (entry.id, "senneklinik", "hl7v2-de", entry.received)
    assert (one.map_hash, one.who) == (entry.map_hash, "Organization/senneklinik")


def test_a_value_of_a_care_plan_names_its_element_there(world: World) -> None:
    world.planned(measure("1", ELSEY))
    found = told(world, world.all("CarePlan")[0])
    assert (found["status"].sender, found["status"].source) == ("stelle-senne", "CarePlan[0].status")
    assert found["subject.reference"].value == world.case()["for"]["reference"]


def test_a_reference_is_told_as_it_is_stored(world: World) -> None:
    world.referred()
    request = world.all("ServiceRequest")[0]
    one = told(world, request, "subject")["subject.reference"]
    assert (one.value, one.how) == (request["subject"]["reference"], "message")
    assert "draft-referral.map.yaml" in one.rule


def test_each_value_names_the_message_that_said_it_last_anew(world: World) -> None:
    first, second = world.referred(), world.sends("senneklinik", discharge(key="SK-2", event="A08", name="Grün^Käthe"))
    found = told(world, world.all("Patient")[0])
    names = {path: one for path, one in found.items() if path.endswith("family") and one.value == "Grün"}
    assert {one.message for one in names.values()} == {second.entry.id}
    assert found["birthDate"].message == first.entry.id


def test_what_we_added_to_it_is_ours(world: World) -> None:
    world.referred()
    person, request = world.all("Patient")[0], world.all("ServiceRequest")[0]
    ours = {one.value: one.how for one in told(world, person).values()}[person["id"]]
    assert (ours, told(world, request)["meta.source"].how) == ("gateway", "gateway")


def test_what_a_message_said_and_nobody_stored_is_not_told(world: World) -> None:
    world.referred()
    person = world.all("Patient")[0]
    kept = [value for _, _, path, value in leaves(person) if path not in {("resourceType",), ("id",)}]
    assert [one.value for one in explained("Patient", person["id"], world.rooms)] == kept
    assert "SK-1" not in kept


def test_a_message_is_read_by_the_maps_it_was_read_with_then(world: World, tmp_path: Path) -> None:
    shutil.copytree(wiring.data_folder("mappings"), tmp_path / "mappings")
    world.rooms.shelf = Shelf((tmp_path / "mappings",), wiring.Codecs(), tmp_path)
    message = world.referred()
    before = told(world, world.all("Patient")[0])["birthDate"]
    rules = tmp_path / "mappings/hl7v2/patient.map.yaml"
    rules.write_text("# one line more\n" + rules.read_text("utf-8"), "utf-8")
    world.rooms.shelf.refresh()
    after = told(world, world.all("Patient")[0])["birthDate"]
    assert (after.source, after.map_hash) == ("PID-7.1", world.entry(message).map_hash)
    assert after.rule.rpartition(":")[2] == before.rule.rpartition(":")[2]


def test_where_the_maps_are_gone_the_message_is_still_named(world: World) -> None:
    message = world.referred()
    world.settle(world.entry(message), map_hash="gone")
    one = told(world, world.all("Patient")[0])["birthDate"]
    assert (one.message, one.sender, one.source, one.rule) == (message.entry.id, "senneklinik", "", "")


# --- moves -----------------------------------------------------------------------------------------------------------


def test_a_status_that_a_message_said_has_who_and_evidence(world: World) -> None:
    world.referred()
    message = world.sends("stelle-senne", answer(world.case(), "accepted"))
    one = told(world, world.case())["status"]
    assert (one.value, one.message, one.evidence) == ("accepted", message.entry.id, "E4")
    assert (one.who, one.provenance.partition("/")[0]) == ("Organization/stelle-senne", "Provenance")


def test_a_status_that_a_row_of_a_list_moved_names_the_move(world: World) -> None:
    world.planned(measure("1", RAVENSBERG))
    message = world.sends("ravensberg", back(world.rows("ravensberg"), Stand="läuft"))
    one = told(world, world.task("1"))["status"]
    assert (one.value, one.how, one.message) == ("accepted", "moved", message.entry.id)
    assert (one.who, one.evidence) == ("Organization/ravensberg", "E3")


# --- the API ---------------------------------------------------------------------------------------------------------


def test_what_was_entered_names_who_and_when(world: World) -> None:
    desk = Client(world)
    person = desk.person()
    one = told(world, person)["birthDate"]
    assert (one.how, one.sender, one.version) == ("entered", "desk", 1)
    assert one.received
    numbers = {one.value: one.how for one in told(world, person, "identifier").values()}
    assert numbers[person["id"]] == "gateway"
    site = desk.partner("stelle-senne")
    assert told(world, site.person(name=[{"family": "Otte"}]))["name[0].family"].sender == "stelle-senne"


def test_a_patch_is_an_entry_of_what_it_changed(world: World) -> None:
    desk = Client(world)
    person = desk.person()
    desk.patch(person, {"op": "replace", "path": "/birthDate", "value": "1938-09-04"})
    found = told(world, person)
    assert (found["birthDate"].how, found["birthDate"].version) == ("entered", 2)
    assert found["name[0].family"].version == 1


def test_a_body_in_xml_is_an_entry_too(world: World) -> None:
    raw = b'<Location xmlns="http://hl7.org/fhir"><name value="Lemgo"/></Location>'
    asked = Asked("create", "Location", resource={"resourceType": "Location", "name": "Lemgo"})
    from gateway.pipeline.rest.perform import perform  # noqa: PLC0415 - with its raw body, as the web hands it on

    perform([asked], Client(world).caller, world.rooms, whole=False, raw=raw)
    assert told(world, world.all("Location")[0])["name"].how == "entered"


def test_a_proxy_entry_names_on_whose_behalf(world: World) -> None:
    desk = Client(world)
    _, (task,) = desk.planned("elsey")
    said = {"type": {"coding": [{"code": "enterer"}]}, "who": {"reference": "Practitioner/k"},
            "onBehalfOf": {"reference": "Organization/elsey"}}  # fmt: skip
    proxy = replace(desk, provenance={"resourceType": "Provenance", "agent": [said]})
    assert proxy.move(task, "accepted").status == 200
    one = told(world, task)["status"]
    assert (one.who, one.behalf, one.evidence) == ("Practitioner/k", "Organization/elsey", "E3")


# --- nothing ---------------------------------------------------------------------------------------------------------


def test_what_was_written_without_a_message_is_ours(world: World) -> None:
    place = {"resourceType": "Location", "id": "a", "name": "Lemgo"}
    world.store.commit([Save(place, 0, (), world.now())]).result()
    (one,) = told(world, place).values()
    assert (one.how, one.message, one.sender) == ("gateway", "", "")


def test_of_what_is_not_stored_nothing_is_told(world: World) -> None:
    assert explained("Patient", "niemand", world.rooms) == []


def test_a_message_in_canonical_fhir_is_its_own_source(world: World) -> None:
    world.sends("stelle-senne", bundle({"resourceType": "Location", "id": "ort", "name": "Lemgo", "status": "active"}))
    one = told(world, world.all("Location")[0])["name"]
    assert (one.how, one.source, one.before) == ("message", "Location[0].name", "Lemgo")
