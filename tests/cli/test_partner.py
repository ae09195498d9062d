"""`gateway partner list` and `test`: roads as they are, and whether they can be gone."""

import http.server
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.command import Answer, Call
from tests.cli.test_certificates import self_signed

Lines = list[tuple[str, str, str]]


def partner(*lines: str, name: str = "amt", kind: str = "office") -> None:
    """A partner.yaml in the folder of the test."""
    file = Path("mappings/partners") / name / "partner.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([f"partner: {name}", f"kind: {kind}", *lines]) + "\n", "utf-8")


def settings(*lines: str) -> None:
    Path("gateway.yaml").write_text("\n".join(["mappings: mappings", "secrets: secrets", *lines]) + "\n", "utf-8")
    Path("secrets").mkdir(exist_ok=True)
    Path("mappings").mkdir(exist_ok=True)


def found(done: Answer) -> Lines:
    return [(line["verdict"], line["what"], line["said"]) for line in done.json["findings"]]


def lines_of(gateway: Call, name: str = "amt") -> tuple[int, Lines]:
    done = gateway("partner", "test", name, "--json")
    return done.code, found(done)


@contextmanager
def listening(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A port that takes one connection after the other and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        over = threading.Event()

        def take() -> None:
            while not over.is_set():
                try:
                    plain, _ = server.accept()
                except OSError:
                    return
                with plain:
                    plain.settimeout(2)
                    try:
                        with context.wrap_socket(plain, server_side=True) if context else plain as line:
                            line.recv(1)
                    except OSError:
                        continue

        thread = threading.Thread(target=take)
        thread.start()
        yield server.getsockname()[1]
        over.set()
        with socket.create_connection(server.getsockname()):
            pass
        thread.join(5)


@contextmanager
def serving(status: int, context: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """An HTTP server with one answer; the methods it heard with their credentials."""
    heard: list[tuple[str, str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            heard.append((f"{self.command} {self.path}", self.headers.get("Authorization", "")))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # silent
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1], heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def server_side(pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, pem.with_suffix(".key"))
    return context


def test_partners_are_listed_with_their_roads(gateway: Call) -> None:
    settings()
    partner("title: Amt", "receives:", "  - {road: folder, format: evp, path: out}")
    rows = gateway("partner", "list", "--json").json
    assert rows == [{"partner": "amt", "kind": "office", "title": "Amt", "in": "", "out": "folder evp (measures)"}]
    assert "folder evp (measures)" in gateway("partner", "list").text


def test_an_unknown_partner_is_a_wrong_call_and_a_broken_one_is_told(gateway: Call) -> None:
    settings()
    partner()
    done = gateway("partner", "test", "nix")
    assert (done.code, "known: amt" in done.err) == (2, True)
    partner("catchment: 7", name="kaputt")
    code, lines = lines_of(gateway, "kaputt")
    assert (code, {verdict for verdict, _, _ in lines}) == (1, {"bad"})
    assert "mappings/partners/kaputt/partner.yaml:3" in lines[0][2]


def test_settings_that_are_wrong_are_told_and_those_that_cannot_be_read_end_the_test(gateway: Call) -> None:
    settings("http: 7")
    partner()
    code, lines = lines_of(gateway)
    assert (code, lines[0][:2], lines[1][:2]) == (1, ("bad", "settings"), ("ok", "partner.yaml"))
    Path("gateway.yaml").write_text("[", "utf-8")
    assert gateway("partner", "test", "amt").code == 1
    Path("gateway.yaml").unlink()
    assert gateway("partner", "test", "amt").code == 2


def test_a_partner_without_roads_is_a_warning(gateway: Call) -> None:
    settings()
    partner()
    assert lines_of(gateway) == (0, [("ok", "partner.yaml", "read, and sound"), ("warn", "roads", "it has none")])


def test_a_line_for_people_has_its_repair_below(gateway: Call) -> None:
    settings()
    partner()
    lines = gateway("partner", "test", "amt").text.splitlines()
    assert lines[1].split(maxsplit=2) == ["warn", "roads", "it has none"]
    assert lines[2].strip() == "-> add `sends:` or `receives:` to its partner.yaml"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("evp", "the format `evp` compiles"),
        ("nix", "the format `nix` is not there or has errors"),
        ("ueberleitungsantrag", "the format `ueberleitungsantrag` is not written"),
    ],
)
def test_the_format_of_a_road_compiles_in_its_direction(gateway: Call, form: str, said: str) -> None:
    settings()
    Path("out").mkdir()
    partner("receives:", f"  - {{road: folder, format: {form}, path: out}}")
    assert said in [told for _, what, told in lines_of(gateway)[1] if what == f"out folder {form}"]


def test_a_road_in_by_mllp_needs_a_port_that_can_see_its_proofs(gateway: Call, tmp_path: Path) -> None:
    pem = self_signed(tmp_path, 90)
    partner("sends:", "  - {road: mllp, format: hl7v2-de, from: 10.0.0.0/8, facility: KLINIK}")
    settings()
    assert lines_of(gateway)[1][-1] == ("bad", "in  mllp hl7v2-de", "no MLLP port is opened")
    settings("mllp: [{listen: '127.0.0.1:2575'}]")
    said = "known from 10.0.0.0/8, MSH-4 KLINIK; on 127.0.0.1:2575"
    assert lines_of(gateway)[1][-1] == ("ok", "in  mllp hl7v2-de", said)
    partner("sends:", f"  - {{road: mllp, format: hl7v2-de, certificate: 'sha256:{'0' * 64}'}}")
    code, lines = lines_of(gateway)
    assert (code, lines[-1][0]) == (1, "bad")
    assert "client certificate" in lines[-1][2]
    tls = f"tls: {{certificate: {pem}, key: {pem.with_suffix('.key')}, client_ca: {pem}}}"
    settings(f"mllp: [{{listen: '127.0.0.1:2575', {tls}}}]")
    assert lines_of(gateway)[1][-1] == ("ok", "in  mllp hl7v2-de", "known by certificate; on 127.0.0.1:2575")


def test_a_road_in_by_http_needs_a_door_that_asks_for_its_certificate(gateway: Call) -> None:
    settings()
    partner("sends:", f"  - {{road: http, format: fhir, certificate: 'sha256:{'0' * 64}'}}")
    code, lines = lines_of(gateway)
    assert (code, lines[-1][0], "client certificate" in lines[-1][2]) == (1, "bad", True)


def test_folders_are_there_and_can_be_used(gateway: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings()
    partner("sends:", "  - {road: folder, format: evp, path: in}", "receives:",
            "  - {road: folder, format: evp, path: out}")  # fmt: skip
    code, lines = lines_of(gateway)
    assert (code, [verdict for verdict, _, _ in lines]) == (1, ["warn", "warn", "ok", "bad", "ok", "bad"])
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    assert lines_of(gateway)[0] == 0
    nobody = SimpleNamespace(access=lambda *_: False, R_OK=os.R_OK, W_OK=os.W_OK, X_OK=os.X_OK)
    monkeypatch.setattr("gateway.cli.reach.os", nobody)
    code, lines = lines_of(gateway)
    assert (code, "cannot be watched by this user" in lines[2][2]) == (1, True)


def test_an_mllp_receiver_is_connected_and_gets_no_message(gateway: Call) -> None:
    settings()
    with listening() as port:
        partner("receives:", f"  - {{road: mllp, format: hl7v2-de, host: 127.0.0.1, port: {port}}}")
        code, lines = lines_of(gateway)
    assert (code, lines[-1][0]) == (0, "ok")
    assert "connected in" in lines[-1][2]
    code, lines = lines_of(gateway)
    assert (code, lines[-1][2]) == (1, f"127.0.0.1:{port}: no connection, ConnectionRefusedError")


def test_an_mllp_receiver_shakes_hands_and_shows_its_certificate(gateway: Call, tmp_path: Path) -> None:
    settings()
    pem, other = self_signed(tmp_path, 5), self_signed(tmp_path, 90, "other")
    with listening(server_side(pem)) as port:
        road = f"{{road: mllp, format: hl7v2-de, host: 127.0.0.1, port: {port}, tls: {{ca: %s}}}}"
        partner("receives:", f"  - {road % pem}")
        code, lines = lines_of(gateway)
        assert code == 0
        assert lines[-2][2] == f"127.0.0.1:{port}: connected, TLSv1.3"
        assert lines[-1][0] == "warn"
        assert "the receiver's certificate" in lines[-1][2]
        partner("receives:", f"  - {road % other}")
        code, lines = lines_of(gateway)
        assert (code, lines[-1][2]) == (1, f"127.0.0.1:{port}: no TLS, self-signed certificate")


def test_tls_files_that_cannot_be_used_are_bad(gateway: Call, tmp_path: Path) -> None:
    settings()
    (tmp_path / "ca.pem").write_text("nothing", "ascii")
    partner("receives:", "  - {road: mllp, format: hl7v2-de, host: 127.0.0.1, port: 9, tls: {ca: ca.pem}}")
    code, lines = lines_of(gateway)
    assert code == 1
    assert any(said.startswith("tls: cannot be used") for _, _, said in lines)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(200, "ok"), (404, "ok"), (405, "ok"), (501, "ok"), (401, "warn"), (403, "warn"), (302, "warn"), (503, "warn")],
)
def test_an_http_receiver_is_asked_with_the_credentials_and_any_answer_reaches(
    gateway: Call, status: int, verdict: str
) -> None:
    settings()
    Path("secrets/to-amt").write_text("demo-word\n", "utf-8")
    with serving(status) as (port, heard):
        partner("receives:", f"  - {{road: http, format: evp, url: 'http://127.0.0.1:{port}/in', secret: to-amt}}")
        code, lines = lines_of(gateway)
    assert code == 0
    assert (lines[-1][0], lines[-1][2].startswith(f"it answers, HTTP {status}")) == (verdict, True)
    assert heard == [("HEAD /in", "Bearer demo-word")]


