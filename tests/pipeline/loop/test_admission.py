"""Events of the person: a stay in hospital pauses the case, a death ends it (workflow.md, phase 10)."""

import pytest

from tests.pipeline.line.world import ELSEY, RAVENSBERG, Resource, World, answer, back, bundle, discharge, measure, url

STAY = b"|202603020915|202603121030"


def admission(key: str = "SK-9", visit: str = "2604999", event: str = "A01") -> bytes:
    """ADT^A01: the person comes into the ward, and has not left it."""
    return discharge(key, event=event, visit=visit, disposition="").replace(STAY, b"|202603200915|")


def under_way(world: World) -> None:
    """A case whose one measure has begun and the other is agreed."""
    world.planned(measure("A-1", ELSEY), measure("A-2", RAVENSBERG))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    world.sends("ravensberg", back(world.rows("ravensberg"), Stand="offen"))


def decision(world: World, purpose: str) -> dict[str, object]:
    """The open decision of a purpose."""
    (found,) = [
        task
        for task in world.all("Task")
        if task.get("reasonCode", {}).get("coding", [{}])[0].get("code") == purpose and task["status"] == "requested"
    ]
    return found


def test_an_admission_pauses_what_has_begun_and_tells_its_owner_in_which_hospital(world: World) -> None:
    under_way(world)
    message = world.sends("senneklinik", admission())
    assert (world.stand("A-1"), world.stand("A-2")) == ("on-hold client-in-hospital", "accepted")
    assert world.task("A-1")["statusReason"]["text"] == "Aufnahme ins Krankenhaus: Senneklinik"
    assert ("elsey", "measures") in world.told(message)
    (task,) = world.sent("elsey", "Task")
    assert (task["status"], task["businessStatus"]["coding"][0]["code"]) == ("on-hold", "client-in-hospital")


def test_the_site_hears_which_of_its_measures_rest_and_why(world: World) -> None:
    under_way(world)
    message = world.sends("senneklinik", admission())
    assert [told for told in world.told(message) if "task" in told[1]] == [("stelle-senne", "task paused")]
    (task,) = [found for found in world.sent("stelle-senne", "Task") if found["status"] == "on-hold"]
    assert task["statusReason"]["text"] == "Aufnahme ins Krankenhaus: Senneklinik"


def test_a_case_is_on_hold_only_when_all_its_open_measures_are(world: World) -> None:
    under_way(world)
    world.sends("senneklinik", admission())
    assert world.stand() == "in-progress active-support"
    world.sends("ravensberg", back(world.rows("ravensberg"), Stand="erledigt"))
    assert world.stand() == "on-hold client-in-hospital"


def test_after_the_discharge_nothing_goes_on_before_the_kuemmerer_has_looked(world: World) -> None:
    under_way(world)
    world.sends("senneklinik", admission())
    message = world.sends("senneklinik", discharge("SK-10", visit="2604999", disposition=""))
    assert world.stand("A-1") == "on-hold client-in-hospital"
    assert ("stelle-senne", "decision") in world.told(message)
    told = world.sends("stelle-senne", answer(decision(world, "resume"), "completed"))
    assert world.stand("A-1") == "in-progress active-support"
    assert world.told(told) == [("elsey", "measures")]
    assert world.sent("elsey", "Task")[0]["status"] == "in-progress"


def test_an_admission_that_was_a_mistake_is_an_end_of_the_stay_too(world: World) -> None:
    under_way(world)
    world.sends("senneklinik", admission())
    world.sends("senneklinik", admission("SK-11", event="A11"))
    assert decision(world, "resume")["description"] == (
        "Geht es nach der Entlassung weiter wie vereinbart? Entlassung aus dem Krankenhaus: Senneklinik"
    )


def test_an_admission_told_twice_pauses_once(world: World) -> None:
    under_way(world)
    first = world.sends("senneklinik", admission())
    versions = len(world.store.history("Task", world.task("A-1")["id"]))
    world.again(first)
    world.sends("senneklinik", admission("SK-12", event="A08"))
    assert len(world.store.history("Task", world.task("A-1")["id"])) == versions


def test_a_death_ends_what_has_begun_cancels_the_rest_and_lets_the_kuemmerer_close(world: World) -> None:
    under_way(world)
    lines = discharge("SK-13", event="A08", disposition="").split(b"\r")
    pid = next(n for n, line in enumerate(lines) if line.startswith(b"PID"))
    lines[pid] += b"|" * (30 - lines[pid].count(b"|")) + b"Y"
    message = world.sends("senneklinik", b"\r".join(lines))
    assert (world.stand("A-1"), world.stand("A-2")) == ("failed ended-by-death", "cancelled deceased")
    assert {partner for partner, about in world.told(message) if about == "measures"} == {"elsey", "ravensberg"}
    assert decision(world, "close")["focus"] == {"reference": f"Task/{world.case()['id']}"}
    assert world.rows("ravensberg")[0]["Stand"] == "entfällt"


def stay(world: World, status: str, code: str = "IMP", **more: object) -> Resource:
    """A stay of the person, as the site reports it."""
    return bundle({
        "resourceType": "Encounter", "id": "stay", "status": status,
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code},
        "subject": {"reference": f"Patient/{world.all('Patient')[0]['id']}"}, **more,
    })  # fmt: skip


def test_a_fhir_source_reports_a_stay_by_its_encounter_and_in_which_house_it_is(world: World) -> None:
    under_way(world)
    world.sends("stelle-senne", stay(world, "in-progress", serviceProvider={"display": "Klinik Lemgo"}))
    assert world.stand("A-1") == "on-hold client-in-hospital"
    assert world.sent("elsey", "Task")[0]["statusReason"]["text"] == "Aufnahme ins Krankenhaus: Klinik Lemgo"


def test_the_house_may_be_named_by_an_organisation_that_comes_with_the_stay(world: World) -> None:
    under_way(world)
    told = stay(world, "in-progress", serviceProvider={"reference": url("house")})
    told["entry"] += bundle({"resourceType": "Organization", "id": "house", "name": "Klinikum Lippe"})["entry"]
    world.sends("stelle-senne", told)
    assert world.task("A-1")["statusReason"]["text"] == "Aufnahme ins Krankenhaus: Klinikum Lippe"


def test_who_comes_without_a_bed_is_not_in_hospital(world: World) -> None:
    under_way(world)
    world.sends("stelle-senne", stay(world, "in-progress", "AMB"))
    assert world.stand("A-1").startswith("in-progress")


@pytest.mark.parametrize("end", ["finished", "cancelled", "entered-in-error"])
def test_a_stay_that_ends_or_never_was_lets_the_kuemmerer_look(world: World, end: str) -> None:
    under_way(world)
    world.sends("stelle-senne", stay(world, "in-progress"))
    world.sends("stelle-senne", stay(world, end))
    assert world.stand("A-1") == "on-hold client-in-hospital"
    assert decision(world, "resume")["owner"] == {"reference": "Organization/stelle-senne"}


def test_a_stay_that_is_told_again_once_the_work_goes_on_pauses_nothing(world: World) -> None:
    under_way(world)
    world.sends("stelle-senne", stay(world, "in-progress"))
    world.sends("elsey", answer(world.task("A-1"), "in-progress", "active-support"))
    world.sends("stelle-senne", stay(world, "in-progress", reasonCode=[{"text": "Sturz"}]))
    assert world.stand("A-1") == "in-progress active-support"
