"""`gateway messages list`, `show` and `why`: what came in, and why it waits."""

import json
import os
import pty
import re
import subprocess
import sys
from datetime import datetime

import pytest

from tests.cli.command import ROOT, Call
from tests.cli.deployed import HOSPITAL, LISTS, SITE, Deployed, delivery_of, discharge, told_of_nobody


def test_messages_are_listed_the_newest_first_with_what_came_of_them(gateway: Call, deployed: Deployed) -> None:
    done = gateway("messages", "list", "--json")
    rows = done.json
    assert done.code == 0
    assert [row["tracking"] for row in rows][::-1][:3] == [deployed.known[k] for k in ("first", "clash", "doubt")]
    first = rows[-1]
    assert set(first) == {"tracking", "received", "partner", "road", "kind", "state", "step", "problem", "outcome"}
    assert (first["partner"], first["road"], first["kind"], first["state"]) == (HOSPITAL, "mllp", "ADT^A03", "done")
    assert first["outcome"] == f"draft -> requested, referral to {SITE}"
    assert rows[-2]["problem"] == "receive.key.reused"


def test_the_list_for_people_names_a_message_by_the_beginning_of_its_id(gateway: Call, deployed: Deployed) -> None:
    text = gateway("messages", "list").text
    zone = datetime.now().astimezone().tzname()
    assert text.split()[:4] == ["tracking", "received", f"({zone})", "partner"]
    assert deployed.known["first"][:8] in text
    assert deployed.known["first"] not in text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--state", "parked"), {"doubt", "several", "junk"}),
        (("--state", "refused"), {"clash"}),
        (("--partner", LISTS), {"several", "junk"}),
        (("--partner", LISTS, "--limit", "1"), {"junk"}),
        (("--state", "received"), set()),
    ],
)
def test_the_list_is_narrowed(gateway: Call, deployed: Deployed, words: tuple[str, ...], expected: set[str]) -> None:
    rows = gateway("messages", "list", "--json", *words).json
    assert {row["tracking"] for row in rows} == {deployed.known[name] for name in expected}


def test_an_empty_list_says_so(gateway: Call, deployed: Deployed) -> None:
    assert deployed.known
    assert gateway("messages", "list", "--state", "received").text == "no messages\n"
    assert gateway("messages", "list", "--deliveries", "--state", "dropped").text == "no deliveries\n"


def test_deliveries_are_listed_with_their_evidence(gateway: Call, deployed: Deployed) -> None:
    rows = gateway("messages", "list", "--deliveries", "--json").json
    assert len(rows) == 6
    assert rows[-1]["message"] == deployed.known["first"]
    assert {(row["standing"], row["code"], row["grade"]) for row in rows} == {
        ("delivered", "HTTP 201", "E4"), ("delivered", "AA", "E2"),
        ("dead", "HTTP 422", "E0"), ("uncertain", "timeout", "E1"),
    }  # fmt: skip
    dead = gateway("messages", "list", "--deliveries", "--state", "dead", "--json").json
    assert [row["message"] for row in dead] == [deployed.known["letter"]]


@pytest.mark.parametrize(
    "words", [("--state", "waiting"), ("--deliveries", "--state", "parked"), ("--limit", "0"), ("--limit", "many")]
)
def test_a_list_of_what_cannot_be_is_a_wrong_call(gateway: Call, deployed: Deployed, words: tuple[str, ...]) -> None:
    assert deployed.known
    assert gateway("messages", "list", *words).code == 2


def test_a_deployment_without_store_or_settings_is_a_wrong_call(gateway: Call, deployed: Deployed) -> None:
    (deployed.folder / "gateway.db").unlink()
    done = gateway("messages", "list")
    assert done.code == 2
    assert "has `gateway serve` run" in done.err
    assert not (deployed.folder / "gateway.db").exists()
    deployed.config.unlink()
    assert gateway("messages", "list").code == 2


def test_broken_settings_are_told(gateway: Call, deployed: Deployed) -> None:
    deployed.config.write_text("store: 7\n", encoding="utf-8")
    done = gateway("messages", "list")
    assert (done.code, done.out) == (1, b"")
    assert "gateway.yaml:1" in done.err


def test_a_store_that_cannot_be_read_is_told_in_a_sentence(gateway: Call, deployed: Deployed) -> None:
    (deployed.folder / "gateway.db").write_bytes(b"no database at all" * 100)
    done = gateway("messages", "list")
    assert done.code == 2
    assert done.err.startswith("gateway: the store cannot be opened: ")


# --- show ------------------------------------------------------------------------------------------------------------


def test_show_has_the_message_as_it_came_as_it_was_read_its_result_and_its_answer(
    gateway: Call, deployed: Deployed
) -> None:
    done = gateway("messages", "show", deployed.known["first"][:8])
    assert done.code == 0
    views = dict(re.findall(r"^--- (\w+)\n(.*?)(?=^--- |\Z)", done.text, re.MULTILINE | re.DOTALL))
    assert list(views) == ["raw", "tree", "result", "answer"]
    assert "Grünewälder^Käthe" in views["raw"]
    assert views["raw"].splitlines()[1].startswith("EVN|A03")
    assert json.loads(views["tree"])[0]
    assert json.loads(views["result"])["Patient"][0]["birthDate"] == "1938-09-03"
    assert "MSA|CA|SK-7001" in views["answer"]


def test_a_part_alone_goes_into_the_next_program(gateway: Call, deployed: Deployed) -> None:
    first = deployed.known["first"]
    assert gateway("messages", "show", first, "--part", "raw").out == discharge()
    assert gateway("messages", "show", first, "--part", "result").json["Encounter"]
    assert gateway("messages", "show", first, "--part", "all").code == 2


