"""Who comes in by a link, and who does not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.pipeline.link import enter, issue
from gateway.pipeline.link.record import read
from gateway.pipeline.link.secret import cleaned, fits, fresh_code, fresh_key, scrambled
from tests.pipeline.link.behind import BASE, Behind


@pytest.fixture
def behind() -> Behind:
    made = Behind()
    made.sent()
    return made


def test_key_and_code_together_open_the_page(behind: Behind) -> None:
    told = behind.shown()
    entered = behind.enters(told.key, told.code)
    assert (entered.refused, enter.sitting(entered.cookie, behind.rooms)) == ("", behind.link)


def test_a_code_counts_with_and_without_its_blank(behind: Behind) -> None:
    told = behind.shown()
    assert behind.enters(told.key.upper(), told.code.replace(" ", "")).refused == ""


def test_neither_key_nor_code_alone_opens_it(behind: Behind) -> None:
    told = behind.shown()
    assert [behind.enters(told.key, "2222 2222").refused, behind.enters("", told.code).refused] == ["wrong", "wrong"]
    assert behind.enters(fresh_key(), told.code).refused == "wrong"


def test_the_key_is_redeemed_once(behind: Behind) -> None:
    told = behind.shown()
    behind.enters(told.key, told.code)
    assert behind.enters(told.key, told.code).refused == "used"


def test_the_same_browser_comes_in_again_with_the_code_alone(behind: Behind) -> None:
    told = behind.shown()
    cookie = behind.enters(told.key, told.code).cookie
    again = behind.enters("", told.code, cookie)
    assert (again.refused, again.cookie == cookie) == ("", False)
    assert behind.enters("", told.code, cookie).refused == "wrong"  # each sitting has a cookie of its own


def test_a_link_is_locked_after_too_many_wrong_codes_even_for_the_right_one(behind: Behind) -> None:
    told = behind.shown()
    assert [behind.enters(told.key, "9", tries=3).refused for _ in range(3)] == ["wrong"] * 3
    assert behind.enters(told.key, told.code, tries=3).refused == "locked"


def test_the_right_code_forgives_the_wrong_ones_before(behind: Behind) -> None:
    told = behind.shown()
    behind.enters(told.key, "9")
    behind.enters(told.key, told.code)
    assert behind.link.tries == 0


def test_a_sitting_ends_after_half_an_hour_without_a_click(behind: Behind) -> None:
    told = behind.shown()
    cookie = behind.enters(told.key, told.code).cookie
    behind.world.later = timedelta(minutes=31)
    assert enter.sitting(cookie, behind.rooms) is None
    assert behind.enters("", told.code, cookie).refused == ""


def test_a_click_lets_the_sitting_go_on(behind: Behind) -> None:
    told = behind.shown()
    entered = behind.enters(told.key, told.code)
    behind.world.later = timedelta(minutes=25)
    assert entered.link is not None
    enter.seen(entered.link, behind.rooms)
    behind.world.later = timedelta(minutes=50)
    assert enter.sitting(entered.cookie, behind.rooms) is not None


def test_an_expired_link_opens_to_nobody(behind: Behind) -> None:
    told = behind.shown()
    cookie = behind.enters(told.key, told.code).cookie
    behind.world.later = timedelta(days=61)
    assert (behind.enters(told.key, told.code, cookie).refused, enter.sitting(cookie, behind.rooms)) == ("over", None)


def test_a_link_taken_back_closes_open_pages_too(behind: Behind) -> None:
    told = behind.shown()
    cookie = behind.enters(told.key, told.code).cookie
    issue.revoked(behind.task["id"], "operator sander", behind.rooms)
    assert enter.sitting(cookie, behind.rooms) is None
    assert behind.enters(told.key, told.code, cookie).refused == "over"


def test_secrets_are_shown_once_and_new_ones_end_the_old(behind: Behind) -> None:
    first = behind.shown()
    assert issue.shown(behind.task["id"], 60, "operator sander", behind.rooms) is None
    second = behind.shown(anew=True)
    assert behind.enters(first.key, first.code).refused == "wrong"
    assert behind.enters(second.key, second.code).refused == ""


def test_after_a_link_was_taken_back_the_kuemmerer_can_show_a_new_one(behind: Behind) -> None:
    behind.shown()
    issue.revoked(behind.task["id"], "operator sander", behind.rooms)
    told = behind.shown(anew=True)
    assert behind.enters(told.key, told.code).refused == ""


def test_who_leaves_needs_the_code_again(behind: Behind) -> None:
    told = behind.shown()
    entered = behind.enters(told.key, told.code)
    assert entered.link is not None
    enter.left(entered.link, behind.rooms)
    assert enter.sitting(entered.cookie, behind.rooms) is None


def test_the_store_holds_no_secret_and_each_step_is_in_the_audit(behind: Behind) -> None:
    told = behind.shown()
    behind.enters(told.key, "2222 2222")
    cookie = behind.enters(told.key, told.code).cookie
    kept = str([version.resource for version in behind.world.store.history("SecureLink", behind.link.id)])
    assert not [secret for secret in (told.key, told.code, cleaned(told.code), cookie) if secret in kept]
    lines = [(line.action, line.outcome) for line in behind.world.store.audit(object=behind.link.task, limit=50)]
    assert {("link shown", "done"), ("link opened", "refused wrong"), ("link opened", "done")} <= set(lines)


def test_a_notice_carries_the_link_and_the_kuemmerer_tells_only_the_code(tmp_path: Path) -> None:
    behind = Behind()
    text = behind.notice(tmp_path)
    key = text.partition(f"{BASE}#")[2].split()[0]
    told = behind.shown()
    assert (told.key, told.code in text) == ("", False)
    assert behind.enters(key, told.code).refused == ""


def test_a_notice_says_nothing_of_the_person_or_the_help(tmp_path: Path) -> None:
    text = Behind().notice(tmp_path)
    assert not [word for word in ("Grünewälder", "Käthe", "Einkaufen", "Föhrenweg") if word in text]


def test_what_comes_after_the_page_was_opened_is_told_without_a_new_key(tmp_path: Path) -> None:
    behind = Behind()
    key = behind.notice(tmp_path).partition(f"{BASE}#")[2].split()[0]
    behind.enters(key, behind.shown().code)
    assert f"{BASE}\n" in behind.notice(tmp_path)
    assert read(behind.task["id"], behind.rooms) == behind.link


def test_a_notice_written_before_a_crash_is_the_one_that_counts(tmp_path: Path) -> None:
    behind = Behind()
    sent = [behind.sent(notify="folder", path=str(tmp_path), name="{date}-{key}.txt") for _ in range(2)]
    assert [each.outcome for each in sent] == ["delivered", "delivered"]
    (file,) = tmp_path.iterdir()
    key = file.read_text().partition(f"{BASE}#")[2].split()[0]
    assert behind.enters(key, behind.shown().code).refused == ""


def test_without_a_page_nothing_is_lost_and_tried_again(behind: Behind) -> None:
    assert (behind.sent(base="").outcome, behind.sent(base="").code) == ("retry", "link-off")


def test_a_code_is_guessed_slowly_and_compared_whole() -> None:
    code = fresh_code()
    kept = scrambled(code)
    assert (fits(code, kept), fits(code[:-1], kept), fits(code, ""), fits("", "")) == (True, False, False, False)


def test_many_guesses_at_once_are_no_more_than_one_after_the_other(behind: Behind) -> None:
    told = behind.shown()
    with ThreadPoolExecutor(8) as pool:
        answers = [*pool.map(lambda _: behind.enters(told.key, "9", tries=3).refused, range(16))]
    assert answers.count("wrong") <= 3
    assert behind.link.tries == 3
