"""What each role has before it, and what it has not: role x route."""

from dataclasses import replace

import pytest

from gateway.domain.ledger import Save
from gateway.pipeline.policies.load import standard
from gateway.pipeline.staff.roles import ROLES as KNOWN
from gateway.pipeline.stored.terms import terms
from gateway.store.verify import Verdict
from gateway.web.staff.door import WAYS, Way
from tests.pipeline.agreeing.agreed import arrive, consent
from tests.pipeline.line.world import bundle
from tests.pipeline.staff.crew import OTHER
from tests.web.staff.office import ROLES, Office, opened

OPEN = {"/", "/login", "/oidc", "/oidc/back"}
MAY = {
    "/logout": set(ROLES),
    "/desk": set(ROLES),
    "/case/{id}": {"kuemmerer", "lead"},
    "/shown": {"officer"},
    "/recalls": {"lead", "officer"},
    "/audit": {"officer", "auditor"},
    "/verify": {"officer", "auditor"},
    "/counts": {"integrator"},
    "/token": set(ROLES),
}
"""As issue and how-to say it; whoever adds a route says here who may."""


def test_the_matrix_names_every_route_and_every_role() -> None:
    assert {way.path for way in WAYS} == OPEN | set(MAY)
    assert set(ROLES) == set(KNOWN)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_does_what_it_may_and_nothing_else(filled: Office, role: str) -> None:
    filled.door.token, filled.door.verify = (lambda _: ("a-token", 300)), lambda: Verdict(lines=3)
    made = filled.sits(role)
    word = filled.word
    for way in sorted(WAYS, key=lambda way: way.path == "/logout"):
        if way.path in OPEN:
            continue
        path = way.path.lstrip("/").replace("{id}", filled.here)
        answer = filled.get(path) if way.method == "GET" else filled.post(path, word=word)
        wanted = 200 if role in MAY[way.path] else 403
        assert (way.path, answer.status_code) == (way.path, wanted)
        if wanted == 403:
            assert filled.audit()[-1] == (made.actor, "staff refused", "refused", role)


@pytest.mark.parametrize(
    "way", [way for way in WAYS if way.path not in OPEN], ids=lambda way: f"{way.method} {way.path}"
)
def test_without_a_sitting_nothing_is_there(office: Office, way: Way) -> None:
    path = way.path.lstrip("/").replace("{id}", "x")
    if way.method == "POST":
        assert office.post(path).status_code == 401
    else:
        assert office.get(path).status_code == 303
        assert office.get(path, Accept="application/json").status_code == 401


def test_a_kuemmerer_sees_the_open_cases_of_the_own_site_by_name(filled: Office) -> None:
    made = filled.sits("kuemmerer")
    page = filled.get("desk").text
    assert "Grünewälder" in page
    assert "Ostermann" not in page
    assert f"case/{filled.here}" in page
    assert filled.audit()[-1] == (made.actor, "staff seen", "shown", "1 of stelle-senne")


def test_another_sites_case_is_not_there(filled: Office) -> None:
    made = filled.sits("lead")
    there, nowhere = filled.get(f"case/{filled.there}"), filled.get("case/no-such-case")
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert there.text == nowhere.text
    assert "Ostermann" not in there.text
    assert filled.audit()[-1] == (made.actor, "staff refused", "refused", "not there")


def test_the_site_of_that_case_sees_it(filled: Office) -> None:
    filled.sits("kuemmerer", OTHER)
    assert "Ostermann" in filled.get(f"case/{filled.there}").text
    assert filled.get(f"case/{filled.here}").status_code == 404


def test_a_case_tells_its_tasks_and_who_was_sent_what(filled: Office) -> None:
    made = filled.sits("kuemmerer")
    page = filled.get(f"case/{filled.here}").text
    for text in ("Grünewälder", "03.09.1938", "Sozialstation Elsey", "Fahrdienst Ravensberg", "Wer hat was bekommen"):
        assert text in page
    assert (made.actor, "staff seen", "shown", "") in filled.audit()


def test_a_task_below_a_case_is_no_case(filled: Office) -> None:
    filled.sits("kuemmerer")
    below = filled.crew.world.task("M-1")["id"]
    assert filled.get(f"case/{below}").status_code == 404


@pytest.mark.parametrize("role", ["integrator", "officer", "auditor"])
def test_who_has_no_site_sees_no_person(filled: Office, role: str) -> None:
    filled.sits(role)
    pages = filled.get("desk").text + filled.get(f"case/{filled.here}").text
    assert [word for word in ("Grünewälder", "Käthe", "1938", "G405718932") if word in pages] == []


def test_the_officer_sees_what_was_shown_to_whom(filled: Office) -> None:
    filled.sits("officer")
    page = filled.get("desk").text
    assert "Sozialstation Elsey: Bitte um eine Hilfe. " in page
    assert "Angaben zur Person" in page
    assert "Provenance/" in page


