"""A partner.yaml without `extends:` or `codec:` belongs to the directory alone."""

from pathlib import Path

import pytest

from gateway.mapping import parse
from tests.mapping.shelves import Desk

ROADS = "partner: amt\nkind: office\nsends: [{road: folder, format: fhir, path: extends}]\n"


def test_a_partner_without_extends_is_no_format(desk: Desk) -> None:
    desk.write("partners/amt/partner.yaml", ROADS)
    assert "amt" not in desk.shelf().names()


@pytest.mark.parametrize("text", ["partner: amt\nextends: trial\n", "{partner: amt, extends: trial}\n"])
def test_a_partner_with_extends_is_one(desk: Desk, text: str) -> None:
    desk.table("- a <-> gender")
    desk.write("partners/amt/partner.yaml", text)
    assert desk.shelf().get("amt") is not None


def test_keys_of_the_directory_are_passed_over(desk: Desk) -> None:
    desk.table("- a <-> gender")
    desk.write("partners/amt/partner.yaml", ROADS + "extends: trial\ncatchment: {ags: [1]}\n")
    shelf = desk.shelf()
    assert shelf.get("amt") is not None
    assert shelf.problems["amt"] == []


def test_a_partner_becomes_a_format_when_its_file_says_so(desk: Desk) -> None:
    desk.table("- a <-> gender")
    shelf = desk.shelf()
    desk.write("partners/amt/partner.yaml", ROADS)
    assert "amt" not in shelf.names()
    desk.write("partners/amt/partner.yaml", ROADS + "extends: trial\n")
    assert "amt" in shelf.names()


def test_a_broken_file_that_extends_is_found_by_the_check(desk: Desk) -> None:
    desk.write("partners/amt/partner.yaml", "partner: [\nextends: trial\n")
    assert "amt" in desk.shelf().names()
    assert desk.shelf().load("amt")


def test_a_file_that_cannot_be_read_is_no_format(desk: Desk, tmp_path: Path) -> None:
    folder = desk.folder / "partners/amt"
    folder.mkdir(parents=True)
    (folder / "partner.yaml").symlink_to(tmp_path / "nowhere")
    assert "amt" not in desk.shelf().names()
    assert not parse.adapts(folder / "partner.yaml")
    assert not desk.shelf().is_format(folder / "partner.yaml")
