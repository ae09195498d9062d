"""`gateway doctor`: each line says what is wrong and what to type next."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from gateway.domain.ledger import Settle
from gateway.domain.question import Inquiry
from gateway.store.anchor import AnchorFile
from gateway.store.migrations import HEAD
from tests.authority import DAY, Authority
from tests.cli.command import Answer, Call
from tests.cli.deployed import SETTINGS, Deployed, told_of_nobody
from tests.cli.test_certificates import self_signed


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Something that answers every GET."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path in {"/health/ready", "/fhir/metadata"} else 404)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def lines(done: Answer) -> dict[str, tuple[str, str, str]]:
    """Verdict, sentence and repair by what was looked at."""
    return {line["what"]: (line["verdict"], line["said"], line["repair"]) for line in done.json["findings"]}


def examined(gateway: Call) -> dict[str, tuple[str, str, str]]:
    """All lines but that of the formats, which take half a second to compile."""
    with patch("gateway.cli.doctor.formats", lambda _: iter(())):
        return lines(gateway("doctor", "--json"))


def age(deployed: Deployed, name: str, **by: float) -> None:
    """A message waits again, and came so much earlier (or, with a minus, later)."""
    with deployed.store() as store:
        store.commit([Settle(deployed.known[name], {"state": "received"})]).result()
    moment = (datetime.now(UTC) - timedelta(**by)).isoformat(timespec="microseconds")
    with closing(sqlite3.connect(deployed.folder / "gateway.db")) as database, database:
        database.execute("UPDATE journal SET received = ? WHERE id = ?", (moment, deployed.known[name]))


def test_a_deployment_that_is_well_has_only_what_waits_for_persons(gateway: Call, deployed: Deployed) -> None:
    with answering(200) as port:
        deployed.config.write_text(SETTINGS.replace("127.0.0.1:1", f"127.0.0.1:{port}"), "utf-8")
        done = gateway("doctor", "--json")
    found = lines(done)
    assert (done.code, done.json["healthy"]) == (0, True)
    assert [what for what, (verdict, *_) in found.items() if verdict != "ok"] == [
        "audit anchor", "parked messages", "dead deliveries", "uncertain deliveries",
    ]  # fmt: skip
    assert found["configuration"][1] == "22 partners, 14 of them sites"
    assert found["secrets"][1] == "3 used, all there"
    assert "hl7v2-de" in found["formats"][1]
    assert f"revision {HEAD}" in found["store"][1]
    assert found["gateway"][1] == f"http://127.0.0.1:{port}/health/ready: ready"


def test_what_waits_for_a_person_names_the_verb_to_type_next(gateway: Call, deployed: Deployed) -> None:
    assert deployed.known
    found = examined(gateway)
    assert found["parked messages"] == ("warn", "3 wait for a person", "gateway messages list --state parked")
    for what, state in (("dead deliveries", "dead"), ("uncertain deliveries", "uncertain")):
        verdict, said, repair = found[what]
        assert (verdict, said) == ("warn", "1 wait for a person")
        assert len(gateway(*repair.split()[1:], "--json").json) == 1
        assert repair.endswith(state)


def test_an_anchor_is_held_against_the_audit(gateway: Call, deployed: Deployed) -> None:
    file = deployed.folder / "anchor.jsonl"
    deployed.config.write_text(f"{SETTINGS}\naudit: {{anchor: anchor.jsonl}}\n", "utf-8")
    assert examined(gateway)["audit anchor"][0] == "bad"
    with deployed.store() as store:
        head = store.inquired(Inquiry(), 0, 1)[0]
    AnchorFile(file).append(head, datetime.now(UTC))
    assert examined(gateway)["audit anchor"][:2] == ("ok", f"{file}, up to line {head.number}")
    for number, digest in ((head.number, "00"), (head.number + 1000, head.hash)):
        AnchorFile(file).append(replace(head, number=number, hash=digest), datetime.now(UTC))
        verdict, _, repair = examined(gateway)["audit anchor"]
        assert (verdict, "gateway audit verify" in repair) == ("bad", True)
    file.write_text("nothing of ours\n", "utf-8")
    assert examined(gateway)["audit anchor"][0] == "bad"


def test_certificates_of_all_doors_are_looked_at(gateway: Call, deployed: Deployed, tmp_path: Path) -> None:
    pair = Authority(tmp_path / "ca").signs("gateway", ends=10 * DAY)
    door = f'listen: "127.0.0.1:0", tls: {{certificate: {pair.certificate}, key: {pair.key}}}'
    text = SETTINGS.replace('fhir: {listen: ""}', f"fhir: {{{door}}}\nlink: {{{door}}}")
    deployed.config.write_text(text, "utf-8")
    found = examined(gateway)
    assert [found[f"tls of {name}"][0] for name in ("fhir", "link")] == ["warn", "warn"]
    assert "9 days left" in found["tls of fhir"][1]


def test_a_gateway_that_does_not_answer_is_bad(gateway: Call, deployed: Deployed) -> None:
    assert deployed.known
    done = gateway("doctor")
    assert done.code == 1
    *_, said, repair = done.text.splitlines()
    assert said.split(maxsplit=2)[:2] == ["bad", "gateway"]
    assert repair.strip() == "-> gateway serve with this configuration"


def test_a_gateway_that_is_not_ready_is_bad(gateway: Call, deployed: Deployed) -> None:
    with answering(503) as port:
        deployed.config.write_text(SETTINGS.replace("127.0.0.1:1", f"127.0.0.1:{port}"), "utf-8")
        assert examined(gateway)["gateway"][:2] == ("bad", f"http://127.0.0.1:{port}/health/ready: HTTP 503")


@pytest.mark.parametrize(("status", "verdict"), [(200, "ok"), (404, "bad")])
def test_the_fhir_interface_is_asked_too(gateway: Call, deployed: Deployed, status: int, verdict: str) -> None:
    with answering(status) as port:
        deployed.config.write_text(
            SETTINGS.replace('fhir: {listen: ""}', f'fhir: {{listen: "127.0.0.1:{port}"}}'), "utf-8"
        )
        found = examined(gateway)["fhir interface"]
    assert found[0] == verdict
    assert f"http://127.0.0.1:{port}/fhir/metadata" in found[1]


@pytest.mark.parametrize(("listen", "verdict"), [("", "ok"), ("127.0.0.1:0", "warn"), ("127.0.0.1:1", "bad")])
def test_a_fhir_interface_that_is_off_is_well_and_one_that_is_silent_is_not(
    gateway: Call, deployed: Deployed, listen: str, verdict: str
) -> None:
    deployed.config.write_text(SETTINGS.replace('fhir: {listen: ""}', f'fhir: {{listen: "{listen}"}}'), "utf-8")
    assert examined(gateway)["fhir interface"][0] == verdict


def test_a_port_that_nobody_knows_cannot_be_asked(gateway: Call, deployed: Deployed) -> None:
    deployed.config.write_text(SETTINGS.replace("127.0.0.1:1", "127.0.0.1:0"), "utf-8")
    assert examined(gateway)["gateway"][0] == "warn"


def test_a_store_that_was_never_made_is_bad_and_is_not_made_by_looking(gateway: Call, deployed: Deployed) -> None:
    (deployed.folder / "gateway.db").unlink()
    assert examined(gateway)["store"][0] == "bad"
    assert not (deployed.folder / "gateway.db").exists()


def test_a_store_of_another_revision_is_bad_and_stays_as_it_is(gateway: Call, deployed: Deployed) -> None:
    assert gateway("db", "downgrade", "0001").code == 0
    verdict, said, repair = examined(gateway)["store"]
    assert (verdict, said) == ("bad", f"revision 0001, this gateway works with {HEAD}")
    assert "gateway db upgrade" in repair
    assert "revision 0001" in gateway("db", "current").text
    assert deployed.known


def test_a_store_that_is_none_is_bad(gateway: Call, deployed: Deployed) -> None:
    (deployed.folder / "gateway.db").write_bytes(b"no database at all" * 100)
    verdict, said, _ = examined(gateway)["store"]
    assert (verdict, "cannot be" in said) == ("bad", True)


def test_a_disk_that_fills_is_a_warning_and_a_full_one_bad(
    gateway: Call, deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deployed.known
    for free, verdict in ((10e9, "ok"), (1e9, "warn"), (1e8, "bad")):
        space = SimpleNamespace(disk_usage=lambda _, free=free: SimpleNamespace(free=free))
        monkeypatch.setattr("gateway.cli.doctor.shutil", space)
        assert examined(gateway)["disk"][0] == verdict


@pytest.mark.parametrize(("minutes", "verdict"), [(0, "ok"), (2, "warn"), (20, "bad")])
def test_a_message_that_waits_too_long_for_the_line(
    gateway: Call, deployed: Deployed, minutes: int, verdict: str
) -> None:
    age(deployed, "first", minutes=minutes)
    found = examined(gateway)["messages for the line"]
    assert found[0] == verdict
    assert found[1].startswith("1, the oldest for ")


def test_a_clock_behind_the_journal_is_bad(gateway: Call, deployed: Deployed) -> None:
    age(deployed, "unsure", hours=-1)
    verdict, said, _ = examined(gateway)["clock"]
    assert verdict == "bad"
    assert "the newest message is from 3" in said


def test_a_delivery_that_is_long_overdue_is_a_warning(gateway: Call, deployed: Deployed) -> None:
    with deployed.store() as store:
        dead = store.deliveries({"standing": "dead"})[0].id
    gateway("messages", "release", dead)
    assert examined(gateway)["deliveries under way"][:2] == ("ok", "1")
    early = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="microseconds")
    with closing(sqlite3.connect(deployed.folder / "gateway.db")) as database, database:
        database.execute("UPDATE lane SET due = ? WHERE due IS NOT NULL", (early,))
    assert examined(gateway)["deliveries under way"][0] == "warn"


def test_settings_that_are_wrong_are_bad_and_the_rest_is_still_examined(gateway: Call, deployed: Deployed) -> None:
    deployed.config.write_text(SETTINGS + "folders: {interval: never}\n", "utf-8")
    done = gateway("doctor", "--json")
    assert done.code == 1
    assert lines(done)["configuration"][0] == "bad"
    assert lines(done)["store"][0] == "ok"
    deployed.config.write_text("[", "utf-8")
    assert [line["what"] for line in gateway("doctor", "--json").json["findings"]] == ["configuration"]


def test_a_format_of_a_road_that_does_not_compile_and_a_secret_that_is_not_there_are_bad(
    gateway: Call, tmp_path: Path
) -> None:
    folder = tmp_path / "mappings/partners/amt"
    folder.mkdir(parents=True)
    road = "{road: http, format: kaputt, url: 'http://h/', secret: to-amt}"
    (folder / "partner.yaml").write_text(f"partner: amt\nkind: office\nreceives:\n  - {road}\n", "utf-8")
    broken = tmp_path / "mappings/kaputt"
    broken.mkdir()
    (broken / "format.yaml").write_text("format: kaputt\ncodec: delimited\nmaps: 7\n", "utf-8")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/to-amt").write_text("\n", "utf-8")
    (tmp_path / "gateway.yaml").write_text("mappings: mappings\nsecrets: secrets\n", "utf-8")
    found = gateway("doctor", "--json").json["findings"]
    bad = [(line["what"], line["said"]) for line in found if line["verdict"] == "bad"]
    assert ("format kaputt", "the format `kaputt` is not there or has errors") in bad
    assert ("secrets", "the secret `to-amt` of amt is not there") in bad


def test_certificates_that_end_soon_or_cannot_be_used_are_told(gateway: Call, deployed: Deployed) -> None:
    pem = self_signed(deployed.folder, 5)
    tls = f"tls: {{certificate: {pem}, key: {pem.with_suffix('.key')}}}"
    deployed.config.write_text(SETTINGS.replace('"127.0.0.1:2575"}', f'"127.0.0.1:2575", {tls}}}'), "utf-8")
    assert examined(gateway)["tls of mllp 127.0.0.1:2575"][0] == "warn"
    deployed.config.write_text(SETTINGS.replace('"127.0.0.1:1"}', f'"127.0.0.1:1", {tls}}}'), "utf-8")
    found = examined(gateway)
    assert found["tls of http"][0] == "warn"
    assert found["gateway"][1].startswith("nobody answers at https://")
    pem.write_text("nothing", "ascii")
    assert examined(gateway)["tls of http"][0] == "bad"


def test_the_doctor_says_nothing_about_persons(gateway: Call, deployed: Deployed) -> None:
    assert deployed.known
    assert told_of_nobody(gateway("doctor").text)


def test_the_revision_of_what_is_no_database_is_told_in_a_sentence(gateway: Call, tmp_path: Path) -> None:
    (tmp_path / "gateway.db").write_bytes(b"no database at all" * 100)
    done = gateway("db", "current")
    assert (done.code, done.err) == (1, "gateway: the database cannot be read: file is not a database\n")