def test_the_auditor_searches_the_audit(filled: Office) -> None:
    made = filled.sits("auditor")
    found = filled.post("audit", word=filled.word, action="login")
    assert (found.status_code, made.actor in found.text) == (200, True)
    assert filled.audit()[-1] == (made.actor, "audit search", "shown", "action")
    assert "Dazu steht nichts" in filled.post("audit", word=filled.word, actor="nobody").text
    assert "Dazu steht nichts" in filled.post("audit", word=filled.word, until="2020-01-01").text
    assert filled.post("audit", word=filled.word, since="gestern").status_code == 422


def test_the_auditor_has_the_audit_verified() -> None:
    with opened(verify=lambda: Verdict(lines=41, anchors=7)) as office:
        office.sits("auditor")
        answer = office.post("verify", word=office.word)
    assert "Das Protokoll ist unverändert" in answer.text
    assert ">41<" in answer.text


def test_the_integrator_sees_counts_and_what_waits(filled: Office) -> None:
    world = filled.crew.world
    world.settle(world.keep("senneklinik", b"MSH|^~\\&|broken"), state="parked", step="decode")
    filled.sits("integrator")
    page = filled.get("desk").text
    assert "message.done" in page
    assert "senneklinik" in page


def test_nothing_is_shown_that_the_audit_cannot_hold(filled: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway.store.port import UnavailableError  # noqa: PLC0415 - beside its use

    filled.sits("kuemmerer")

    def full(_: object) -> None:
        raise UnavailableError("full")

    monkeypatch.setattr(filled.crew.rooms.store, "commit", full)
    answer = filled.get(f"case/{filled.here}")
    assert (answer.status_code, "Grünewälder" in answer.text) == (503, False)


def test_a_token_is_for_who_sits_there() -> None:
    with opened(fill=False, token=lambda who: (f"token-of-{who.account.id}", 300)) as office:
        made = office.sits("kuemmerer")
        answer = office.post("token", {"Accept": "application/json"}, word=office.word)
        assert answer.json() == {
            "access_token": f"token-of-{made.id}", "token_type": "bearer", "expires_in": 300,
        }  # fmt: skip
        assert office.audit()[-1] == (made.actor, "token", "given", "Kümmerer")
        assert f"token-of-{made.id}" in office.post("token", word=office.word).text


def test_where_the_interface_asks_for_no_token_there_is_none(office: Office) -> None:
    office.sits("kuemmerer")
    assert office.post("token", word=office.word).status_code == 404
    assert 'action="token"' not in office.get("desk").text
    office.door.token = lambda _: ("a-token", 300)
    assert 'action="token"' in office.get("desk").text


def test_a_lead_sees_the_recalls_of_the_own_site_and_the_officer_all(filled: Office) -> None:
    world = filled.crew.world
    arrive(world)
    person = world.store.read("Task", filled.here).resource["for"]
    no = {**consent(world, key="no", type="deny", to=("elsey",)), "patient": person}
    world.sends("stelle-senne", bundle(no))
    filled.sits("lead")
    page = filled.get("recalls").text
    assert "Sozialstation Elsey" in page
    assert f"case/{filled.here}" in page
    filled.sits("lead", OTHER)
    assert "Es wurde nichts zurückgerufen" in filled.get("recalls").text
    filled.sits("officer")
    page = filled.get("recalls").text
    assert ("Sozialstation Elsey" in page, f"case/{filled.here}" in page) == (True, False)
    assert ("alles, was für diesen Fall an diese Stelle geht" in page, ">R-" in page) == (True, True)


def test_of_a_person_who_refuses_the_site_its_desk_shows_nothing(filled: Office) -> None:
    world = filled.crew.world
    refused = consent(world, key="no-site", type="deny", to=("stelle-senne",))
    who = next(task["for"] for task in world.all("Task") if task["id"] == filled.here)
    said = {**refused, "patient": who}
    world.store.commit([Save(said, 0, terms(said, ""), world.now(), "m")]).result()
    filled.sits("kuemmerer")
    page = filled.get("desk").text
    assert ("Grünewälder" in page, f"case/{filled.here}" in page) == (False, False)
    assert filled.get(f"case/{filled.here}").status_code == 404


def test_the_desk_shows_of_a_person_what_the_policy_shows_the_site(filled: Office) -> None:
    policy = standard()
    site = replace(policy.roles["kuemmerer"], never=("birth-date",))
    filled.crew.rooms.policy = replace(policy, hash="own", roles={**policy.roles, "kuemmerer": site})
    filled.sits("kuemmerer")
    page = filled.get(f"case/{filled.here}").text
    assert ("Grünewälder" in page, "03.09.1938" in page) == (True, False)
