"""Whatever is wrong with a partner.yaml is said with file, line and repair."""

from pathlib import Path

import pytest

from gateway.directory.known import Known
from tests.directory.deployment import TOKEN, Deployment

SENDS = "kind: practice\nsends:\n  - road: {road}\n    format: fhir\n    {more}\n"
RECEIVES = "kind: practice\nreceives:\n  - road: {road}\n    format: fhir\n    {more}\n"
BAD = {
    "an unknown key": ("kind: practice\nidentifier: {ik: 1}\n", "config.key", "3:1", "did you mean `identifiers`?"),
    "an unknown key of a road": (
        SENDS.format(road="mllp", more="facilty: A\n    from: 10.0.0.1"), "config.key", "6:5", "`facility`?"),
    "an unknown key with no near one": ("kind: practice\nxxxx: 1\n", "config.key", "3:1", "allowed: partner, title"),
    "a key twice": ("kind: practice\nkind: office\n", "map.yaml.twice", "3:1", "keep one"),
    "an unknown kind": ("kind: hopsital\n", "config.value", "2:7", "allowed: hospital, care-service"),
    "no kind": ("title: x\n", "config.missing", "1:1", "add `kind: ...`"),
    "an unknown road": (RECEIVES.format(road="ftp", more="path: x"), "config.value", "4:11", "allowed: mllp, http"),
    "a text for a number": (
        RECEIVES.format(road="mllp", more="host: h\n    port: high"), "config.type", "7:11", "a whole number"),
    "a number out of range": (
        RECEIVES.format(road="mllp", more="host: h\n    port: 70000"), "config.range", "7:11", "65535"),
    "a text for a list of roads": ("kind: practice\nsends: mllp\n", "config.type", "3:8", "a list"),
    "a text for a mapping": ("kind: practice\nanswers: Task\n", "config.type", "3:10", "`key: value` lines"),
    "a text for yes or no": (
        RECEIVES.format(road="http", more="url: http://h/\n    honours_key: sure"), "config.type", "7:18", "`true`"),
    "a link that shows answers": (
        "kind: practice\nreceives:\n  - road: link\n    for: [answers]\n", "directory.link-for", "5:10", "[measures]"),
    "a link with a format": (
        "kind: practice\nreceives:\n  - road: link\n    format: evp\n", "directory.link-format", "5:13", "drop"),
    "notices without a folder": (
        "kind: practice\nreceives:\n  - road: link\n    notify: folder\n", "directory.link-folder", "5:13", "path"),
    "a link as a road to us": (
        SENDS.format(road="link", more="path: x"), "config.value", "4:11", "mllp, http, folder"),
    "a list for a text": ("kind: practice\ntitle: [a]\n", "config.type", "3:8", "a text"),
    "an unknown identifier": ("kind: practice\nidentifiers: {iknr: 1}\n", "directory.identifier", "3:21", "`ik`"),
    "a short ik": ("kind: practice\nidentifiers: {ik: 1234}\n", "directory.number", "3:19", "9 digits"),
    "a short bsnr": ("kind: practice\nidentifiers: {bsnr: 12345678}\n", "directory.number", "3:21", "9 digits"),
    "an AGS of no Land": ("kind: office\nidentifiers: {ags: 99711000}\n", "directory.number", "3:20", "8 digits"),
    "a strange standortnummer": (
        "kind: hospital\nidentifiers: {standortnummer: 12}\n", "directory.number", "3:31", "77 and"),
    "an unknown concern": (
        "kind: practice\nconcerns: [transprt]\n", "directory.concern", "3:12", "did you mean `transport`?"),
    "unknown statuses": (
        "kind: practice\nstatuses: bsr\n", "directory.statuses", "3:11", "did you mean `bser`?"),
    "a bad AGS": ("kind: site\ncatchment: {ags: [5711000]}\n", "directory.ags", "3:19", "8 digits"),
    "a bad postcode": ("kind: site\ncatchment: {postcodes: [3360]}\n", "directory.postcode", "3:25", "33602-33739"),
    "a range from high to low": (
        "kind: site\ncatchment: {postcodes: [33739-33602]}\n", "directory.postcode", "3:25", "from low to high"),
    "a catchment of no site": (
        "kind: office\ncatchment: {postcodes: [33602]}\n", "directory.catchment", "3:12", "kind: site"),
    "host bits in a network": (
        SENDS.format(road="mllp", more="from: 10.1.2.3/24"), "directory.network", "6:11", "`10.1.2.0/24`?"),
    "no network at all": (
        SENDS.format(road="mllp", more="from: [10.0.0.1, intern]"), "directory.network", "6:22", "`10.1.2.0/24`"),
    "a token in plain text": (
        SENDS.format(road="http", more="token: Geheim123"), "directory.token", "6:12", "sha256sum"),
    "a token with a short digest": (
        SENDS.format(road="http", more="token: sha256:abcd"), "directory.token", "6:12", "sha256sum"),
    "a certificate without its mark": (
        SENDS.format(road="mllp", more=f"certificate: {'ab' * 32}"), "directory.certificate", "6:18", "fingerprint"),
    "mllp in without a proof": (
        SENDS.format(road="mllp", more="facility: A"), "directory.road", "4:5", "add `from: ...`"),
    "http in without a proof": (SENDS.format(road="http", more=""), "directory.road", "4:5", "add `token: ...`"),
    "a folder in without a path": (
        SENDS.format(road="folder", more="pattern: '*.csv'"), "directory.road", "4:5", "add `path: ...`"),
    "mllp out without a host": (RECEIVES.format(road="mllp", more="port: 1"), "directory.road", "4:5", "add `host"),
    "mllp out without a port": (RECEIVES.format(road="mllp", more="host: h"), "directory.road", "4:5", "add `port"),
    "http out without a url": (RECEIVES.format(road="http", more=""), "directory.road", "4:5", "add `url: ...`"),
    "what a road makes no use of": (
        RECEIVES.format(road="http", more="url: http://h/\n    port: 1"), "directory.unused", "7:11", "drop it"),
    "a url without a scheme": (
        RECEIVES.format(road="http", more="url: h/path"), "directory.url", "6:10", "https://host/path"),
    "a url with a bad port": (
        RECEIVES.format(road="http", more="url: http://h:99999/"), "directory.url", "6:10", "https://host/path"),
    "a url with a password": (
        RECEIVES.format(road="http", more="url: https://a:b@h/"), "directory.url", "6:10", "https://host/path"),
    "a file name without the key": (
        RECEIVES.format(road="folder", more="path: x\n    name: '{date}.csv'"), "directory.filename", "7:11", "{key}"),
    "a file name that leaves the folder": (
        RECEIVES.format(road="folder", more="path: x\n    name: 'a/{key}'"), "directory.filename", "7:11", "folders"),
    "a file name with an unknown part": (
        RECEIVES.format(road="folder", more="path: x\n    name: '{key}{id}'"), "directory.filename", "7:11", "{about}"),
    "a file name that cannot be filled in": (
        RECEIVES.format(road="folder", more="path: x\n    name: '{key'"), "directory.filename", "7:11", "{key}"),
    "answers without a road": (
        "kind: practice\nanswers: {as: Task}\n", "directory.answers", "3:10", "for: [answers]"),
    "a Task over roads of HL7 v2": (
        "kind: hospital\nanswers: {as: Task}\nreceives: [{road: mllp, format: hl7v2-de, host: h, port: 1}]\n",
        "directory.answers-as", "3:15", "MDM^T02"),
    "an unknown way to answer": ("kind: office\nanswers: {as: Fax}\n", "config.value", "3:15", "MDM^T02, RRI^I12"),
    "a variable that is not set": ("kind: practice\ntitle: x\nrole: ${GATEWAY_NO}\n", "config.unset", "4:7", "set it"),
    "a variable of others": ("kind: practice\nrole: ${HOME}\n", "config.variable", "3:7", "GATEWAY_"),
    "a secret as a variable": (
        "kind: practice\nrole: ${GATEWAY_SECRET_X}\n", "config.variable", "3:7", "under `secret:`"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_said_once_with_its_line_and_a_repair(deployment: Deployment, name: str) -> None:
    text, code, place, repair = BAD[name]
    deployment.partner("praxis", text)
    problem = deployment.problem()
    assert (problem.code, problem.place) == (code, f"mappings/partners/praxis/partner.yaml:{place}")
    assert repair in problem.repair


def test_a_certificate_that_no_port_asks_for_is_said(deployment: Deployment) -> None:
    deployment.partner("praxis", SENDS.format(road="mllp", more=f"certificate: '{TOKEN}'"))
    assert deployment.problem(Known(asked=False)).code == "directory.unasked"
    assert not deployment.load(Known(asked=True))[1]


def test_a_folder_that_is_not_there_is_named(deployment: Deployment) -> None:
    deployment.partner("praxis", RECEIVES.format(road="folder", more="path: out/praxis"))
    problem = deployment.problem(Known(root=deployment.root))
    assert (problem.code, problem.severity) == ("directory.folder", "warning")
    assert str(deployment.root / "out/praxis") in problem.sentence
    (deployment.root / "out/praxis").mkdir(parents=True)
    assert not deployment.load(Known(root=deployment.root))[1]


@pytest.mark.parametrize("name", ["delivery", "desk", "gateway", "nobody", "operator", "staff", "unknown"])
def test_no_partner_is_called_as_somebody_in_the_audit(deployment: Deployment, name: str) -> None:
    deployment.partner(name, "kind: practice\n")
    assert [problem.code for problem in deployment.load()[1]] == ["directory.reserved"]
    assert deployment.load()[0].parties == ()


def test_all_mistakes_of_a_file_are_said_at_once(deployment: Deployment) -> None:
    deployment.partner("praxis", "kind: dentist\nsends: [{road: fax}]\nreceives: [{road: http, formt: fhir}]\n")
    codes = sorted(problem.code for problem in deployment.load()[1])
    assert codes == ["config.key", "config.missing", "config.missing", "config.value", "config.value"]


def test_a_token_in_plain_text_is_never_repeated(deployment: Deployment) -> None:
    deployment.partner("praxis", SENDS.format(road="http", more="token: Geheim123\n    accept: Geheim123"))
    assert not any("Geheim123" in str(problem) for problem in deployment.load()[1])


def test_a_file_that_is_no_yaml_is_said_with_its_line(deployment: Deployment) -> None:
    deployment.partner("praxis", "kind: [\n")
    assert deployment.problem().place.startswith("mappings/partners/praxis/partner.yaml:")


def test_a_file_that_is_a_list_is_refused(deployment: Deployment) -> None:
    deployment.partner("praxis", "- a\n- b\n", head=False)
    assert deployment.problem().code == "config.shape"


def test_a_partner_is_called_like_its_folder(deployment: Deployment) -> None:
    deployment.partner("praxis", "partner: praxis-nord\nkind: practice\n", head=False)
    assert deployment.problem().code == "directory.folder-name"


def test_a_name_that_no_url_can_carry_is_refused(deployment: Deployment) -> None:
    deployment.partner("Praxis Ost", "kind: practice\n")
    assert deployment.problem().code == "directory.name"


def test_an_ik_with_a_wrong_check_digit_is_noted_and_taken(deployment: Deployment) -> None:
    deployment.partner("praxis", 'kind: practice\nidentifiers: {ik: "260570444"}\n')
    directory, problems = deployment.load()
    assert [(problem.code, problem.severity) for problem in problems] == [("directory.digit", "information")]
    assert directory.get("praxis") is not None


@pytest.mark.parametrize("ik", ["101575519", "109519005"])
def test_an_ik_that_is_right_is_taken_without_a_word(deployment: Deployment, ik: str) -> None:
    deployment.partner("praxis", f"kind: practice\nidentifiers: {{ik: {ik}}}\n")
    assert deployment.load()[1] == []


def test_an_identifier_system_of_others_stands_with_its_url(deployment: Deployment) -> None:
    deployment.partner("praxis", "kind: practice\nidentifiers: {'https://example.org/sid/praxis': N-1}\n")
    directory, problems = deployment.load()
    assert not problems
    assert directory.by_identifier("https://example.org/sid/praxis", "N-1") is directory.get("praxis")


def test_formats_and_secrets_are_looked_for_where_they_are_known(deployment: Deployment) -> None:
    deployment.partner("praxis", RECEIVES.format(road="http", more="url: http://h/\n    secret: to-praxis"))
    assert deployment.load()[1] == []
    problems = deployment.load(Known(formats={"fhr"}, secrets={"to-praxi"}))[1]
    assert [problem.code for problem in problems] == ["directory.format", "directory.secret"]
    assert problems[0].repair == "did you mean `fhr`?"


def test_files_of_tls_must_be_there(deployment: Deployment, tmp_path: Path) -> None:
    text = RECEIVES.format(road="mllp", more="host: h\n    port: 1\n    tls: {ca: tls/ca.pem}")
    deployment.partner("praxis", text)
    assert deployment.problem().place.endswith(":8:15")
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls/ca.pem").write_text("")
    assert deployment.load()[1] == []


def test_digests_may_have_colons_and_capitals(deployment: Deployment) -> None:
    colons = ":".join(["AB"] * 32)
    deployment.partner(
        "praxis", SENDS.format(road="http", more=f"token: {TOKEN}\n    certificate: ['sha256:{colons}']")
    )
    assert deployment.load()[1] == []


def test_a_role_that_the_policy_does_not_know_is_shown_nothing_and_that_is_said(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path)
    deployment.partner("office", "kind: office\nrole: sozialmat\n")
    found = deployment.problem(Known(roles=frozenset({"sozialamt"})))
    assert (found.code, found.severity, found.place.endswith("3:7")) == ("directory.role", "warning", True)
    assert "`sozialamt`" in found.repair


def test_a_role_is_not_judged_where_no_policy_is_known(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path)
    deployment.partner("office", "kind: office\nrole: sozialmat\n")
    assert deployment.load(Known())[1] == []
