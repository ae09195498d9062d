"""S6: a gateway that serves all its doors with TLS, as gateway.yaml says: who may not come in does not."""

import re
import socket
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any, NamedTuple

import pytest
import requests

from tests.authority import EXPIRED, Authority, Pair
from tests.faults.running import TOKEN, Running, until
from tests.ports import free_port
from tests.web.standing import hashed


class Served(NamedTuple):
    """A gateway at work, its ports by door, who signs, and the certificates of callers."""

    gateway: Running
    ports: dict[str, int]
    ours: Authority
    good: Pair
    revoked: Pair


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    ours = Authority(tmp_path_factory.mktemp("ours"))
    server, good, revoked = ours.signs("server"), ours.signs("klinik"), ours.signs("gone")

    def tls(**more: Any) -> dict[str, Any]:
        return {"certificate": str(server.certificate), "key": str(server.key), **more}

    def both() -> dict[str, Any]:
        return tls(client_ca=ours.ca, revoked=[revoked.fingerprint])

    ports = {name: free_port() for name in ("http", "fhir", "link", "mllp")}
    doors: dict[str, Any] = {name: {"listen": f"127.0.0.1:{port}", "tls": both()} for name, port in ports.items()}
    doors["link"]["tls"] = tls()
    doors["fhir"] |= {"access": "smart"}
    gateway = Running(tmp_path_factory.mktemp("served") / "g", **{**doors, "mllp": [doors["mllp"]]})
    road = {"road": "http", "format": "fhir", "token": [hashed(TOKEN)], "certificate": [good.fingerprint]}
    gateway.partner("klinik", kind="hospital", sends=[road])
    gateway.partner("site-senne", kind="site", catchment={"postcodes": ["33659"]})
    try:
        gateway.launch()
        assert gateway.process
        assert gateway.process.stdout
        assert "ready" in gateway.process.stdout.readline()
        yield Served(gateway, ports, ours, good, revoked)
    finally:
        gateway.end()


def said(served: Served, door: str, path: str, pair: Pair | None) -> int:
    """What comes back; 0 where TLS says no."""
    url = f"https://127.0.0.1:{served.ports[door]}{path}"
    with requests.Session() as session:
        session.trust_env, session.verify, session.cert = False, served.ours.ca, pair.files if pair else None
        try:
            return session.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20).status_code
        except requests.ConnectionError:
            return 0


def test_each_door_lets_in_whom_it_should(served: Served) -> None:
    late = served.ours.signs("late", *EXPIRED)
    table = {
        ("http", "/intake/none"): (404, 401, 0, 0),
        ("fhir", "/fhir/Task"): (401, 0, 0, 0),
        ("link", "/"): (200, 200, 200, 200),
    }
    for (door, path), want in table.items():
        got = tuple(said(served, door, path, pair) for pair in (served.good, None, served.revoked, late))
        assert got == want, door


def heard(served: Served, door: str, context: ssl.SSLContext | None, data: bytes) -> bytes:
    """What a door says to some bytes, until it hangs up."""
    with ExitStack() as stack:
        line = stack.enter_context(socket.create_connection(("127.0.0.1", served.ports[door]), 10))
        line.settimeout(20)
        try:
            if context:
                line = stack.enter_context(context.wrap_socket(line, server_hostname="127.0.0.1"))
            line.sendall(data)
            return line.recv(100)
        except OSError:
            return b""


def test_an_mllp_port_ends_the_handshake(served: Served) -> None:
    for pair in (None, served.revoked):
        context = ssl.create_default_context(cafile=served.ours.ca)
        if pair:
            context.load_cert_chain(*pair.files)
        assert heard(served, "mllp", context, b"\x0bMSH|^~\\&|A|B\r\x1c\r") == b""


@pytest.mark.parametrize("door", ["http", "fhir", "link", "mllp"])
def test_without_tls_there_is_nothing(served: Served, door: str) -> None:
    assert not heard(served, door, None, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP")


def test_it_stands_in_the_audit_and_in_the_figures(served: Served) -> None:
    said(served, "fhir", "/fhir/Task", served.revoked)
    file = served.gateway.folder / "gateway.db"

    def refused() -> set[tuple[str, str]]:
        with closing(sqlite3.connect(file)) as database:
            rows = database.execute("SELECT object, detail FROM audit WHERE action = 'tls'").fetchall()
        return {(door, re.sub(r", \d+ more before", "", detail)) for door, detail in rows}

    until(lambda: ("fhir", "certificate revoked") in refused(), "it is written down")
    with requests.Session() as session:
        session.trust_env, session.verify = False, served.ours.ca
        page = session.get(f"https://127.0.0.1:{served.ports['http']}/metrics", timeout=20).text
    assert re.search(r'gateway_refused_total\{door="fhir",reason="tls"\} [1-9]', page)
