"""Partners and maps change while the gateway runs; a broken edit leaves what runs, and is told."""

import os
import signal
from pathlib import Path

from tests.faults.conftest import HOSPITAL, Town
from tests.faults.hospital import positive
from tests.faults.people import discharge, person
from tests.faults.running import until
from tests.faults.site import Site

URGENT = """map: draft-referral
source: message
target: ServiceRequest
rules:
  - = {word} -> priority
"""


def goes_to(town: Town, site: Site, nth: int) -> bool:
    """Send a message; whether this site is the one that gets it."""
    with town.gateway.line() as line:
        assert positive(line.ask(discharge(nth)))
    town.gateway.quiet()
    return person(nth).number in {came.number for came in site.received}


def reloads(town: Town) -> int:
    """How often it has read its files anew."""
    return sum(line["event"] == "reloaded" for line in town.gateway.logged())


def edited(town: Town, text: str, file: Path) -> None:
    """Write a file, and wait until the gateway has seen it."""
    before = reloads(town)
    file.write_text(text, encoding="utf-8")
    until(lambda: reloads(town) > before, "a changed file is read by itself", 20)


def told(town: Town, text: str, file: Path) -> None:
    """Write a file, and tell the gateway to read what there is."""
    before = reloads(town)
    file.write_text(text, encoding="utf-8")
    hang_up(town)
    until(lambda: reloads(town) > before, "SIGHUP reads the files anew", 20)


def hang_up(town: Town) -> None:
    """SIGHUP."""
    assert town.gateway.process
    town.gateway.process.send_signal(signal.SIGHUP)


def unseen(text: str, file: Path) -> None:
    """Write a file so that it looks as if nobody had."""
    stat = file.stat()
    file.write_bytes(text.encode().ljust(stat.st_size))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert file.stat().st_size == stat.st_size


def test_partners_change_while_it_runs_and_a_broken_edit_leaves_what_runs(town: Town) -> None:
    moved = Site(town.gateway.folder / "moved.jsonl")
    again = Site(town.gateway.folder / "again.jsonl")
    try:
        gateway = town.gateway.start()
        assert goes_to(town, town.site, 1)

        file = gateway.folder / "mappings/partners/site-senne/partner.yaml"
        first = file.read_text(encoding="utf-8")
        second = first.replace(f":{town.site.port}/", f":{moved.port}/")
        edited(town, second, file)
        assert goes_to(town, moved, 2), "the new address is used without a restart"

        told(town, second.replace("kind: site", "kind: sight"), file)
        assert "site-senne/partner.yaml" in gateway.log.read_text(encoding="utf-8"), "stderr names the broken file"
        assert goes_to(town, moved, 3), "the running one stays"

        before = reloads(town)
        unseen(first.replace(f":{town.site.port}/", f":{again.port}/"), file)
        hang_up(town)
        until(lambda: reloads(town) > before, "SIGHUP reads the files anew", 20)
        assert goes_to(town, again, 4)
        assert gateway.stop() == 0
    finally:
        moved.stop()
        again.stop()


def replay(town: Town, tracking: str, *words: str) -> None:
    """Run it again, and wait until it was run."""
    town.gateway.verb("messages", "replay", tracking, *words)
    town.gateway.quiet()


def test_a_changed_map_reads_the_next_message_and_a_replay_may_use_the_former(town: Town) -> None:
    gateway = town.gateway
    road = {**HOSPITAL["sends"][0], "format": "klinik"}
    gateway.partner("klinik", **{**HOSPITAL, "sends": [road]}, extends="hl7v2-de")
    file = gateway.folder / "mappings/partners/klinik/draft-referral.map.yaml"
    file.write_text(URGENT.format(word="routine"), encoding="utf-8")
    gateway.start()
    assert goes_to(town, town.site, 1)
    told(town, URGENT.format(word="urgent"), file)
    assert goes_to(town, town.site, 2)
    assert [came.priority for came in town.site.received] == ["routine", "urgent"]

    first = [row["tracking"] for row in gateway.listed() if row["kind"] == "ADT^A03"][-1]
    replay(town, first, "--old-map")
    assert '"routine"' in gateway.verb("messages", "show", first, "--part", "result"), "the maps that read it then"
    replay(town, first)
    assert [came.priority for came in town.site.received] == ["routine", "urgent", "urgent"], "today's, and it is told"
    assert gateway.stop() == 0
