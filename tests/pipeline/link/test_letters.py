"""What is written to somebody without a system: as a PDF in a folder, to be printed and put into a window envelope."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.directory.party import Party
from gateway.pipeline.ladder.phone import caller
from gateway.pipeline.link.code import by_letter
from gateway.pipeline.link.issue import shown
from gateway.pipeline.link.letter import Sheet, about_code
from gateway.pipeline.link.post import note, put
from gateway.pipeline.proof.proxy import Call, provenance
from gateway.pipeline.rest.asked import Asked, Caller
from gateway.pipeline.rest.perform import perform
from tests.pipeline.line.world import answer
from tests.pipeline.link.behind import BASE
from tests.pipeline.link.posted import ADDRESS, Posted, words

SAID: dict[str, Any] = {
    "code": {"text": "Einkaufen und Botengänge"}, "note": [{"text": "Bitte zweimal klingeln."}],
    "occurrencePeriod": {"start": "2026-03-16", "end": "2026-05-31"},
}  # fmt: skip


NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def key_in(text: str) -> str:
    return text.partition(f"{BASE}#")[2].split()[0]


def test_a_letter_says_what_is_asked_for_whom_and_how_to_answer(tmp_path: Path) -> None:
    posted = Posted(tmp_path, said=SAID)
    assert (posted.sent().outcome, posted.sent().grade) == ("delivered", "E1")
    text = posted.text()
    for said in (*ADDRESS, "Einkaufen und Botengänge", "Bitte zweimal klingeln.", "16.03.2026", "Käthe Grünewälder",
                 "0521 000000", posted.behind.task["id"][:8].upper(), "Ja, wir übernehmen das."):  # fmt: skip
        assert said in text


def test_a_letter_shows_nothing_that_the_page_would_not(tmp_path: Path) -> None:
    posted = Posted(tmp_path, said=SAID)
    posted.sent()
    assert "Hilfe M-2" not in posted.text()  # the measure of another party
    assert "G405718932" not in posted.text()  # the number of the insured


def test_the_link_in_a_letter_opens_with_the_code_told_by_telephone(tmp_path: Path) -> None:
    posted = Posted(tmp_path)
    posted.sent()
    told = posted.behind.shown()
    assert (told.key, told.code in posted.text()) == ("", False)
    assert posted.behind.enters(key_in(posted.text()), told.code).refused == ""


def test_without_a_page_a_letter_is_answered_by_telephone_or_post(tmp_path: Path) -> None:
    posted = Posted(tmp_path, base="")
    assert posted.sent().outcome == "delivered"
    assert "http" not in posted.text()


def test_the_ways_that_are_open_are_named_and_no_other(tmp_path: Path) -> None:
    posted = Posted(tmp_path, base="", site={})
    posted.sent()
    assert "So können Sie antworten: mit der Post. " in posted.text()
    assert "Telefon" not in posted.text()
    (tmp_path / "2").mkdir()
    both = Posted(tmp_path / "2")
    both.sent()
    assert "im Internet, am Telefon oder mit der Post. Ein Weg genügt." in both.text()
    assert "Rufen Sie uns dafür an." in both.text()


def test_the_name_stands_in_the_window_once(tmp_path: Path) -> None:
    posted = Posted(tmp_path, {"title": "Sozialer Fahrdienst"})
    posted.sent()
    assert posted.text().count("Sozialer Fahrdienst") == 1


def test_files_are_named_by_a_key_alone_and_the_note_holds_no_word_of_the_person(tmp_path: Path) -> None:
    posted = Posted(tmp_path, said=SAID)
    posted.sent()
    (note,) = posted.files("json")
    assert note.stem == posted.files("pdf")[0].stem == posted.behind.delivery.key
    said = json.loads(note.read_text())
    assert (said["kind"], said["task"], said["partner"]) == ("measure", f"Task/{posted.behind.task['id']}", "nachbarn")
    assert not [word for word in ("Käthe", "Grünewälder", "Föhrenweg", "Einkaufen") if word in note.read_text()]


def test_a_letter_written_before_a_crash_is_the_one_that_counts(tmp_path: Path) -> None:
    posted = Posted(tmp_path)
    posted.sent()
    posted.files("json")[0].unlink()
    before = posted.files("pdf")[0].read_bytes()
    assert posted.sent().outcome == "delivered"
    assert (posted.files("pdf")[0].read_bytes(), len(posted.files("json"))) == (before, 1)
    assert posted.behind.enters(key_in(words(before)), posted.behind.shown().code).refused == ""


def test_an_office_is_told_what_it_may_use_it_for_in_the_words_of_the_law(tmp_path: Path) -> None:
    posted = Posted(tmp_path, {"kind": "office"})
    posted.sent()
    assert "§ 78 SGB X" in posted.text()


def test_everybody_else_is_told_in_plain_words(tmp_path: Path) -> None:
    posted = Posted(tmp_path)
    posted.sent()
    assert "nur für diese Hilfe" in posted.text()


def test_without_an_address_nothing_is_written(tmp_path: Path) -> None:
    posted = Posted(tmp_path, {"address": []})
    assert (posted.sent().outcome, posted.sent().code) == ("refused", "letter-address")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    posted = Posted(tmp_path / "gone")
    assert posted.sent().outcome == "retry"


def test_to_whom_nothing_may_be_shown_any_more_nothing_is_written(tmp_path: Path) -> None:
    posted = Posted(tmp_path)
    posted.behind.world.change("nachbarn", role="seniorenbuero_quartier_ehrenamt")  # which needs a consent for all
    assert (posted.sent().outcome, posted.sent().code) == ("refused", "letter-nothing")
    assert list(tmp_path.iterdir()) == []


def test_what_was_answered_meanwhile_is_not_written(tmp_path: Path) -> None:
    posted = Posted(tmp_path)
    posted.behind.world.sends("nachbarn", answer(posted.behind.task, "rejected", "no-capacity", "ausgebucht"))
    assert posted.sent().code == "ended"
    assert list(tmp_path.iterdir()) == []


def test_the_code_of_a_link_in_a_notice_may_go_by_letter(tmp_path: Path) -> None:
    posted = linked(tmp_path)
    key = key_in(posted.behind.notice(tmp_path / "notices"))
    assert code(posted).outcome == "delivered"
    text = posted.text()
    assert "Käthe" not in text
    assert "Einkaufen" not in text
    digits = text.partition("bekommen.")[2].partition("Der Code")[0]
    assert posted.behind.enters(key, digits).refused == ""


def test_link_and_code_never_go_by_letter_both(tmp_path: Path) -> None:
    posted = Posted(tmp_path)
    posted.sent()
    assert code(posted).code == "letter-same-way"


def test_a_letter_that_comes_after_the_code_went_by_letter_carries_no_link(tmp_path: Path) -> None:
    posted = linked(tmp_path)
    posted.behind.notice(tmp_path / "notices")
    code(posted)
    for file in tmp_path.glob("code-*"):
        file.unlink()
    posted.sent()
    assert "#" not in posted.text()


def test_a_code_that_was_told_is_not_told_again(tmp_path: Path) -> None:
    posted = linked(tmp_path)
    posted.behind.notice(tmp_path / "notices")
    shown(posted.behind.task["id"], 60, "operator sander", posted.behind.rooms)
    assert code(posted).code == "letter-told"


@pytest.mark.parametrize(("into", "why"), [("nowhere", "letter-folder"), ("", "letter-folder")])
def test_what_is_missing_is_said_before_the_code_is_made(tmp_path: Path, into: str, why: str) -> None:
    posted = linked(tmp_path)
    posted.behind.notice(tmp_path / "notices")
    assert by_letter(posted.behind.task["id"], into, posted.desk, posted.behind.rooms, "operator sander").code == why
    assert posted.behind.link.code == ""


def test_a_call_needs_a_number(tmp_path: Path) -> None:
    with_one, without = Posted(tmp_path, {"phone": "05205 000000"}), Posted(tmp_path)
    assert caller(with_one.behind.rooms, with_one.parcel).outcome == "delivered"
    assert caller(without.behind.rooms, without.parcel).code == "phone-number"


def linked(folder: Path) -> Posted:
    """Somebody who gets links by notices."""
    (folder / "notices").mkdir()
    return Posted(folder, {"receives": [{"road": "link", "for": ["measures"]}]})


def code(posted: Posted) -> Any:
    """What `gateway link letter` does."""
    task = posted.behind.task["id"]
    return by_letter(task, str(posted.folder), posted.desk, posted.behind.rooms, "operator sander")


def test_that_a_letter_came_is_written_down_by_whoever_heard_of_it(tmp_path: Path) -> None:
    posted = Posted(tmp_path)
    posted.sent()
    behind, now = posted.behind, posted.behind.world.now()
    call = Call("letter", {"reference": "Organization/nachbarn"}, {"display": "Sander, Kümmerin"}, now)
    after = {key: value for key, value in behind.task.items() if key != "businessStatus"} | {"status": "received"}
    version = behind.world.store.read("Task", behind.task["id"]).version
    asked = Asked("update", "Task", behind.task["id"], after, match=str(version))
    (told,) = perform([asked], Caller(provenance=provenance(call)), behind.rooms, whole=True)
    assert (told.status, behind.stand()) == (200, "received")


def test_the_same_letter_is_put_into_the_folder_once_whatever_it_was_sent_for(tmp_path: Path) -> None:
    posted = Posted(tmp_path, base="")
    posted.sent()
    (tmp_path / "others.json").write_text("no note of ours", encoding="utf-8")
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    (tmp_path / "deep.json").write_text("[" * 100_000, encoding="utf-8")
    stop, recall = (replace(posted.parcel, key=key) for key in ("stop", "recall"))
    words = about_code(
        Sheet(Party(partner="stelle", kind="site"), Party(partner="nachbarn", kind="other"), "5b2e41c7", NOW), "1", BASE
    )
    for parcel in (stop, recall):
        assert put(parcel, words, note("5b2e41c7", "measure"), posted.desk).outcome == "delivered"
    assert [file.stem for file in posted.files("pdf")][1:] == ["stop"]
    (tmp_path / "stop.pdf").unlink()  # taken away to be posted
    put(recall, words, note("5b2e41c7", "measure"), posted.desk)
    assert [file.stem for file in posted.files("pdf")][1:] == ["recall"]
    put(stop, words, note("9c01d7aa", "measure"), posted.desk)
    assert len(posted.files("pdf")) == 3  # another measure
