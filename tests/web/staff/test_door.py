"""The door of staff: in, out, and what keeps others from acting in somebody's name."""

import http.client

import pytest

from gateway.pipeline.staff import keeping
from tests.pipeline.staff.crew import PASSWORD
from tests.web.staff.office import Office, opened


def test_who_shows_all_three_comes_to_the_desk(office: Office) -> None:
    office.crew.add("k.brandt")
    answer = office.logs_in("k.brandt")
    assert (answer.status_code, answer.headers["location"]) == (303, "desk")
    assert "Kümmerstelle" not in answer.text
    assert office.get("desk").status_code == 200
    assert office.get().headers["location"] == "desk"


def test_a_wrong_word_is_one_answer_for_all(office: Office) -> None:
    office.crew.add("k.brandt")
    wrong = [
        office.logs_in("k.brandt", code="111111"),
        office.logs_in("k.brandt", code="000000"),
        office.logs_in("k.brandt", login="nobody.known"),
    ]
    assert {answer.status_code for answer in wrong} == {403}
    assert len({answer.text for answer in wrong}) == 1
    assert office.refused == ["wrong"] * 3
    assert not office.session.cookies


def test_the_cookie_is_read_by_no_script_and_sent_by_no_other_site(office: Office) -> None:
    office.crew.add("k.brandt")
    said = office.logs_in("k.brandt").headers["set-cookie"].lower()
    assert said.startswith("kuemmerer_staff=")
    for word in ("httponly", "samesite=strict", "path=/"):
        assert word in said
    assert "max-age" not in said


def test_behind_https_the_cookie_is_bound_to_the_host() -> None:
    with opened(fill=False) as office:
        office.door.base = "https://desk.example.org/"
        office.crew.add("k.brandt")
        said = office.logs_in("k.brandt").headers["set-cookie"]
    assert said.startswith("__Host-kuemmerer_staff=")
    assert "Secure" in said
    assert "Domain" not in said


def test_each_login_has_a_new_cookie_and_ends_the_one_before(office: Office) -> None:
    office.sits()
    before = dict(office.session.cookies)
    assert office.logs_in("kuemmerer.stelle-senne").status_code == 303
    after = dict(office.session.cookies)
    assert before != after
    office.session.cookies.update(before)
    assert office.get("desk").status_code == 303


def test_a_cookie_of_somebody_elses_making_opens_nothing(office: Office) -> None:
    office.session.cookies.set("kuemmerer_staff", "a" * 43)
    assert (office.get("desk").status_code, office.get("desk").headers["location"]) == (303, "./")


def test_who_logs_out_is_out_everywhere(office: Office) -> None:
    made = office.sits()
    cookie = dict(office.session.cookies)
    answer = office.post("logout", word=office.word)
    assert (answer.status_code, "abgemeldet" in answer.text) == (200, True)
    office.session.cookies.update(cookie)
    assert office.get("desk").status_code == 303
    assert office.audit()[-1][:3] == (made.actor, "logout", "done")


def test_who_clicks_nothing_is_out(office: Office) -> None:
    office.sits()
    office.crew.wait(minutes=14)
    assert office.get("desk").status_code == 200
    office.crew.wait(minutes=14)
    assert office.get("desk").status_code == 200
    office.crew.wait(minutes=16)
    assert office.get("desk").status_code == 303


def test_a_shut_account_is_out_with_the_next_click(office: Office) -> None:
    made = office.sits()
    keeping.disabled(made, "operator test", office.crew.rooms)
    assert office.get("desk").status_code == 303


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_of_another_site_is_not_taken(office: Office, headers: dict[str, str]) -> None:
    office.crew.add("k.brandt")
    typed = {"login": "k.brandt", "password": PASSWORD, "code": office.crew.code("k.brandt")}
    assert office.post("login", headers, **typed).status_code == 403
    assert not office.session.cookies


def test_a_form_of_ours_is_taken_with_its_origin(office: Office) -> None:
    office.crew.add("k.brandt")
    typed = {"login": "k.brandt", "password": PASSWORD, "code": office.crew.code("k.brandt")}
    own = {"Origin": office.url.rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert office.post("login", own, **typed).status_code == 303


@pytest.mark.parametrize("word", ["", "guessed"])
def test_a_form_without_its_word_changes_nothing(office: Office, word: str) -> None:
    office.sits()
    assert office.post("logout", word=word).status_code == 403
    assert office.get("desk").status_code == 200


def test_who_guesses_waits(office: Office) -> None:
    office.crew.add("k.brandt")
    answers = [office.post("login", login=f"guess-{n}", code="1") for n in range(21)]
    assert (answers[0].status_code, answers[-1].status_code) == (403, 429)
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "often" in office.refused


def test_no_form_is_read_before_it_is_known_who_sends_it(office: Office) -> None:
    """S4: a caller without a sitting announces a body, and is answered without sending it."""
    for path in ("/logout", "/audit", "/verify", "/token"):
        line = http.client.HTTPConnection(office.standing.host, office.standing.port, timeout=20)
        try:
            line.putrequest("POST", path)
            line.putheader("Content-Type", "application/x-www-form-urlencoded")
            line.putheader("Content-Length", "10000")
            line.endheaders()
            answer = line.getresponse()
            assert (path, answer.status, answer.headers["connection"]) == (path, 401, "close")
        finally:
            line.close()


def test_a_form_that_is_too_large_or_no_text_is_refused(office: Office) -> None:
    assert office.post("login", login="x" * 30_000).status_code == 400
    whole = office.session.post(office.url + "login", data=b"\xff\xfe=\xff", timeout=20)
    assert whole.status_code in {400, 403}


def test_every_answer_is_safe(office: Office) -> None:
    office.sits()
    for path in ("", "desk", "nothing", "page.css", "case/x"):
        headers = office.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "script" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


def test_a_switched_off_local_login_lets_nobody_in() -> None:
    with opened(fill=False, local=False) as office:
        office.crew.add("k.brandt")
        assert office.logs_in("k.brandt").status_code == 403
        assert 'name="password"' not in office.get().text


def test_neither_password_nor_cookie_stands_in_the_store(office: Office) -> None:
    office.sits()
    (cookie,) = office.session.cookies.values()
    held = str(office.crew.rooms.store.versions(limit=1000)) + str(office.audit())
    assert PASSWORD not in held
    assert str(cookie) not in held
