"""The demo deployment: every place of Ostwestfalen-Lippe has its site, and everybody can be reached."""

import csv
import hashlib
import os
from pathlib import Path

import pytest

from gateway.directory.known import Known
from gateway.directory.load import load
from gateway.directory.parties import Directory
from tests.directory.door import http_sender, mllp_sender

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "docker" / "demo"
SHARED = Path(os.environ.get("GATEWAY_SHARED", ROOT.parent / "shared"))
PLACES = {
    "33602": "bielefeld-mitte", "33659": "bielefeld-senne", "33689": "bielefeld-senne", "33330": "guetersloh",
    "33378": "rheda-wiedenbrueck", "32049": "herford", "32257": "buende", "32423": "minden", "32312": "luebbecke",
    "32545": "bad-oeynhausen", "32756": "detmold", "32657": "lemgo", "32105": "bad-salzuflen", "33098": "paderborn",
    "37671": "hoexter", "33142": "paderborn", "33758": "guetersloh", "34414": "hoexter", "32839": "hoexter",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo() -> Directory:
    directory, problems = load([DEMO / "mappings"], ROOT, Known(DEMO, "kuemmererstelle-bielefeld-mitte"))
    found = [problem for problem in problems if problem.code != "directory.folder"]  # the demo makes them when it runs
    assert {problem.severity for problem in found} <= {"information"}
    return directory


@pytest.mark.parametrize("postcode", PLACES)
def test_a_place_of_the_region_has_its_site(demo: Directory, postcode: str) -> None:
    found = demo.responsible(postcode, "", ["care-at-home"])
    assert (found.site.id, found.sure) == (f"kuemmererstelle-{PLACES[postcode]}", True)


def test_there_are_fourteen_sites_and_each_is_reached(demo: Directory) -> None:
    assert len(demo.sites) == len(set(PLACES.values())) == 14
    assert all(site.receiving("referrals") for site in demo.sites)


def test_a_place_outside_the_region_goes_to_the_fallback(demo: Directory) -> None:
    found = demo.responsible("80331", "", [])
    assert (found.site.id, found.sure) == ("kuemmererstelle-bielefeld-mitte", False)


@pytest.mark.parametrize("token", sorted((DEMO / "tokens").glob("[!R]*")), ids=lambda path: path.name)
def test_the_tokens_that_the_demo_tells_open_the_doors(demo: Directory, token: Path) -> None:
    text = token.read_text(encoding="utf-8").strip()
    assert text.startswith("demo-only-")
    assert http_sender(demo, token.name, text, "") == token.name
    assert hashlib.sha256(text.encode()).hexdigest() in (
        DEMO / "mappings/partners" / token.name / "partner.yaml"
    ).read_text(encoding="utf-8")


def test_the_hospital_is_known_by_its_address(demo: Directory) -> None:
    assert mllp_sender(demo, "127.0.0.1", "", "SENNEKLINIK") == "senneklinik"
    assert mllp_sender(demo, "192.0.2.7", "", "SENNEKLINIK") == ""


def test_the_municipality_keys_are_those_of_the_region(demo: Directory) -> None:
    table = SHARED / "data/municipal/ags/owl_gemeinden.csv"
    if not table.is_file():
        pytest.skip("the table of municipalities is not here (GATEWAY_SHARED)")
    with table.open(encoding="utf-8", newline="") as file:
        attested = {row["ags"] for row in csv.DictReader(file) if row["source"] == "attested"}
    used = {code for site in demo.sites for code in site.catchment.ags}
    assert used
    assert used <= attested
