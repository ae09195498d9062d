"""Partner files that change while the gateway runs: what is broken stays as it ran."""

from pathlib import Path

import pytest

from gateway.directory.known import Known
from gateway.directory.load import files, load
from tests.directory.deployment import Deployment


def test_a_broken_file_leaves_the_running_partner_in_place(deployment: Deployment) -> None:
    deployment.partner("praxis", "kind: practice\ntitle: Praxis Nord\n")
    before = deployment.load()[0].get("praxis")
    deployment.partner("praxis", "kind: practise\ntitle: Praxis Ost\n")
    directory, problems = deployment.load()
    assert [problem.code for problem in problems] == ["config.value"]
    assert directory.get("praxis") == before


def test_a_broken_file_is_left_out_at_the_start_and_the_others_are_there(deployment: Deployment) -> None:
    deployment.partner("praxis", "kind: [")
    deployment.partner("amt", "kind: office\n")
    directory, problems = deployment.load()
    assert ([party.id for party in directory.parties], len(problems)) == (["amt"], 1)


def test_a_mended_file_counts_again(deployment: Deployment) -> None:
    for kind in ("practice", "practise", "office"):
        deployment.partner("praxis", f"kind: {kind}\n")
        directory, _ = deployment.load()
    party = directory.get("praxis")
    assert party is not None
    assert party.kind == "office"


def test_a_partner_whose_file_is_gone_is_gone(deployment: Deployment) -> None:
    file = deployment.partner("praxis", "kind: practice\n")
    deployment.load()
    file.unlink()
    assert deployment.load()[0].parties == ()


def test_who_claims_what_a_running_partner_has_stays_as_it_was(deployment: Deployment) -> None:
    deployment.partner("a", "kind: office\n")
    deployment.partner("b", "kind: office\nidentifiers: {ik: 101575519}\n")
    deployment.load()
    deployment.partner("a", "kind: practice\nidentifiers: {ik: 101575519}\n")
    directory, problems = deployment.load()
    assert [problem.place for problem in problems] == ["mappings/partners/a/partner.yaml:3:19"]
    assert [party.kind for party in directory.parties] == ["office", "office"]


def test_two_partners_can_exchange_what_they_have(deployment: Deployment) -> None:
    first, second = "identifiers: {ik: 101575519}\n", "identifiers: {ik: 109519005}\n"
    deployment.partner("a", "kind: office\n" + first)
    deployment.partner("b", "kind: office\n" + second)
    deployment.load()
    deployment.partner("a", "kind: office\n" + second)
    deployment.partner("b", "kind: office\n" + first)
    directory, problems = deployment.load()
    assert problems == []
    assert [party.identifiers["ik"] for party in directory.parties] == ["109519005", "101575519"]


def test_a_running_partner_whose_claim_went_to_another_does_not_come_back(deployment: Deployment) -> None:
    deployment.partner("a", "kind: office\nidentifiers: {ik: 101575519}\n")
    deployment.load()
    deployment.partner("a", "kind: offce\n")
    deployment.partner("b", "kind: office\nidentifiers: {ik: 101575519}\n")
    directory, problems = deployment.load()
    assert [problem.code for problem in problems] == ["config.value"]
    assert [party.id for party in directory.parties] == ["b"]


def test_a_partner_that_only_adapts_a_format_is_none_of_the_directory(deployment: Deployment) -> None:
    deployment.partner("elsey", "title: Liste aus dem alten Programm\nextends: pflegedienst-liste\nnames: {a: b}\n")
    directory, problems = deployment.load()
    assert (directory.parties, problems) == ((), [])


def test_a_partner_may_be_both(deployment: Deployment) -> None:
    deployment.partner("elsey", "extends: pflegedienst-liste\nnames: {a: '${b}'}\nkind: care-service\n")
    directory, problems = deployment.load()
    assert ([party.id for party in directory.parties], problems) == (["elsey"], [])


def test_of_two_folders_the_first_that_has_a_partner_wins(tmp_path: Path) -> None:
    for folder in ("own", "shipped"):
        Deployment(tmp_path / folder).partner("praxis", f"kind: practice\ntitle: {folder}\n")
    folders = [tmp_path / "own/mappings", tmp_path / "shipped/mappings", tmp_path / "nowhere"]
    directory, _ = load(folders, tmp_path)
    assert [party.title for party in directory.parties] == ["own"]
    assert [file.parts[-5] for file in files(folders)] == ["own"]


def test_roads_start_from_the_root_and_places_from_the_base(tmp_path: Path) -> None:
    road = "kind: office\nreceives: [{road: folder, format: fhir, path: out/amt, nme: x}]\n"
    Deployment(tmp_path / "here").partner("amt", road)
    assert load([tmp_path / "here/mappings"], tmp_path / "elsewhere")[1][0].place.startswith(tmp_path.as_posix())
    Deployment(tmp_path / "here").partner("amt", road.replace(", nme: x", ""))
    directory, _ = load([tmp_path / "here/mappings"], tmp_path, Known(root=tmp_path / "data"))
    assert directory.parties[0].receives[0].path == str(tmp_path / "data/out/amt")


def test_a_variable_of_the_environment_is_filled_in(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    road = "road: mllp, format: hl7v2-de, host: '${GATEWAY_HOST:-h}', port: '${GATEWAY_P:-1}'"
    deployment.partner("amt", f"kind: office\nreceives: [{{{road}}}]\n")
    first = deployment.load()[0].parties[0].receives[0]
    monkeypatch.setenv("GATEWAY_P", "2576")
    second = deployment.load()[0].parties[0].receives[0]
    assert (first.host, first.port, second.port) == ("h", 1, 2576)
