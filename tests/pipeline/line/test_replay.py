"""Replay: with today's maps, or with those that read the message then, kept whole in the archive."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from gateway import wiring
from gateway.domain.ledger import Archive
from gateway.mapping.pack import pack, unpack
from gateway.mapping.shelf import Shelf
from tests.pipeline.line.world import ELSEY, SHELF, World, answer, discharge, measure

NAMES = ["evp", "fhir", "hl7v2-de", "pflegedienst-liste"]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """The formats as files that can be edited."""
    shutil.copytree(wiring.data_folder("mappings"), tmp_path / "mappings")
    return Shelf((tmp_path / "mappings",), wiring.Codecs(), tmp_path)


@pytest.fixture
def edited(world: World, shelf: Shelf) -> World:
    """A world with formats of its own."""
    world.rooms.shelf = shelf
    return world


def edit(shelf: Shelf) -> None:
    """Another file, that says the same."""
    name = next(iter(sorted((shelf.folders[0] / "hl7v2-de").glob("*.map.yaml"))))
    name.write_text(name.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")


# --- pack ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_packed_format_has_the_same_content_hash_when_it_is_unpacked(name: str, tmp_path: Path) -> None:
    running = SHELF.get(name)
    again = unpack(pack(SHELF, name), name, wiring.Codecs(), tmp_path)
    assert running
    assert again
    assert again.hash == running.hash


def test_the_same_files_give_the_same_bytes_and_no_examples() -> None:
    assert pack(SHELF, "evp") == pack(SHELF, "evp")
    assert b"examples/" not in pack(SHELF, "evp")


def test_a_format_that_is_not_there_gives_nothing() -> None:
    assert pack(SHELF, "gone") == b""


def test_files_that_are_no_longer_those_that_ran_are_not_kept_under_their_name(shelf: Shelf) -> None:
    running = shelf.get("hl7v2-de")
    assert running
    assert pack(shelf, "hl7v2-de", running.hash)
    edit(shelf)
    assert pack(shelf, "hl7v2-de", running.hash) == b""


def test_a_file_of_a_pack_stays_inside_its_folder(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("../outside.yaml", "x")
    (tmp_path / "in").mkdir()
    assert unpack(made.getvalue(), "x", wiring.Codecs(), tmp_path / "in") is None
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


# --- the line --------------------------------------------------------------------------------------------------------


def test_replayed_with_the_old_maps_it_is_read_as_it_was_read_then(edited: World) -> None:
    message = edited.referred()
    before = edited.entry(message).map_hash
    edit(edited.rooms.shelf)
    edited.rooms.shelf.refresh()
    old = edited.entry(edited.again(message, replay=before))
    assert (old.state, old.map_hash, old.replay) == ("done", before, "")
    new = edited.entry(edited.again(message))
    assert new.map_hash != before
    back = edited.entry(edited.again(message, replay=before))
    assert (back.state, back.map_hash) == ("done", before)


def test_other_maps_that_say_the_same_send_nothing_again(edited: World) -> None:
    message = edited.referred()
    sent = len(edited.outbox())
    edit(edited.rooms.shelf)
    edited.rooms.shelf.refresh()
    edited.again(message)
    assert len(edited.outbox()) == sent


def test_naming_todays_maps_is_no_different_from_naming_none(world: World) -> None:
    message = world.referred()
    today = world.entry(message).map_hash
    assert world.entry(world.again(message, replay=today)).state == "done"


def test_maps_that_are_in_no_archive_leave_the_message_for_a_person(world: World) -> None:
    entry = world.entry(world.again(world.referred(), replay="unknown"))
    assert (entry.state, entry.step, [p.code for p in entry.problems]) == ("parked", "decode", ["line.format"])


def test_nor_can_an_archive_be_used_that_holds_no_format(world: World) -> None:
    message = world.referred()
    world.store.commit([Archive("broken", "gone", pack(SHELF, "evp"))]).result()
    assert world.entry(world.again(message, replay="broken")).step == "decode"


def test_an_edit_that_is_not_loaded_yet_is_archived_later(edited: World) -> None:
    edited.rooms.shelf.get("hl7v2-de")
    edit(edited.rooms.shelf)
    first = edited.entry(edited.referred())
    assert edited.store.archived(first.map_hash) is None
    assert first.map_hash not in edited.rooms.archived


def test_what_the_new_maps_say_differently_is_sent(edited: World) -> None:
    message = edited.referred()
    shelf = edited.rooms.shelf
    maps = shelf.folders[0] / "hl7v2-de" / "draft-referral.map.yaml"
    text = maps.read_text(encoding="utf-8")
    maps.write_text(text.replace("rules:\n", "rules:\n  - = true -> doNotPerform\n", 1), encoding="utf-8")
    shelf.refresh()
    edited.again(message)
    assert len(edited.outbox("stelle-senne")) == 2


def test_an_old_answer_run_again_does_not_bring_back_what_is_over(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    accepted = world.sends("elsey", answer(world.task("A-1"), "accepted"))
    world.sends("elsey", answer(world.task("A-1"), "completed", "outcome-helped"))
    again = world.again(accepted)
    assert (again.stopped, world.stand("A-1")) == ("", "completed outcome-helped")


# --- after a restore -------------------------------------------------------------------------------------------------


def test_a_message_sent_again_to_a_restored_gateway_goes_out_under_the_same_keys() -> None:
    before, restored = World(), World()
    restored.sends("senneklinik", b"another message, so that ids differ")
    for world in (before, restored):
        world.sends("senneklinik", discharge(), key="SK-1")
    assert [d.key for d in before.outbox()] == [d.key for d in restored.outbox()]
    assert before.outbox()[0].message != restored.outbox()[0].message
