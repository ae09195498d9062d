"""Who comes in by name, password and code, and who does not."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gateway.pipeline.staff import keeping, proof
from gateway.pipeline.staff.account import Account, everyone
from gateway.pipeline.staff.enter import Rules
from tests.pipeline.staff.crew import PASSWORD, Crew


def test_name_password_and_code_let_in(crew: Crew) -> None:
    made = crew.add("k.brandt")
    entered = crew.enter(" K.Brandt ")
    assert (entered.refused, entered.account and entered.account.id, len(entered.cookie) > 40) == ("", made.id, True)
    assert crew.audit()[-1] == (f"staff:{made.id}", "login", "done", "local, kuemmerer")


@pytest.mark.parametrize("wrong", [{"password": "Regen Leiter Nordwind Quarz"}, {"code": "000000"}, {"code": "1234"}])
def test_a_wrong_word_lets_nobody_in(crew: Crew, wrong: dict[str, Any]) -> None:
    crew.add("k.brandt")
    entered = crew.enter("k.brandt", **wrong)
    assert (entered.refused, entered.cookie) == ("wrong", "")


def test_nobody_learns_whether_there_is_an_account(crew: Crew) -> None:
    crew.add("k.brandt")
    assert crew.enter("k.brandt", "not the password at all").refused == crew.enter("nobody", code="123456").refused


def test_who_is_not_known_costs_as_much_as_who_is(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time tells nobody whether there is an account: as many writes, as many looks at a password."""
    crew.add("k.brandt")
    done: list[str] = []
    commit, fits = crew.rooms.store.commit, proof.fits

    def written(changes: Any) -> Any:
        done.append("write")
        return commit(changes)

    def looked(password: str, kept: str) -> bool:
        done.append("look")
        return fits(password, kept)

    monkeypatch.setattr(crew.rooms.store, "commit", written)
    monkeypatch.setattr(proof, "fits", looked)
    costs = []
    for login, code in (("k.brandt", "111111"), ("nobody", "111111")):
        done.clear()
        crew.enter(login, "not the password at all", code)
        costs.append(list(done))
    assert costs[0] == costs[1] == ["write", "look", "write"]


def test_what_was_typed_stands_in_no_audit(crew: Crew) -> None:
    crew.add("k.brandt")
    crew.enter("k.brandt", "not the password at all")
    crew.enter("geheim.getippt", code="123456")
    told = str(crew.audit())
    assert [word for word in ("brandt", "geheim", "not the password") if word in told] == []
    assert crew.audit()[-1] == ("unknown", "login", "refused", "local, unknown")


def test_a_code_counts_once(crew: Crew) -> None:
    crew.add("k.brandt")
    code = crew.code("k.brandt")
    assert crew.enter("k.brandt", code=code).refused == ""
    crew.wait(seconds=10)
    assert crew.enter("k.brandt", code=code).refused == "wrong"
    crew.wait(seconds=30)
    assert crew.enter("k.brandt").refused == ""


def test_a_code_of_the_step_before_counts_and_an_older_one_does_not(crew: Crew) -> None:
    crew.add("k.brandt")
    code = crew.code("k.brandt")
    crew.wait(seconds=90)
    assert crew.enter("k.brandt", code=code).refused == "wrong"
    code = crew.code("k.brandt")
    crew.wait(seconds=30)
    assert crew.enter("k.brandt", code=code).refused == ""


def test_an_older_code_is_not_taken_after_a_newer_one(crew: Crew) -> None:
    crew.add("k.brandt")
    before = crew.code("k.brandt")
    crew.wait(seconds=30)
    assert crew.enter("k.brandt").refused == ""
    assert crew.enter("k.brandt", code=before).refused == "wrong"


def test_too_many_wrong_tries_lock_the_account_for_a_while(crew: Crew) -> None:
    crew.add("k.brandt")
    for _ in range(5):
        crew.enter("k.brandt", "not the password at all")
    assert crew.enter("k.brandt").refused == "wrong"
    assert crew.audit()[-1][3] == "local, locked"
    crew.wait(minutes=16)
    assert crew.enter("k.brandt").refused == ""


def test_a_right_try_forgets_the_wrong_ones(crew: Crew) -> None:
    made = crew.add("k.brandt")
    for _ in range(4):
        crew.enter("k.brandt", "not the password at all")
    assert crew.enter("k.brandt").refused == ""
    assert crew.account(made.id).tries == 0


def test_many_at_once_get_no_more_tries_than_one_after_the_other(crew: Crew) -> None:
    crew.add("k.brandt")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: crew.enter("k.brandt", "not the password at all", "111111", Rules(3)), range(12)))
    looked_at = [line for line in crew.audit() if line[3] == "local, wrong"]
    assert len(looked_at) <= 3


def test_a_shut_account_opens_nothing(crew: Crew) -> None:
    made = crew.add("k.brandt")
    keeping.disabled(made, "operator test", crew.rooms)
    assert crew.enter("k.brandt").refused == "wrong"


def test_a_reset_ends_the_old_password_the_old_telephone_and_the_lock(crew: Crew) -> None:
    made = crew.add("k.brandt")
    for _ in range(5):
        crew.enter("k.brandt", "not the password at all")
    fresh = keeping.again(crew.account(made.id), "Vier neue Worte gewiss", "operator test", crew.rooms)
    assert fresh.account
    assert crew.enter("k.brandt", "Vier neue Worte gewiss").refused == "wrong"  # by the old telephone
    crew.seeds["k.brandt"] = fresh.account.seed
    assert crew.enter("k.brandt", PASSWORD).refused == "wrong"
    assert crew.enter("k.brandt", "Vier neue Worte gewiss").refused == ""


def test_the_password_is_kept_as_argon2id() -> None:
    kept = proof.scrambled(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert proof.fits(PASSWORD, kept)
    assert not proof.fits(PASSWORD, "no hash at all")


@pytest.mark.parametrize(
    ("wished", "password", "code"),
    [
        (("k", "kuemmerer", "stelle-senne"), PASSWORD, "staff.login"),
        (("k.brandt", "kuemmerer", "stelle-senne"), PASSWORD, "staff.login.taken"),
        (("a.thiel", "boss", ""), PASSWORD, "staff.role"),
        (("a.thiel", "kuemmerer", ""), PASSWORD, "staff.site"),
        (("a.thiel", "auditor", "stelle-senne"), PASSWORD, "staff.site"),
        (("a.thiel", "lead", "senneklinik"), PASSWORD, "staff.site.unknown"),
        (("a.thiel", "auditor", ""), "zu kurz", "staff.password.length"),
        (("a.thiel", "auditor", ""), "a.thiel-2026-Senne", "staff.password.weak"),
        (("a.thiel", "auditor", ""), "aaaaaaaaaaaaaaaa", "staff.password.weak"),
    ],
)
def test_an_account_that_is_not_sound_is_not_made(
    crew: Crew, wished: tuple[str, str, str], password: str, code: str
) -> None:
    first = crew.add("k.brandt")
    login, role, site = wished
    made = keeping.added(Account("", role, "", site, login), password, "operator test", crew.rooms)
    assert [problem.code for problem in made.problems] == [code]
    assert [each.id for each in everyone(crew.rooms)] == [first.id]


def test_the_picture_for_the_telephone_names_the_gateway_and_the_login(crew: Crew) -> None:
    wished = Account("", "auditor", "", "", "p.rahmann")
    made = keeping.added(wished, PASSWORD, "operator test", crew.rooms)
    assert made.address.startswith("otpauth://totp/K%C3%BCmmerer%20Gateway:p.rahmann?secret=")
