"""S8: a person goes through every door of a running gateway; no log, figure, refusal or temporary file names her."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.faults.running import TOKEN, Running, until
from tests.ports import free_port
from tests.web.standing import hashed

NAME, FIRST, STREET, NUMBER = "Zeisigcanaria", "Kanariella", "Canaristrasse", "G405718932"
WORDS = (NAME, FIRST, STREET, NUMBER, NAME.upper(), NAME.lower())
PERSON = {
    "resourceType": "Patient", "name": [{"family": NAME, "given": [FIRST]}], "address": [{"line": [STREET]}],
    "identifier": [{"system": "http://fhir.de/sid/gkv/kvid-10", "value": NUMBER}],
}  # fmt: skip
RIGHT = {"Authorization": f"Bearer {TOKEN}"}
FHIR = {"Content-Type": "application/fhir+json"}
Ask = Callable[..., requests.Response]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path, list[requests.Response], str]]:
    """The gateway after all that, its folder of temporary files, what it refused, and its figures."""
    folder, temporary = tmp_path_factory.mktemp("canary"), tmp_path_factory.mktemp("temporary")
    intake, fhir, link = free_port(), free_port(), free_port()
    doors = {word: {"listen": f"127.0.0.1:{port}"} for word, port in (("http", intake), ("fhir", fhir), ("link", link))}
    gateway = Running(folder / "g", **doors, logging={"format": "json", "level": "debug"})
    road = {"road": "http", "format": "fhir", "token": [hashed(TOKEN)]}
    mllp = {"road": "mllp", "format": "hl7v2-de", "from": ["127.0.0.1/32"]}
    gateway.partner("klinik", kind="hospital", sends=[road, mllp])
    gateway.partner("site-senne", kind="site", catchment={"postcodes": ["33659"]})
    try:
        gateway.start(TMPDIR=str(temporary))
        gateway.http = intake
        with requests.Session() as session:
            session.trust_env = False
            bases = [f"http://127.0.0.1:{port}" for port in (intake, fhir, link)]
            answers = [answer for base in bases for answer in hostile(session, base)]
            answers += friendly(session, *bases)
            hung_up(gateway.mllp)
            until(lambda: b'state="received"} 0.0' in gateway.get("/metrics")[1], "the line is done")
            page = session.get(f"{bases[0]}/metrics", timeout=20).text
        gateway.stop()
        yield gateway, temporary, [answer for answer in answers if answer.status_code >= 400], page
    finally:
        gateway.end()


def hostile(session: requests.Session, base: str) -> Iterator[requests.Response]:
    """What no door takes, with the person in all its parts."""
    below = (f"Patient/{NAME}", f"Task?{NAME}={NAME}", f"Patient?name:{NAME}=x", f"Patient/x/_history/{NAME}", NAME)
    for path in (f"/{NAME}", f"/intake/{NAME}", f"/case?{NAME}", "/open", *(f"/fhir/{each}" for each in below)):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", NAME.upper()):
            fields = {"Authorization": f"Bearer {NAME}", "X-Provenance": NAME, "If-Match": NAME, "Content-Type": NAME}
            yield session.request(method, base + path, headers=fields, data=f"key={NAME}&{NAME}", timeout=20)


def friendly(session: requests.Session, intake: str, fhir: str, link: str) -> Iterator[requests.Response]:
    """What is taken, or refused for what it holds."""
    texts = (f'{{"resourceType":"Patient","{NAME}":', f'{{"resourceType":"{NAME}"}}', f"<{NAME}>", NAME)
    for text in texts:
        yield session.post(
            f"{intake}/intake/klinik", text, headers={**RIGHT, **FHIR, "Idempotency-Key": NAME}, timeout=20
        )
        for path in ("Patient", "", "Patient/$validate", "$transform?from=fhir&to=evp", "Patient/$match"):
            yield session.post(f"{fhir}/fhir/{path}", text, headers=FHIR, timeout=20)
    made = session.post(f"{fhir}/fhir/Patient", json=PERSON, headers=FHIR, timeout=20)
    assert made.status_code == 201, made.text
    where = made.headers["location"].partition("/_history")[0]
    session.get(f"{fhir}/fhir/Patient?name={NAME}&identifier={NUMBER}&address={STREET}", timeout=20)
    yield session.put(where, json={**PERSON, "id": NAME}, headers=FHIR, timeout=20)
    yield session.put(where, json={**PERSON, "gender": NAME, "birthDate": NAME}, headers=FHIR, timeout=20)
    yield session.post(f"{intake}/intake/klinik", json=PERSON, headers={**RIGHT, **FHIR}, timeout=20)
    yield session.post(f"{link}/open", data={"key": NAME, "code": NAME}, timeout=20)


def hung_up(port: int) -> None:
    """A message by MLLP that breaks off, one without an end, and one that is none."""
    for text in (f"\x0bMSH|^~\\&|{NAME}|{FIRST}\rPID|1||{NUMBER}||{NAME}^{FIRST}\r", f"\x0b{NAME}\x1c\r", NAME):
        with socket.create_connection(("127.0.0.1", port), 10) as line:
            line.sendall(text.encode())
            line.settimeout(0.5)
            try:
                line.recv(65536)
            except TimeoutError:
                continue


Said = tuple[Running, Path, list[requests.Response], str]


@pytest.mark.parametrize("word", WORDS)
def test_no_log_and_no_figure_names_a_person(said: Said, word: str) -> None:
    gateway, _, _, page = said
    log = gateway.log.read_text(encoding="utf-8")
    assert "fhir.refused" in log
    assert word not in log
    assert word not in page


def test_no_refusal_repeats_what_was_sent(said: Said) -> None:
    assert len(said[2]) > 100
    for answer in said[2]:
        where = (answer.request.method, answer.request.url, answer.status_code)
        shown = answer.text if not answer.url.endswith("/open") else answer.text.replace(f'value="{NAME}"', "")
        assert [word for word in WORDS if word in shown or word in str(answer.headers)] == [], where
        assert answer.status_code < 500
        assert "Traceback" not in answer.text


def test_no_temporary_file_and_no_name_of_a_file_holds_a_person(said: Said) -> None:
    gateway, temporary, _, _ = said
    files = [path for path in temporary.rglob("*") if path.is_file()]
    assert [path for path in files if any(word.encode() in path.read_bytes() for word in WORDS)] == []
    names = [path.as_posix() for folder in (gateway.folder, temporary) for path in folder.rglob("*")]
    assert [text for text in names if any(word in text for word in WORDS)] == []