def test_who_looked_at_a_message_stands_in_the_audit(gateway: Call, deployed: Deployed) -> None:
    first = deployed.known["first"]
    gateway("messages", "show", first)
    with deployed.store() as store:
        note = store.audit(object=first)[0]
    assert (note.action, note.outcome) == ("show", "shown")
    assert note.actor.startswith("operator")


def test_a_message_that_could_not_be_read_is_shown_as_far_as_it_got(gateway: Call, deployed: Deployed) -> None:
    done = gateway("messages", "show", deployed.known["junk"])
    assert done.code == 0
    assert "nothing;of;this" in done.text
    assert "--- result\n(nothing)" in done.text


def test_what_a_terminal_would_obey_is_replaced(gateway: Call, deployed: Deployed) -> None:
    with deployed.open() as rooms:
        sent = deployed.take(rooms, b"\x1b[2J\x07;x\r\n", LISTS).tracking
    text = gateway("messages", "show", sent).text
    assert "\x1b" not in text
    assert "�[2J�;x" in text


def test_on_a_wide_terminal_the_views_stand_side_by_side(deployed: Deployed) -> None:
    command = [sys.executable, "-c", "from gateway.cli.main import main; main()"]
    ours, theirs = pty.openpty()
    wide = os.environ | {"COLUMNS": "200", "LINES": "50", "TERM": "xterm", "PYTHONPATH": str(ROOT)}
    words = ["messages", "show", deployed.known["first"]]
    with subprocess.Popen([*command, *words], stdout=theirs, cwd=deployed.folder, env=wide) as running:
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 65536):
                said += piece
        except OSError:  # the other end is gone
            pass
        assert running.wait(20) == 0
    os.close(ours)
    first = said.decode().splitlines()[0]
    assert " raw " in first
    assert " tree " in first


# --- why -------------------------------------------------------------------------------------------------------------


def test_why_says_the_step_the_problem_its_place_and_the_repair(gateway: Call, deployed: Deployed) -> None:
    junk = deployed.known["junk"]
    done = gateway("messages", "why", junk[:8])
    assert done.code == 0
    assert done.text.splitlines()[0] == f"{junk} from {LISTS}: parked at decode"
    assert "[delimited.header.none]" in done.text
    assert "header (line 1)" in done.text
    assert "          -> " in done.text


def test_why_of_a_doubt_names_candidates_and_the_verb_that_decides(gateway: Call, deployed: Deployed) -> None:
    doubt = deployed.known["doubt"]
    text = gateway("messages", "why", doubt).text
    assert re.search(r"candidate Patient/\S+: agrees in name\.family, .*; differs in identifier", text)
    assert f"decide: gateway messages release {doubt[:8]} --person ID, or --new-person" in text


def test_why_of_several_doubts_numbers_the_candidates(gateway: Call, deployed: Deployed) -> None:
    text = gateway("messages", "why", deployed.known["several"]).text
    assert "candidate[0] Patient/" in text
    assert "candidate[1] Patient/" in text
    assert "--person N=ID or --person N=new for each" in text


def test_why_of_a_used_id_names_the_message_that_has_it(gateway: Call, deployed: Deployed) -> None:
    text = gateway("messages", "why", deployed.known["clash"]).text
    assert f"its id was used before, by message {deployed.known['first'][:8]}" in text


def test_why_of_a_message_names_its_deliveries_that_stick(gateway: Call, deployed: Deployed) -> None:
    text = gateway("messages", "why", deployed.known["letter"]).text
    assert f"to {SITE} (referral): dead" in text
    assert "nothing is wrong" not in text
    assert "nothing is wrong with it" in gateway("messages", "why", deployed.known["first"]).text


def test_why_of_a_message_that_nobody_heard_of_says_so(gateway: Call, deployed: Deployed) -> None:
    with deployed.open() as rooms:
        other = discharge(key="SK-7199", number="599", insured="A123456780", name="Halle", pause="|019|")
        home = deployed.take(rooms, other.replace(b"2604788", b"2604599")).tracking
    assert "nobody was told: no referral in it" in gateway("messages", "why", home).text


def test_why_of_a_delivery_says_what_to_do_and_each_attempt(gateway: Call, deployed: Deployed) -> None:
    with deployed.store() as store:
        dead, unsure = (delivery_of(store, standing) for standing in ("dead", "uncertain"))
    text = gateway("messages", "why", dead.id[:8]).text
    assert text.startswith(f"{dead.id} to {SITE} (referral): dead after 1 attempts")
    assert "[delivery.refused]" in text
    assert "refused E0, HTTP 422" in text
    assert "Ask the receiver." in gateway("messages", "why", unsure.id).text


@pytest.mark.parametrize("verb", ["show", "why", "replay", "release", "drop"])
def test_an_unknown_id_is_a_wrong_call(gateway: Call, deployed: Deployed, verb: str) -> None:
    assert deployed.known
    done = gateway("messages", verb, "zzzz")
    assert done.code == 2
    assert "`gateway messages list` names them" in done.err


def test_the_beginning_of_several_ids_is_a_wrong_call(gateway: Call, deployed: Deployed) -> None:
    assert deployed.known
    assert gateway("messages", "why", "").code == 2


def test_no_list_and_no_reason_holds_a_word_about_the_person(gateway: Call, deployed: Deployed) -> None:
    assert not told_of_nobody(gateway("messages", "show", deployed.known["first"]).text)
    calls = [
        ("list",),
        ("list", "--json"),
        ("list", "--deliveries"),
        *(("why", id_) for id_ in deployed.known.values()),
    ]
    assert [words for words in calls if not told_of_nobody(gateway("messages", *words).text)] == []
