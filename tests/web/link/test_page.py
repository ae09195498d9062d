"""What the page answers over HTTP, to people, to preview bots and to those who try."""

import logging
import socket

import pytest
import requests

from gateway.web.link.page import COOKIE
from tests.pipeline.link.behind import Behind
from tests.web.link.site import Site, opened

PERSONAL = ("Grünewälder", "Käthe", "Einkaufen", "Föhrenweg", "Nachbarschaftshilfe")


def test_whoever_fetches_a_link_gets_a_neutral_page_and_spends_nothing(site: Site) -> None:
    told = site.told
    for method in ("GET", "HEAD"):
        answer = site.session.request(method, f"{site.url}#{told.key}", timeout=20)
        assert (answer.status_code, [word for word in PERSONAL if word in answer.text]) == (200, [])
    assert site.behind.stand() == "requested dispatched"
    assert site.post("open", key=told.key, code=told.code).status_code == 200


def test_key_and_code_lead_to_the_partys_part(site: Site) -> None:
    answer = site.enters()
    assert (answer.status_code, answer.url) == (200, f"{site.url}case")
    assert "Käthe Grünewälder" in answer.text
    assert "Einkaufen" in answer.text
    assert "Hilfe M-2" not in answer.text
    assert site.behind.stand() == "received delivered"


def test_every_answer_forbids_storing_framing_referring_and_what_is_foreign(site: Site) -> None:
    told = site.told
    tried = site.post("open", key=told.key, code="1")
    for answer in (site.get(""), tried, site.enters(), site.get("no-such"), site.get("page.css")):
        assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_no_page_names_an_address_outside_itself(site: Site) -> None:
    for answer in (site.get(""), site.enters()):
        assert "http://" not in answer.text
        assert "https://" not in answer.text
        assert "//" not in answer.text.replace("<!doctype html>", "")


def test_the_cookie_is_for_this_page_alone() -> None:
    behind = Behind()
    with opened(behind) as site:
        site.page.base = "https://hilfe.example.org/link/"
        told = site.told
        answer = requests.post(
            f"{site.url}open", data={"key": told.key, "code": told.code}, allow_redirects=False, timeout=20
        )
        said = answer.headers["set-cookie"].lower()
        assert all(word in said for word in ("httponly", "samesite=strict", "secure", "path=/link/", COOKIE))
        assert answer.headers["location"] == "case"


def test_nothing_of_a_case_is_shown_without_a_sitting(site: Site) -> None:
    for answer in (site.get("case"), site.says("accept")):
        assert (answer.url, [word for word in PERSONAL if word in answer.text]) == (site.url, [])
    assert site.behind.stand() == "requested dispatched"


def test_a_wrong_key_and_a_wrong_code_are_answered_alike(site: Site) -> None:
    told = site.told
    answers = [site.post("open", key="a" * 32, code=told.code), site.post("open", key=told.key, code="2222 2222")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].text.replace("a" * 32, "") == answers[1].text.replace(told.key, "")


def test_whoever_hammers_is_told_to_wait() -> None:
    with opened(most=3) as site:
        codes = [site.post("open", key="x", code="1").status_code for _ in range(4)]
        last = site.post("open", key="x", code="1")
        assert (codes, last.status_code) == ([403, 403, 403, 429], 429)
        assert 0 < int(last.headers["retry-after"]) <= 61
        assert site.refused[-1] == "often"


def test_whose_link_it_is_comes_in_though_somebody_behind_the_same_address_hammers() -> None:
    with opened(most=3) as site:
        assert {site.post("open", key="x", code="1").status_code for _ in range(6)} == {403, 429}
        assert site.enters().status_code == 200
        lines = site.behind.world.store.audit(object="link")
        assert [line.outcome for line in lines] == ["refused often", *["refused wrong"] * 3]


def test_a_form_without_a_sitting_is_not_read() -> None:
    with opened() as site:
        for path in ("say", "leave"):
            head = f"POST /{path} HTTP/1.1\r\nHost: x\r\nContent-Length: 15000\r\n\r\n"
            with socket.create_connection((site.door.host, site.door.port), 10) as line:
                line.sendall(head.encode())
                assert line.recv(65536).startswith(b"HTTP/1.1 303 ")


def test_another_site_cannot_answer_in_somebodys_name(site: Site) -> None:
    site.enters()
    answer = site.session.post(
        f"{site.url}say", data={"answer": "accept"}, headers={"Sec-Fetch-Site": "cross-site"}, timeout=20
    )
    assert answer.status_code == 403
    assert site.behind.stand() == "received delivered"


def test_an_answer_is_saved_and_said_so(site: Site) -> None:
    site.enters()
    answer = site.says("accept")
    assert "Ihre Antwort ist gespeichert" in answer.text
    assert site.behind.stand() == "accepted selected"


def test_a_no_without_words_keeps_what_was_chosen_to_say(site: Site) -> None:
    site.enters()
    answer = site.says("decline", "no-capacity", " ")
    assert (answer.status_code, "ein paar Worte" in answer.text) == (200, True)
    assert site.behind.stand() == "received delivered"


def test_two_answers_from_one_page_are_one(site: Site) -> None:
    site.enters()
    version = site.behind.world.store.read("Task", site.behind.task["id"]).version
    site.post("say", answer="accept", version=version)
    again = site.post("say", answer="decline", business="no-capacity", text="nein", version=version)
    assert (again.status_code, "Inzwischen hat sich etwas geändert" in again.text) == (200, True)
    assert site.behind.stand() == "accepted selected"


def test_what_stands_in_a_case_is_text_and_no_markup() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    with opened(Behind(said={"code": {"text": evil}})) as site:
        text = site.enters().text
        assert evil not in text
        assert "&lt;script&gt;alert(1)" in text


def test_forms_that_are_none_are_refused_without_a_defect(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.enters()
    bodies = (b"\xff\xfe", b"a=" + b"x" * 30_000, b"&".join(b"a%d=1" % n for n in range(50)))
    assert {site.session.post(f"{site.url}say", data=body, timeout=20).status_code for body in bodies} == {400}
    for form in ({"version": "9" * 400}, {"version": "²"}, {"answer": "x" * 500}, {"text": "\0" * 100}):
        assert "Inzwischen hat sich etwas geändert" in site.post("say", **form).text  # type: ignore[arg-type]  # the fields of a form
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_no_other_method_and_no_other_path(site: Site) -> None:
    codes = [site.get("open").status_code, site.post("case").status_code, site.get("../etc/passwd").status_code]
    assert codes == [405, 405, 404]


def test_neither_log_nor_figures_learn_a_secret_or_a_person(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = site.told
    site.post("open", key=told.key, code="1234")
    site.post("open", key=told.key, code=told.code)
    site.says("question", text="Wo ist Frau Grünewälder?")
    said = "\n".join(str(record.__dict__) for record in caplog.records) + str(site.refused)
    assert not [word for word in (*PERSONAL, told.key, told.code) if word in said]


def test_whoever_leaves_has_to_come_in_again(site: Site) -> None:
    site.enters()
    assert "Sie haben die Seite verlassen" in site.post("leave").text
    assert site.get("case").url == site.url


def test_a_measure_taken_back_offers_nothing_more(site: Site) -> None:
    site.enters()
    site.says("decline", "no-capacity", "kein Wagen")
    text = site.get("case").text
    assert "Hier ist nichts mehr zu tun" in text
    assert '<form method="post" action="say"' not in text
