"""Decode, map, encode, view and the small rooms between them, where a whole message would say too little."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.domain.codec import Decoded
from gateway.domain.ledger import Save
from gateway.domain.message import Message, Moved, Part
from gateway.domain.problem import Problem
from gateway.pipeline.decode import decode, unready
from gateway.pipeline.encode import encode, media_type
from gateway.pipeline.line import process
from gateway.pipeline.map import in_message, mapped, update
from gateway.pipeline.map import map as map_step
from gateway.pipeline.stored.glance import at_a_glance
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.stored.view import bundled, current
from gateway.pipeline.tasks.walk import Report, walk
from tests.pipeline.line.world import SHELF, START, World, discharge, measure

PERSON = {"resourceType": "Patient", "id": "p"}


def at(world: World, data: bytes, **more: Any) -> Message:
    return Message(world.keep("senneklinik", data, **more))


# --- decode and map --------------------------------------------------------------------------------------------------


def test_a_format_that_is_only_written_cannot_read(world: World) -> None:
    written = SimpleNamespace(goes=lambda _: False)
    assert [p.code for p in unready(written, "brief")] == ["map.direction"]  # type: ignore[arg-type]  # a stand-in
    world.rooms.shelf = SimpleNamespace(get=lambda _: written)  # type: ignore[assignment]  # a stand-in
    assert decode(at(world, b"x"), world.rooms).stopped == "decode"


def test_a_file_may_hold_no_message(world: World) -> None:
    empty = SimpleNamespace(
        goes=lambda _: True, spec={}, hash="h", codec=SimpleNamespace(decode=lambda *_: Decoded([], []))
    )
    world.rooms.shelf = SimpleNamespace(get=lambda _: empty)  # type: ignore[assignment]  # a stand-in
    message = decode(at(world, b""), world.rooms)
    assert (message.stopped, [p.code for p in message.problems]) == ("decode", ["map.empty"])


def test_a_reference_to_what_only_the_store_knows_is_no_finding_of_the_codec(world: World) -> None:
    focus = {"reference": "ServiceRequest/x"}
    task = {"resourceType": "Task", "id": "t", "status": "accepted", "intent": "order", "focus": focus}
    assert decode(at(world, json.dumps(task).encode(), format="fhir"), world.rooms).problems == ()


def test_a_format_that_went_away_between_two_steps_leaves_the_message_for_a_person(world: World) -> None:
    message = at(world, b"x", format="fhir")
    world.rooms.shelf = SimpleNamespace(get=lambda _: None)  # type: ignore[assignment]  # a stand-in
    assert map_step(message, world.rooms).stopped == "map"


def test_a_format_may_ask_to_park_what_no_rule_reads(world: World) -> None:
    head = SHELF.get("pflegedienst-liste").file.options["columns"]  # type: ignore[union-attr]  # a stand-in
    line = ";".join([*(column["header"] for column in head), "Neue Spalte"])
    row = ";".join({"nachname": "Lage", "massnahme": "Hilfe", "stand": "offen"}.get(c["name"], "") for c in head)
    data = f"{line}\r\n{row};etwas\r\n".encode()
    message = world.sends("ravensberg", data)
    assert message.stopped in {"decode", "map"}


def test_a_problem_of_a_file_with_several_messages_says_in_which() -> None:
    problem = Problem("x", "PID-3", "s", "r")
    assert in_message(problem, 2, 3).place == "message 2: PID-3"
    assert in_message(problem, 1, 1) is problem


def test_later_messages_of_a_file_update_what_earlier_ones_said() -> None:
    tree: dict[str, Any] = {"Patient": [{"fullUrl": "a", "n": 1}]}
    update(tree, {"Patient": [{"fullUrl": "a", "n": 2}, {"fullUrl": "b"}], "Task": [{"fullUrl": "c"}]})
    assert tree == {"Patient": [{"fullUrl": "a", "n": 2}, {"fullUrl": "b"}], "Task": [{"fullUrl": "c"}]}


def test_the_same_seed_gives_the_same_identities() -> None:
    form = SHELF.get("hl7v2-de")
    assert form
    trees = form.codec.decode(discharge(), form.spec).trees
    assert mapped(trees, form, "seed").tree == mapped(trees, form, "seed").tree


# --- view ------------------------------------------------------------------------------------------------------------


def test_a_resource_is_seen_as_the_message_leaves_it(world: World) -> None:
    task = {"resourceType": "Task", "id": "t"}
    moves = tuple(Moved({**task, "status": status}, "", "E0", "R") for status in ("draft", "requested"))
    saves = tuple(Save({**PERSON, "active": active}, None, (), START) for active in (True, False))
    message = replace(at(world, b"x"), moved=moves, changes=saves, written={"Goal/g": {"resourceType": "Goal"}})
    assert current("Task/t", message, world.rooms)["status"] == "requested"
    assert current("Patient/p", message, world.rooms)["active"] is False
    assert current("Goal/g", message, world.rooms) == {"resourceType": "Goal"}
    assert current("Task/other", message, world.rooms) == {}


def test_what_nothing_names_is_nothing(world: World) -> None:
    for reference in ("", "Task", "Organization/gone"):
        assert current(reference, at(world, b"x" + reference.encode()), world.rooms) == {}


def test_a_partner_of_the_directory_is_seen_as_organisation(world: World) -> None:
    seen = current("Organization/stelle-senne", at(world, b"x"), world.rooms)
    assert (seen["name"], seen["identifier"][0]["value"]) == ("Kümmererstelle Senne", "590598767")
    world.change("stelle-senne", phone="0521 5550500")
    assert current("Organization/stelle-senne", at(world, b"y"), world.rooms)["telecom"][0]["value"] == "0521 5550500"


def test_a_partner_without_numbers_has_no_empty_list_of_them(world: World) -> None:
    found = current("Organization/stelle-mitte", at(world, b"x"), world.rooms)
    assert (found["name"], "identifier" in found) == ("Kümmererstelle Mitte", False)


def test_in_a_tree_references_are_identities_and_what_is_empty_is_left_out() -> None:
    tree = bundled([{}, {"resourceType": "Task", "id": "t", "for": {"reference": "Patient/p"}}, PERSON])
    assert tree["Task"][0]["for"]["reference"] == tree["Patient"][0]["fullUrl"]


# --- a glance --------------------------------------------------------------------------------------------------------


def test_a_run_sees_each_resource_as_it_first_was(world: World) -> None:
    save = Save(PERSON, 0, (("family", "x"),), START)
    seen = at_a_glance(world.rooms).store
    other = at_a_glance(world.rooms).store
    assert seen.read("Patient", "p") is None
    world.store.commit([save]).result()
    assert seen.read("Patient", "p") is None
    (found,) = other.find("Patient", [("family", "x")])
    world.store.commit([replace(save, expected=1, resource={**PERSON, "active": True})]).result()
    assert other.read("Patient", "p") == found
    assert other.find("Patient", [("family", "x")]) == [found]
    assert [version.version for version in other.find("Patient", [])] == [1]


def test_older_versions_and_all_else_are_asked_of_the_store(world: World) -> None:
    world.store.commit([Save(PERSON, 0, (), START)]).result()
    seen = at_a_glance(world.rooms).store
    old = seen.read("Patient", "p", 1)
    assert old
    assert old.resource == PERSON
    assert len(seen.history("Patient", "p")) == 1


# --- encode ----------------------------------------------------------------------------------------------------------


def part(partner: str, **more: Any) -> Part:
    tree = {"Patient": [{**PERSON, "fullUrl": "urn:uuid:5b7c6f0e-3d2a-4c58-a1f4-7b1c9e0d6a35"}]}
    return Part(partner, "measures", tree, **more)


def parted(world: World, *parts: Part) -> Message:
    return encode(replace(at(world, b"x"), parts=parts), world.rooms)


def test_a_part_for_nobody_known_waits_and_says_so(world: World) -> None:
    message = parted(world, part("gone"), part("elsey"))
    assert (message.stopped, [p.code for p in message.problems]) == ("encode", ["encode.road"])
    assert [p.delivery is not None for p in message.parts] == [False, True]


@pytest.mark.parametrize("form", ["gone", "pflegedienst-liste"])
def test_a_format_that_cannot_write_it_waits_too(world: World, form: str) -> None:
    world.change("elsey", receives=[{"road": "http", "format": form, "url": "http://x"}])
    message = parted(world, part("elsey"))
    assert message.stopped == "encode"
    assert all(p.place.startswith("elsey: ") for p in message.problems)


def test_a_part_that_brings_its_bytes_keeps_them(world: World) -> None:
    made = parted(world, part("elsey")).parts[0]
    again = parted(world, made)
    assert (again.parts[0].delivery, again.stopped) == (made.delivery, "")


def test_a_fault_in_writing_costs_this_part_only_and_its_text_is_told_nowhere(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    form = SHELF.get("evp")

    def broken(*_: Any) -> None:
        raise KeyError("Kanarienvogel")

    monkeypatch.setattr(form, "from_fhir", broken)
    message = parted(world, part("lutterbach"), part("elsey"))
    assert ([p.code for p in message.problems], message.stopped) == (["encode.fault"], "encode")
    assert message.parts[1].delivery
    assert "Kanarienvogel" not in caplog.text + repr(message.problems)


def test_xml_says_that_it_is_xml() -> None:
    form = SHELF.get("fhir")
    assert form
    xml = SimpleNamespace(codec=form.codec, spec={"syntax": "xml"})
    assert (media_type(form), media_type(xml)) == ("application/fhir+json", "application/fhir+xml")  # type: ignore[arg-type]  # a stand-in


def test_plain_fhir_names_resources_by_our_address(world: World) -> None:
    world.rooms.base = "https://gateway.example/fhir/"
    world.planned(measure("A-1", "260550448"))
    urls = [entry["fullUrl"] for entry in world.bundle("elsey")["entry"]]
    assert f"https://gateway.example/fhir/Task/{world.task('A-1')['id']}" in urls


# --- walk and terms --------------------------------------------------------------------------------------------------


def test_a_business_status_goes_with_the_step_it_belongs_to() -> None:
    made, problems = walk({"id": "t", "status": "requested"}, Report("in-progress", "scheduled", "O", "E3"), START)
    stands = [move.task.get("businessStatus", {}).get("coding", [{}])[0].get("code") for move in made]
    assert (stands, problems) != ([], [])


def test_one_wrong_step_on_the_way_moves_nothing() -> None:
    made, problems = walk({"id": "t", "status": "requested"}, Report("completed", "outcome-helped", "O", "E0"), START)
    assert (made, [p.code for p in problems]) == ([], ["task.evidence"])


def test_a_number_without_a_system_is_found_only_among_those_of_its_partner() -> None:
    typed = {"value": "7", "type": {"coding": [{"code": "VN"}]}, "assigner": {"display": "KLINIK"}}
    identifiers = [typed, {"system": "u", "value": "8"}, {}]
    found = terms({"resourceType": "Encounter", "id": "e", "identifier": identifiers}, "h")
    assert found == (("source", "h"), ("identifier", "h|KLINIK|VN|7"), ("identifier", "u|8"))


def test_what_was_made_here_is_found_by_its_links_alone() -> None:
    task = {"resourceType": "Task", "id": "t", "status": "draft", "for": {"reference": "Patient/p"}}
    assert terms(task, "") == (("for", "Patient/p"), ("status", "draft"))


def test_no_acknowledgement_is_written_in_a_format_that_went_away(world: World) -> None:
    entry = world.keep("senneklinik", discharge(), format="hl7v2-de", headers={"accept": "done"})
    world.rooms.shelf = SimpleNamespace(get=lambda _: None)  # type: ignore[assignment]  # a stand-in
    process(entry, world.rooms)
    assert world.store.entry(entry.id).answer == b""