def test_a_missing_secret_and_a_receiver_that_is_not_there_are_bad(gateway: Call) -> None:
    settings()
    partner("receives:", "  - {road: http, format: evp, url: 'http://127.0.0.1:1/in', secret: to-amt}")
    done = gateway("partner", "test", "amt")
    assert done.code == 1
    assert "the secret `to-amt` is not there" in done.text
    assert "GATEWAY_SECRET_TO_AMT" in done.text
    assert "no answer: connect" in done.text


def test_an_https_receiver_is_trusted_or_not_and_its_certificate_looked_at(gateway: Call, tmp_path: Path) -> None:
    settings()
    pem = self_signed(tmp_path, 5)
    with serving(405, server_side(pem)) as (port, _):
        road = f"{{road: http, format: evp, url: 'https://127.0.0.1:{port}/in'"
        partner("receives:", f"  - {road}, tls: {{ca: {pem}}}}}")
        code, lines = lines_of(gateway)
        assert code == 0
        assert lines[-1][2] == "it answers, HTTP 405"
        assert [verdict for verdict, _, said in lines if "the receiver's certificate" in said] == ["warn"]
        partner("receives:", f"  - {road}}}")
        code, lines = lines_of(gateway)
        assert (code, lines[-1][0]) == (1, "bad")


def test_a_road_that_no_request_can_take_is_bad(gateway: Call) -> None:
    settings()
    partner("receives:", "  - {road: http, format: evp, url: 'http://127.0.0.1:1/in', headers: {Host: x}}")
    code, lines = lines_of(gateway)
    assert (code, lines[-1][0]) == (1, "bad")
