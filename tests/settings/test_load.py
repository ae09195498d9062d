"""gateway.yaml: defaults, paths from its own folder, and every mistake with its line and a repair."""

from pathlib import Path

import pytest

from gateway.settings import load
from tests.authority import Authority
from tests.settings.conftest import Read

BAD = {
    "an unknown section": ("name: x\nhtpp: {}\n", "config.key", ":2:1", "did you mean `http`?"),
    "an unknown key of a section": ("http: {listn: a}\n", "config.key", ":1:8", "did you mean `listen`?"),
    "an unknown key of a port": (
        "mllp:\n  - listen: 127.0.0.1:1\n    max_fram: 1\n", "config.key", ":3:5", "did you mean `max_frame`?"),
    "an unknown key deep below": (
        "delivery: {retry: {wait: [1]}}\n", "config.key", ":1:20", "did you mean `waits`?"),
    "a port without an address": ("mllp: [{max_frame: 5000}]\n", "config.missing", ":1:8", "add `listen: ...`"),
    "an address without a port": ("mllp: [{listen: 127.0.0.1}]\n", "settings.listen", ":1:17", "127.0.0.1:2575"),
    "a port that is none": ("http: {listen: 'localhost:70000'}\n", "settings.listen", ":1:16", "127.0.0.1:2575"),
    "one port for two": (
        "http: {listen: '[::1]:80'}\nmllp: [{listen: '[::1]:80'}]\n", "settings.listen-twice", ":2:17", "its own port"),
    "a FHIR interface that others could reach": (
        "fhir: {listen: '0.0.0.0:8081'}\n", "settings.fhir.open", ":1:16", "127.0.0.1:8081"),
    "a FHIR interface for others without tokens": (
        "fhir: {listen: '0.0.0.0:8081', base: 'https://g.example/fhir/', access: open}\n",
        "settings.fhir.open", ":1:16", "add `tls:`, `access: smart`, or write"),
    "a desk behind a proxy": (
        "fhir: {access: smart, desk: true, base: 'https://g.example/fhir/'}\n", "settings.fhir.desk", ":1:29", "drop"),
    "a page that others reach without https": (
        "link: {listen: '0.0.0.0:8082'}\n", "settings.link.open", ":1:16", "add `tls:`"),
    "a page at the intake's door": (
        "link: {listen: '127.0.0.1:8080'}\n", "settings.listen-twice", ":1:16", "its own port"),
    "a page's base without its end": ("link: {base: 'https://h/x'}\n", "settings.base", ":1:14", "`/` at the end"),
    "a FHIR interface without a port": ("fhir: {listen: '127.0.0.1'}\n", "settings.listen", ":1:16", "switch it off"),
    "a FHIR interface at the intake's door": (
        "fhir: {listen: '127.0.0.1:8080'}\n", "settings.listen-twice", ":1:16", "its own port"),
    "a subscriber that is nobody": (
        "fhir: {subscribers: ['10.1.0.0/99']}\n", "settings.subscribers", ":1:22", "the name of a host"),
    "a FHIR base without its end": ("fhir: {base: 'https://h/fhir'}\n", "settings.base", ":1:14", "`/` at the end"),
    "a base whose host has no end": ("fhir: {base: 'https://[h/'}\n", "settings.base", ":1:14", "`/` at the end"),
    "a store whose host has no end": ("store: {url: 'mysql://[h/x'}\n", "settings.store", ":1:14", "sqlite"),
    "a text for a number": ("http: {max_body: 20 MB}\n", "config.type", ":1:18", "a whole number"),
    "a number too small": ("delivery: {workers: 0}\n", "config.range", ":1:21", "greater than or equal to 1"),
    "a wait of no time": ("delivery: {retry: {waits: [1, 0]}}\n", "config.range", ":1:31", "greater than 0"),
    "no waits": ("delivery: {retry: {waits: []}}\n", "config.range", ":1:27", "at least 1"),
    "a list where one value is expected": ("name: [a]\n", "config.type", ":1:7", "a text"),
    "an unknown level": ("logging: {level: loud}\n", "config.value", ":1:18", "debug, info, warning, error"),
    "a store of another kind": ("store: {url: 'mysql://h/x'}\n", "settings.store", ":1:14", "sqlite:///gateway.db"),
    "a folder of mappings that is not there": ("mappings: [a]\n", "settings.folder", ":1:12", "make it"),
    "a folder of secrets that is not there": ("secrets: hidden\n", "settings.folder", ":1:10", "make it"),
    "a certificate that is not there": (
        "http: {tls: {certificate: c.pem, key: gateway.yaml}}\n", "settings.file", ":1:27", "put it there"),
    "TLS without a key": ("http: {tls: {certificate: gateway.yaml}}\n", "config.missing", ":1:13", "add `key: ...`"),
    "a base without its end": ("http: {base: 'https://h/fhir'}\n", "settings.base", ":1:14", "`/` at the end"),
    "a variable that is not set": ("name: ${GATEWAY_STAGE}\n", "config.unset", ":1:7", "set it, or write"),
    "no YAML": ("name: [\n", "map.yaml", ":2:1", "mend the line"),
    "an empty file": ("", "map.yaml.empty", "", "docs/reference"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_said_with_its_line_and_a_repair(read: Read, name: str) -> None:
    text, code, place, repair = BAD[name]
    settings, problems = read(text)
    assert settings is None
    assert [(problem.code, problem.place) for problem in problems] == [(code, f"gateway.yaml{place}")]
    assert repair in problems[0].repair


def test_a_store_in_no_folder_is_said(read: Read, tmp_path: Path) -> None:
    _, (problem,) = read("store: {url: 'sqlite:///nowhere/gateway.db'}\n")
    assert (problem.code, problem.place, problem.severity) == ("settings.folder", "gateway.yaml:1:14", "warning")
    assert str(tmp_path / "nowhere") in problem.sentence


def test_a_key_of_another_certificate_is_said_at_the_key(read: Read, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    ours, other = authority.signs("gateway"), authority.signs("other")
    text = "http: {tls: {certificate: '%s', key: '%s'}}\n"
    assert not read(text % (ours.certificate, ours.key))[1]
    _, (problem,) = read(text % (ours.certificate, other.key))
    assert (problem.code, problem.severity) == ("settings.tls", "error")
    assert problem.place.startswith("gateway.yaml:1:")


def test_all_mistakes_are_said_at_once(read: Read) -> None:
    _, problems = read("nme: x\nhttp: {max_body: b}\nlogging: {level: loud}\nmllp: [{listen: a}]\n")
    assert [problem.code for problem in problems] == ["config.type", "config.value", "config.key", "settings.listen"]


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    settings, problems = load(tmp_path / "gateway.yaml")
    assert settings is None
    assert [problem.code for problem in problems] == ["map.file"]


def test_a_file_with_only_a_name_is_a_gateway(read: Read, tmp_path: Path) -> None:
    settings, problems = read("name: test\n")
    assert problems == []
    assert settings is not None
    assert settings.store.url == f"sqlite:///{tmp_path}/gateway.db"
    assert settings.http.address == ("127.0.0.1", 8080)
    assert settings.mappings == (tmp_path / "mappings",)
    assert (settings.mllp, settings.secrets, settings.root) == ((), "", tmp_path)


def test_paths_start_from_the_folder_of_the_file(read: Read, tmp_path: Path) -> None:
    for folder in ("formats", "hidden"):
        (tmp_path / folder).mkdir()
    Authority(tmp_path / "ca").signs("gateway")
    settings, problems = read(
        """
        store: {url: "sqlite:///data/../kept.db?timeout=5"}
        mappings: formats
        secrets: hidden
        http: {tls: {certificate: ca/gateway.pem, key: ca/gateway.key}}
        """
    )
    assert problems == []
    assert settings is not None
    assert settings.store.url == f"sqlite:///{tmp_path}/kept.db?timeout=5"
    assert (settings.mappings, settings.secrets) == ((tmp_path / "formats",), str(tmp_path / "hidden"))
    assert settings.http.tls is not None
    assert settings.http.tls.certificate == str(tmp_path / "ca/gateway.pem")


@pytest.mark.parametrize("url", ["postgresql+psycopg://u:p@h/db", "sqlite:///:memory:", "sqlite:////var/x.db"])
def test_the_address_of_a_database_elsewhere_stays(read: Read, url: str) -> None:
    settings, problems = read(f"store: {{url: '{url}'}}\n")
    assert problems == []
    assert settings is not None
    assert settings.store.url == url


@pytest.mark.parametrize(
    ("listen", "address"),
    [("127.0.0.1:2575", ("127.0.0.1", 2575)), ("[::1]:0", ("::1", 0)), ("localhost:1", ("localhost", 1))],
)
def test_an_address_has_host_and_port(read: Read, listen: str, address: tuple[str, int]) -> None:
    settings, problems = read(f"mllp: [{{listen: '{listen}'}}]\n")
    assert problems == []
    assert settings is not None
    assert settings.mllp[0].address == address


def test_two_ports_may_be_any_free_ones(read: Read) -> None:
    assert read("mllp: [{listen: '127.0.0.1:0'}, {listen: '127.0.0.1:0'}]\n")[1] == []


def test_an_open_address_without_tls_is_noted(read: Read) -> None:
    settings, problems = read("mllp: [{listen: '0.0.0.0:2575'}]\n")
    assert settings is not None
    assert [(problem.code, problem.severity) for problem in problems] == [("settings.open", "information")]


def test_the_settings_cannot_be_changed(read: Read) -> None:
    settings, _ = read("name: x\n")
    with pytest.raises(ValueError, match="frozen"):
        settings.name = "y"  # type: ignore[misc, union-attr]  # frozen


def test_a_password_in_a_wrong_place_is_never_repeated(read: Read) -> None:
    _, problems = read("store: {url: {password: geheim}}\nhttp: {max_body: geheim}\nlogging: {level: geheim}\n")
    assert len(problems) == 3
    assert "geheim" not in str(problems)


def test_the_fhir_interface_can_be_off_or_at_any_free_port_of_this_machine(read: Read) -> None:
    for listen in ("", "127.0.0.1:0", "[::1]:8081", "localhost:8081"):
        settings, problems = read(f"fhir: {{listen: '{listen}'}}\n")
        assert settings is not None
        assert (settings.fhir.listen, problems) == (listen, [])


def test_the_fhir_interface_is_for_others_with_tls_tokens_and_a_name(read: Read, tmp_path: Path) -> None:
    Authority(tmp_path / "ca").signs("gateway")
    settings, problems = read(
        """
        fhir:
          listen: 0.0.0.0:8081
          base: https://gateway.example.org:8081/fhir/
          access: smart
          tls: {certificate: ca/gateway.pem, key: ca/gateway.key, client_ca: ca/ca.pem}
        """
    )
    assert problems == []
    assert settings is not None
    assert settings.fhir.tls is not None
    assert settings.fhir.tls.client_ca == str(tmp_path / "ca/ca.pem")
    assert settings.fhir.reached == "https://gateway.example.org:8081/fhir/"


def test_a_revoked_certificate_is_named_by_its_hash(read: Read, tmp_path: Path) -> None:
    Authority(tmp_path / "ca").signs("gateway")
    text = "http: {tls: {certificate: ca/gateway.pem, key: ca/gateway.key, revoked: [%s]}}\n"
    assert not read(text % f"'sha256:{'ab' * 32}', 'sha256:{':'.join(['AB'] * 32)}'")[1]
    _, (problem,) = read(text % "ab12")
    assert (problem.code, problem.place.startswith("gateway.yaml:1:")) == ("settings.revoked", True)
    assert "openssl x509" in problem.repair
