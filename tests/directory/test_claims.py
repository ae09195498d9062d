"""What only one partner can have, and what a mistake in one file does to the others."""

import pytest

from gateway.directory.known import Known
from gateway.directory.parties import NOBODY
from tests.directory.deployment import Deployment

WORN, WORN_CAPITALS, OTHER = (f"certificate: 'sha256:{digit * 64}'" for digit in "aAb")

MLLP = "kind: hospital\nsends:\n  - {road: mllp, format: hl7v2-de, %s}\n"
SAME_CALLER = {
    "the same address": ("from: 10.0.0.1", "from: 10.0.0.1"),
    "an address inside the other's network": ("from: 10.0.0.0/8", "from: [192.0.2.1, 10.0.0.0/24]"),
    "the same address and facility": ("from: 10.0.0.1, facility: A", "from: 10.0.0.1, facility: A"),
    "the same certificate from anywhere": (WORN, WORN_CAPITALS),
}  # fmt: skip
OTHER_CALLER = {
    "another address": ("from: 10.0.0.1", "from: 10.0.0.2"),
    "another facility": ("from: 10.0.0.1, facility: A", "from: 10.0.0.1, facility: B"),
    "a facility where the other has none": ("from: 10.0.0.1", "from: 10.0.0.1, facility: B"),
    "a certificate where the other has none": ("from: 10.0.0.1", f"from: 10.0.0.1, {WORN}"),
    "another certificate": (WORN, OTHER),
    "the other kind of address": ("from: 0.0.0.0/0", "from: '::/0'"),
}  # fmt: skip
LIST = "{road: folder, format: pflegedienst-liste, path: %s}"


@pytest.mark.parametrize("name", SAME_CALLER)
def test_two_partners_cannot_be_told_apart_by(deployment: Deployment, name: str) -> None:
    for partner, more in zip(("klinik-a", "klinik-b"), SAME_CALLER[name], strict=True):
        deployment.partner(partner, MLLP % more)
    problem = deployment.problem()
    assert (problem.code, problem.place) == ("directory.caller", "mappings/partners/klinik-b/partner.yaml:4:5")
    assert "`klinik-a`" in problem.sentence


@pytest.mark.parametrize("name", OTHER_CALLER)
def test_two_partners_are_told_apart_by(deployment: Deployment, name: str) -> None:
    for partner, more in zip(("klinik-a", "klinik-b"), OTHER_CALLER[name], strict=True):
        deployment.partner(partner, MLLP % more)
    assert deployment.load()[1] == []


def test_a_number_belongs_to_one_partner(deployment: Deployment) -> None:
    deployment.partner("a", "kind: office\nidentifiers: {ik: 101575519}\n")
    deployment.partner("b", "kind: office\nidentifiers: {'http://fhir.de/sid/arge-ik/iknr': '101575519'}\n")
    problem = deployment.problem()
    assert (problem.code, problem.place) == ("directory.twice", "mappings/partners/b/partner.yaml:3:50")


def test_a_folder_is_watched_for_one_partner(deployment: Deployment) -> None:
    for name, path in (("a", "in/x"), ("b", "in/../in/x"), ("c", "in/y")):
        deployment.partner(name, f"kind: office\nsends: [{LIST % path}]\n")
    problem = deployment.problem()
    assert (problem.code, problem.place) == ("directory.folder", "mappings/partners/b/partner.yaml:3:58")


def test_a_partner_does_not_watch_one_folder_twice(deployment: Deployment) -> None:
    deployment.partner("a", f"kind: office\nsends: [{LIST % 'x'}, {LIST % 'x'}]\n")
    assert deployment.problem().code == "directory.folder"


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_written_for_one_is_not_watched_for_another(deployment: Deployment, turned: bool) -> None:  # noqa: FBT001 - a parameter
    first, second = ("sends", "receives") if turned else ("receives", "sends")
    deployment.partner("a", f"kind: office\n{first}: [{LIST % 'lists'}]\n")
    deployment.partner("b", f"kind: office\n{second}: [{LIST % 'lists'}]\n")
    assert deployment.problem().code == "directory.loop"


def test_what_is_written_for_a_partner_does_not_come_in_again_from_it(deployment: Deployment) -> None:
    deployment.partner("a", f"kind: office\nsends: [{LIST % 'lists'}]\nreceives: [{LIST % 'lists'}]\n")
    assert deployment.problem().code == "directory.loop"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{postcodes: [33602-33739]}", "{postcodes: ['33100', '33659']}"),
        ("{ags: ['05711000']}", "{ags: ['05754008', '05711000']}"),
    ],
)
def test_two_sites_for_one_place_are_a_warning_and_both_stay(deployment: Deployment, one: str, other: str) -> None:
    deployment.site("mitte", one)
    deployment.site("senne", other)
    problem = deployment.problem()
    assert (problem.code, problem.severity) == ("directory.overlap", "warning")
    assert problem.place.startswith("mappings/partners/senne/partner.yaml:3:")
    assert len(deployment.load()[0].sites) == 2


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("mobility", "housing", 0),
        ("mobility", "transport", 1),
        ("transport", "mobility", 1),
        ("transport", "escort", 0),
    ],
)
def test_two_sites_for_one_place_may_serve_different_concerns(
    deployment: Deployment, one: str, other: str, count: int
) -> None:
    deployment.site("a", "{postcodes: ['33602']}", f"concerns: [{one}]\n")
    deployment.site("b", "{postcodes: ['33602']}", f"concerns: [{other}]\n")
    assert [problem.code for problem in deployment.load()[1]].count("directory.overlap") == count


def test_the_fallback_is_a_site_of_the_directory(deployment: Deployment) -> None:
    deployment.site("mitte", "{postcodes: ['33602']}")
    deployment.partner("amt", "kind: office\n")
    for name in ("mite", "amt"):
        directory, problems = deployment.load(Known(fallback=name))
        assert ([problem.code for problem in problems], directory.fallback) == (["directory.fallback"], NOBODY)
    directory, problems = deployment.load(Known(fallback="mitte"))
    assert (problems, directory.fallback.id) == ([], "mitte")


def test_that_no_fallback_is_named_is_noted_where_there_are_sites(deployment: Deployment) -> None:
    deployment.partner("amt", "kind: office\n")
    assert deployment.load()[1] == []
    deployment.site("mitte", "{postcodes: ['33602']}")
    assert [problem.code for problem in deployment.load()[1]] == ["directory.fallback-missing"]


def test_a_site_without_a_place_is_noted(deployment: Deployment) -> None:
    deployment.partner("zentrale", "kind: site\n")
    assert [problem.code for problem in deployment.load(Known(fallback="zentrale"))[1]] == ["directory.placeless"]
