"""A partner's program stands in the audit as its partner: the token it got, what it read, what it was refused."""

from tests.web.smart.place import Place


def lines(place: Place, actor: str) -> list[tuple[str, str, str]]:
    found = place.world.store.audit(limit=200)
    return [(line.action, line.object, line.outcome) for line in found if line.actor == actor]


def test_a_token_and_each_read_with_it_are_lines_of_the_partner(place: Place) -> None:
    token = place.token("senneklinik")
    assert lines(place, "senneklinik")[0][::2] == ("token", "given")
    assert place.call("GET", "Task/t0", token).status_code == 200
    assert lines(place, "senneklinik")[0] == ("fhir read", "Task/t0", "200")
    place.call("GET", "Task?status=requested", token)
    assert lines(place, "senneklinik")[0] == ("fhir search", "Task", "200")


def test_what_is_foreign_is_no_read(place: Place) -> None:
    token = place.token("lutterbach")
    assert place.call("GET", "Task/t0", token).status_code == 404
    assert ("fhir read", "Task/t0", "200") not in lines(place, "lutterbach")
    assert [line.outcome for line in place.house.audits if line.actor == "lutterbach"][-1:] == ["refused"]
