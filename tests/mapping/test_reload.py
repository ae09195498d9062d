"""Law 7: a compiled map is named by its content; a broken edit keeps the running one; a change is noticed."""

import os

import pytest

from gateway.mapping.shelf import Shelf
from tests.mapping.shelves import Desk, one

LATER = 2_000_000_000


def touch(desk: Desk, path: str, text: str) -> None:
    """Edit a file; its time moves on even on a coarse clock."""
    global LATER  # noqa: PLW0603 - a clock
    LATER += 1
    file = desk.write(path, text)
    os.utime(file, (LATER, LATER))


@pytest.fixture
def shelf(desk: Desk) -> Shelf:
    shelf = desk.table("- a <-> gender").shelf()
    assert shelf.get("trial") is not None
    return shelf


MAP = "map: one\nsource: row\ntarget: Patient\nrules:\n  - {}\n"


def test_the_same_content_has_the_same_hash(desk: Desk) -> None:
    assert desk.table("- a <-> gender").load().hash == desk.table("- a <-> gender").load().hash


@pytest.mark.parametrize("path", ["trial/one.map.yaml", "trial/format.yaml", "trial/codes/sex.csv", "names.yaml"])
def test_every_file_of_a_format_counts_in_its_hash(desk: Desk, path: str) -> None:
    desk.write("names.yaml", "x: y\n")
    desk.table("- a <-> gender | code sex").codes("sex", "w;female;;\n")
    before = desk.load().hash
    file = desk.folder / path
    file.write_text(file.read_text(encoding="utf-8") + "# more\n" if path.endswith("yaml") else "theirs;ours\nx;male\n")
    assert desk.load().hash != before


def test_a_change_of_the_parent_changes_the_hash_of_the_child(desk: Desk) -> None:
    desk.table("- a <-> gender").write("child/format.yaml", "format: child\nextends: trial\n")
    before = desk.load("child").hash
    desk.table("- b <-> gender")
    assert desk.load("child").hash != before


def test_examples_do_not_count_in_the_hash(desk: Desk) -> None:
    before = desk.table("- a <-> gender").load().hash
    desk.write("trial/examples/01.in.yaml", "x: y\n")
    assert desk.load().hash == before


def test_nothing_is_reloaded_while_nothing_changes(shelf: Shelf) -> None:
    before = shelf.get("trial")
    assert shelf.refresh() == []
    assert shelf.get("trial") is before


def test_a_change_is_noticed_and_acts(shelf: Shelf, desk: Desk) -> None:
    touch(desk, "trial/one.map.yaml", MAP.format("a <-> name.text"))
    assert shelf.refresh() == ["trial"]
    form = shelf.get("trial")
    assert form is not None
    assert one(form, {"a": "x"}) == {"name": [{"text": "x"}]}


def test_a_change_of_the_parent_is_noticed(desk: Desk) -> None:
    desk.table("- a <-> gender").write("child/format.yaml", "format: child\nextends: trial\n")
    shelf = desk.shelf()
    assert shelf.get("child") is not None
    touch(desk, "trial/one.map.yaml", MAP.format("a <-> name.text"))
    assert shelf.refresh() == ["child"]


def test_a_change_of_the_common_names_is_noticed(shelf: Shelf, desk: Desk) -> None:
    touch(desk, "names.yaml", "x: y\n")
    assert shelf.refresh() == ["trial"]


def test_a_new_file_is_noticed(shelf: Shelf, desk: Desk) -> None:
    touch(desk, "trial/two.map.yaml", "map: two\nsource: row\ntarget: Patient\n")
    assert shelf.refresh() == ["trial"]


@pytest.mark.parametrize("broken", ["a <-> gendr", "a = b", "[", "a <-> gender | code nix"])
def test_a_broken_edit_leaves_the_running_one_in_place_and_says_so(shelf: Shelf, desk: Desk, broken: str) -> None:
    running = shelf.get("trial")
    touch(desk, "trial/one.map.yaml", MAP.format(broken))
    assert shelf.refresh() == ["trial"]
    assert shelf.get("trial") is running
    assert running is not None
    assert one(running, {"a": "male"}) == {"gender": "male"}
    assert [p.severity for p in shelf.problems["trial"]].count("error") >= 1


def test_a_mended_edit_takes_over(shelf: Shelf, desk: Desk) -> None:
    touch(desk, "trial/one.map.yaml", MAP.format("a <-> gendr"))
    shelf.refresh()
    touch(desk, "trial/one.map.yaml", MAP.format("a <-> name.text"))
    shelf.refresh()
    form = shelf.get("trial")
    assert form is not None
    assert "name" in one(form, {"a": "x"})
    assert shelf.problems["trial"] == []


def test_a_format_taken_away_keeps_running(shelf: Shelf, desk: Desk) -> None:
    running = shelf.get("trial")
    (desk.folder / "trial/format.yaml").unlink()
    assert shelf.refresh() == ["trial"]
    assert shelf.get("trial") is running


def test_an_older_compiled_map_still_runs(shelf: Shelf, desk: Desk) -> None:
    old = shelf.get("trial")
    assert old is not None
    touch(desk, "trial/one.map.yaml", MAP.format("a <-> name.text"))
    shelf.refresh()
    new = shelf.get("trial")
    assert new is not None
    assert new.hash != old.hash
    assert one(old, {"a": "male"}) == {"gender": "male"}
    assert one(new, {"a": "male"}) == {"name": [{"text": "male"}]}


def test_a_parent_that_circles_is_no_endless_stamp(desk: Desk) -> None:
    desk.write("trial/format.yaml", "format: trial\nextends: other\n")
    desk.write("other/format.yaml", "format: other\nextends: trial\n")
    shelf = desk.shelf()
    assert shelf.get("trial") is None
    assert shelf.refresh() == []
