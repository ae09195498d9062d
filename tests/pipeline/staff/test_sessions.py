"""A sitting: how it begins, goes on and ends."""

from dataclasses import replace
from typing import Any

from gateway.pipeline.cookie import hashed
from gateway.pipeline.staff import keeping, session
from gateway.pipeline.staff.account import read, saved
from gateway.pipeline.staff.roles import ROLES, may
from gateway.pipeline.staff.session import Person, Times
from tests.pipeline.staff.crew import OTHER, Crew

TIMES = Times()


def sits(crew: Crew) -> str:
    crew.add("k.brandt")
    return crew.enter("k.brandt").cookie


def seen(cookie: str, crew: Crew) -> Person:
    """Who sits behind a cookie."""
    one = session.person(cookie, TIMES, crew.rooms)
    assert one
    return one


def is_out(cookie: str, crew: Crew) -> bool:
    return session.person(cookie, TIMES, crew.rooms) is None


def changed(one: Person, crew: Crew, **more: Any) -> None:
    """The account of somebody is written anew, and nothing else."""
    account = read(one.account.id, crew.rooms)
    assert account
    crew.rooms.store.commit([saved(replace(account, **more), crew.rooms.now())]).result()


def test_a_cookie_stands_for_a_person_and_is_kept_as_a_hash(crew: Crew) -> None:
    cookie = sits(crew)
    one = seen(cookie, crew)
    assert (one.role, one.site, one.session.id) == ("kuemmerer", "stelle-senne", hashed(cookie))
    assert cookie not in str(crew.rooms.store.versions())
    assert is_out("another", crew)
    assert is_out("", crew)


def test_without_a_click_it_is_over_after_a_quarter_of_an_hour(crew: Crew) -> None:
    cookie = sits(crew)
    crew.wait(minutes=14)
    one = seen(cookie, crew)
    session.clicked(one, crew.rooms)
    crew.wait(minutes=14)
    assert seen(cookie, crew)
    crew.wait(minutes=2)
    assert is_out(cookie, crew)


def test_with_all_the_clicks_it_is_over_after_ten_hours(crew: Crew) -> None:
    cookie = sits(crew)
    for _ in range(59):
        crew.wait(minutes=10)
        one = seen(cookie, crew)
        session.clicked(one, crew.rooms)
    crew.wait(minutes=10)
    assert is_out(cookie, crew)


def test_clicks_within_a_minute_are_written_once(crew: Crew) -> None:
    one = seen(sits(crew), crew)
    crew.wait(seconds=30)
    session.clicked(one, crew.rooms)
    assert len(crew.rooms.store.history(session.KIND, one.session.id)) == 1


def test_who_leaves_is_out_and_the_audit_has_it(crew: Crew) -> None:
    cookie = sits(crew)
    one = seen(cookie, crew)
    assert session.ended(one.session.id, one.actor, crew.rooms)
    assert is_out(cookie, crew)
    assert crew.audit()[-1][:3] == (one.actor, "logout", "done")
    assert not session.ended(one.session.id, one.actor, crew.rooms)
    assert session.open_ones(crew.rooms, TIMES) == []


def test_a_shut_account_ends_its_sittings_at_once(crew: Crew) -> None:
    cookie = sits(crew)
    one = seen(cookie, crew)
    keeping.disabled(one.account, "operator test", crew.rooms)
    assert is_out(cookie, crew)


def test_a_shut_account_opens_nothing_though_a_sitting_of_it_was_not_ended(crew: Crew) -> None:
    cookie = sits(crew)
    changed(seen(cookie, crew), crew, disabled=crew.rooms.now().isoformat())
    assert is_out(cookie, crew)


def test_another_role_counts_at_the_next_click(crew: Crew) -> None:
    cookie = sits(crew)
    changed(seen(cookie, crew), crew, role="lead", site=OTHER)
    moved = seen(cookie, crew)
    assert (moved.role, moved.site) == ("lead", OTHER)


def test_a_role_without_its_site_opens_nothing(crew: Crew) -> None:
    cookie = sits(crew)
    changed(seen(cookie, crew), crew, site="")
    assert is_out(cookie, crew)


def test_the_word_of_a_form_belongs_to_its_cookie(crew: Crew) -> None:
    cookie = sits(crew)
    assert session.word(cookie) != session.word(sits_again(crew))
    assert hashed(cookie) not in session.word(cookie)


def sits_again(crew: Crew) -> str:
    crew.wait(minutes=1)
    return crew.enter("k.brandt").cookie


def test_each_login_has_a_sitting_of_its_own(crew: Crew) -> None:
    first = sits(crew)
    second = sits_again(crew)
    assert first != second
    assert len(session.open_ones(crew.rooms, TIMES)) == 2


def test_no_role_but_those_of_a_site_sees_cases() -> None:
    assert {role for role in ROLES if may(role, "cases")} == {role for role, said in ROLES.items() if said.sited}
    assert not may("integrator", "audit")
    assert not may("nobody", "fhir")
