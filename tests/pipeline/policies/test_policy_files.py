"""Policies as files: what ships is sound, and what is wrong in one is found at its line."""

from pathlib import Path

import pytest

from gateway.pipeline.policies import load as loading
from gateway.pipeline.policies.load import load, shipped, standard
from tests.house.source import ROOT

SOUND = """policy: kreis
de: Vorgabe
en: rules
frame: ["*.status"]
classes:
  name: {de: Name, en: name, paths: [Patient.name, "Observation.value[x]", "Patient.identifier[system=x].value"]}
  health: {de: Gesundheit, en: health, paths: Condition}
roles:
  office:
    {de: Amt, en: office, kinds: [office], purposes: [CAREMGT], legal: SGB X 67a, ground: law,
     release: [name], never: [health]}
"""


def found(tmp_path: Path, text: str) -> list[tuple[str, str]]:
    """(Code, line) of each finding."""
    file = tmp_path / "kreis.yaml"
    file.write_text(text, encoding="utf-8")
    return [(problem.code, problem.place.split(":")[1]) for problem in load(file, "kreis.yaml")[1]]


def test_what_ships_is_sound_and_has_a_role_for_every_kind_of_partner() -> None:
    policy, problems = load(shipped(), "standard.yaml")
    assert problems == []
    assert policy is not None
    assert standard() == policy
    kinds = ("hospital", "care-service", "office", "site", "practice", "relatives", "other")
    assert [kind for kind in kinds if policy.role("", kind) is None] == []


def test_the_roles_of_the_demo_are_roles_of_the_policy() -> None:
    files = (ROOT / "docker/demo/mappings/partners").glob("*/partner.yaml")
    lines = (line for file in files for line in file.read_text("utf-8").splitlines())
    roles = {line.removeprefix("role: ") for line in lines if line.startswith("role: ")}
    assert roles
    assert sorted(roles - set(standard().roles)) == []


def test_no_role_but_those_who_treat_is_shown_diagnoses_or_medication() -> None:
    policy = standard()
    for role in policy.roles.values():
        if role.secrecy == "released":
            assert {"diagnoses", "medication", "reports", "belief-and-origin"} <= set(role.never), role.name


def test_volunteers_are_shown_something_only_by_consent() -> None:
    assert standard().roles["seniorenbuero_quartier_ehrenamt"].ground == "consent"


def test_a_sound_policy_has_the_hash_of_its_file(tmp_path: Path) -> None:
    assert found(tmp_path, SOUND) == []
    first, _ = load(tmp_path / "kreis.yaml", "x")
    found(tmp_path, SOUND + "# later\n")
    later, _ = load(tmp_path / "kreis.yaml", "x")
    assert first is not None
    assert later is not None
    assert first.hash.startswith("sha256:")
    assert (first.hash == later.hash, first.roles == later.roles) == (False, True)


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("policy: kreis", "policy: land", ("policy.name", "1")),
        ("*.status", "*status", ("policy.path", "4")),
        ("Patient.name,", "Patient.nase,", ("policy.element", "6")),
        ("Patient.name,", "Patent.name,", ("policy.element", "6")),
        ("value[x]", "walue[x]", ("policy.element", "6")),
        ("release: [name]", "release: [nam]", ("policy.class", "11")),
        ("release: [name]", "release: [name, health]", ("policy.twice", "11")),
        ("never: [health]", "never: []", ("policy.unused", "7")),
        ("kinds: [office]", "kinds: [office, office]", ("policy.kind", "10")),
        ("kinds: [office]", "kinds: [castle]", ("config.value", "10")),
        ("ground: law", "grund: law", ("config.key", "10")),
        ("legal: SGB X 67a,", "", ("config.missing", "10")),
        ("classes:", "classes: [", ("map.yaml", "7")),
    ],
)
def test_what_is_wrong_is_found_at_its_line(tmp_path: Path, old: str, new: str, finding: tuple[str, str]) -> None:
    assert old in SOUND
    assert finding in found(tmp_path, SOUND.replace(old, new))


def test_a_policy_with_an_error_is_none_and_one_with_a_warning_is_one(tmp_path: Path) -> None:
    kinds = {"kinds: [office]": "kinds: [office, office]", "release: [name]": "release: [name, health]"}
    for (old, new), (code, is_one) in zip(kinds.items(), (("policy.kind", False), ("policy.twice", True)), strict=True):
        assert code in dict(found(tmp_path, SOUND.replace(old, new)))
        assert (load(tmp_path / "kreis.yaml", "x")[0] is not None) == is_one


def test_with_a_broken_policy_nobody_is_shown_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    standard.cache_clear()
    monkeypatch.setattr(loading, "ROOTS", (tmp_path / "nowhere",))
    assert standard().roles == {}
    standard.cache_clear()


@pytest.mark.parametrize(
    ("old", "new", "findings"),
    [
        ("ground: law", "grund: law", {("config.key", "10"), ("config.missing", "10"), ("policy.class", "11")}),
        ("de: Amt", "de: [Amt]", {("config.type", "10"), ("policy.class", "11")}),
        ("kinds: [office]", "kinds: [shop]", {("config.value", "10"), ("policy.class", "11")}),
        ("never: [health]", "never: [{a: b}]", {("config.type", "11"), ("policy.class", "11")}),
        ("{de: Gesundheit", "{dee: Gesundheit", {("config.key", "7"), ("config.missing", "7"), ("policy.class", "11")}),
        ("policy: kreis\n", "", {("config.missing", "1"), ("policy.class", "10")}),
    ],
)
def test_an_error_of_form_hides_no_other(tmp_path: Path, old: str, new: str, findings: set[tuple[str, str]]) -> None:
    assert old in SOUND
    broken = SOUND.replace("release: [name]", "release: [name, nobody]").replace(old, new)
    assert set(found(tmp_path, broken)) == findings


def test_where_no_class_can_be_read_no_role_is_blamed_for_it(tmp_path: Path) -> None:
    codes = {code for code, _ in found(tmp_path, SOUND.replace("classes:", "klassen:"))}
    assert codes == {"config.key", "config.missing"}
