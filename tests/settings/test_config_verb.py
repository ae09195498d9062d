"""`gateway config check` and `gateway config show` as a person calls them."""

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.cli.command import Call, caller

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "docker/demo/gateway.yaml"


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Call:
    monkeypatch.chdir(tmp_path)
    return caller(monkeypatch, capsysbinary)


def write(path: str, text: str) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)


def test_the_demo_is_clean_once_it_has_its_keys(gateway: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GATEWAY_DEMO_DATA", str(tmp_path / "data"))
    assert "settings.keys" in gateway("config", "check", "--config", DEMO).err
    assert gateway("keys", "new", "--config", DEMO).code == 0
    missing = re.findall(r"there is no folder (\S+)", gateway("config", "check", "--config", DEMO).err)
    assert {Path(path).relative_to(tmp_path / "data").parts[0] for path in missing if path != str(tmp_path / "data")}
    for path in missing:
        Path(path).mkdir(parents=True, exist_ok=True)
    answer = gateway("config", "check", "--config", DEMO)
    assert answer.code == 0
    assert "gateway.yaml: clean; 22 partners, 14 sites, 1 MLLP ports, 2 watched folders, 3 secrets" in answer.text
    assert "error" not in answer.err
    assert "warning" not in answer.err


def test_a_deployment_needs_only_a_file_in_the_working_folder(gateway: Call) -> None:
    write("gateway.yaml", "name: test\n")
    assert gateway("config", "check").code == 0


def test_findings_of_settings_partners_and_secrets_are_told_together(gateway: Call) -> None:
    road = "{road: http, format: fhri, url: 'http://h/', secret: to-amt}"
    write("mappings/partners/amt/partner.yaml", f"partner: amt\nkind: office\nreceives:\n  - {road}\n")
    write("mappings/partners/praxis/partner.yaml", "partner: praxis\nkind: practise\n")
    write("gateway.yaml", "mappings: mappings\nsecrets: secrets\nrouting: {fallback: amt}\n")
    write("secrets/other", "a\nb\n")
    answer = gateway("config", "check")
    assert answer.code == 1
    for place in (
        "mappings/partners/amt/partner.yaml:4:26: there is no format `fhri`",
        "mappings/partners/amt/partner.yaml:4:58: there is no secret `to-amt`",
        "mappings/partners/praxis/partner.yaml:2:7: `kind` cannot be this",
        "secrets/other: a secret is one line",
        "gateway.yaml:3:21: the fallback `amt` is no site",
    ):
        assert place in answer.err
    assert answer.text.startswith("gateway.yaml: 5 findings; ")


def test_findings_can_be_had_as_json(gateway: Call) -> None:
    write("gateway.yaml", "nme: test\n")
    answer = gateway("config", "check", "--json")
    assert (answer.code, answer.out) == (1, b"")
    assert [found["code"] for found in json.loads(answer.err)] == ["config.key"]


def test_settings_that_cannot_be_read_cannot_run(gateway: Call) -> None:
    write("gateway.yaml", "nme: test\n")
    assert gateway("config", "check").text == "gateway.yaml: 1 finding; cannot run\n"
    answer = gateway("config", "show")
    assert (answer.code, answer.out) == (1, b"")


def test_partners_are_checked_even_if_the_settings_are_broken(gateway: Call) -> None:
    write("gateway.yaml", "nme: test\n")
    write("mappings/partners/praxis/partner.yaml", "partner: praxis\nkind: practise\n")
    answer = gateway("config", "check")
    assert "gateway.yaml:1:1" in answer.err
    assert "partner.yaml:2:7" in answer.err


def test_a_file_that_cannot_be_read_cannot_run(gateway: Call) -> None:
    write("gateway.yaml", "name: [\n")
    assert gateway("config", "check").text == "gateway.yaml: 1 finding; cannot run\n"


def test_a_file_that_is_not_there_is_a_wrong_call(gateway: Call) -> None:
    for verb in ("check", "show"):
        answer = gateway("config", verb, "--config", "nowhere.yaml")
        assert answer.code == 2
        assert "nowhere.yaml" in answer.err


def test_show_prints_the_settings_as_they_act(gateway: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY__HTTP__LISTEN", "127.0.0.1:9080")
    write("gateway.yaml", "name: test\n")
    answer = gateway("config", "show")
    shown = yaml.safe_load(answer.text)
    assert answer.text.startswith("# from the environment: GATEWAY__HTTP__LISTEN\n")
    assert (shown["http"]["listen"], shown["delivery"]["retry"]["attempts"]) == ("127.0.0.1:9080", 100)


def test_show_masks_every_secret(gateway: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_SECRET_TO_PRAXIS", "geheim-1")
    write("secrets/to-amt", "geheim-2\n")
    write("gateway.yaml", "secrets: secrets\nstore: {url: 'postgresql://user:geheim-3@host/db'}\n")
    for words in ((), ("--json",)):
        answer = gateway("config", "show", *words)
        assert answer.code == 0
        assert b"geheim" not in answer.out
        assert b"geheim" not in answer.err.encode()
        shown = yaml.safe_load(answer.text)
        assert shown["secrets"]["known"] == {"to-amt": "***", "to-praxis": "***"}
        assert shown["store"]["url"] == "postgresql://user:***@host/db"
