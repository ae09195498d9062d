"""Declined, failed, not delivered: the Kümmerer decides who takes over (workflow.md, phase 6)."""

from typing import Any

from tests.pipeline.line.world import ELSEY, HTTP, LIST, RAVENSBERG, World, answer, measure, url

CONCERNS = "https://kuemmerer-gateway.de/fhir/CodeSystem/areas-of-concern"
CARE = [{"coding": [{"system": CONCERNS, "code": "health-and-care"}]}]


def decision(world: World) -> dict[str, Any]:
    return [task for task in world.all("Task") if "reasonCode" in task][-1]


def suggested(world: World) -> list[dict[str, Any]]:
    """Who could take over, in the order in which they are named."""
    return [entry["valueReference"] for entry in decision(world)["input"]]


def chosen(world: World, site: str, party: str) -> Any:
    """The decision as the site sends it back: who takes over."""
    output = [{"type": {"text": "Gewählt"}, "valueReference": {"reference": f"Organization/{party}"}}]
    return world.sends(site, answer(decision(world), "completed", output=output))


def declined(world: World) -> None:
    activity = [{"reference": {"reference": url("measure-A-1")}}]
    world.planned(measure("A-1", ELSEY, category=CARE), measure("A-2", RAVENSBERG), activity=activity)
    world.sends("elsey", answer(world.task("A-1"), "rejected", "no-capacity", "Keine Plätze bis April"))


def test_the_site_is_asked_who_takes_over_and_told_why(world: World) -> None:
    declined(world)
    asked = decision(world)
    assert asked["owner"] == {"reference": "Organization/stelle-senne"}
    assert asked["description"] == "Wer übernimmt es stattdessen? Keine Plätze bis April"
    assert asked["focus"] == {"reference": f"Task/{world.task('A-1')['id']}"}


def test_the_alternatives_are_ranked_by_what_they_serve_and_without_who_declined(world: World) -> None:
    world.change("wohnberatung", concerns=["housing"])
    world.change("ravensberg", concerns=["health-and-care"])
    declined(world)
    named = [entry["valueReference"] for entry in decision(world)["input"]]
    assert [one["reference"] for one in named] == ["Organization/ravensberg", "Organization/lutterbach"]
    assert "zuständig für health-and-care" in named[0]["display"]


def test_of_those_who_serve_the_same_who_is_responsible_for_the_place_and_can_be_reached_comes_first(
    world: World,
) -> None:
    world.change("ravensberg", catchment={"postcodes": ["32657"]})
    world.change("wohnberatung", receives=[])
    world.change("lutterbach", catchment={"postcodes": ["33659"]})
    silent = {"partner": "zuhause-pflege", "title": "Zuhause-Pflege", "kind": "care-service", "receives": [LIST]}
    world.parties = (*world.parties, silent)
    world.change("zuhause-pflege")
    declined(world)
    named = [(one["reference"].partition("/")[2], one["display"]) for one in suggested(world)]
    assert [name for name, _ in named] == ["lutterbach", "zuhause-pflege", "wohnberatung", "ravensberg"]
    assert [said.rpartition("; ")[2] for _, said in named] == [
        "im Einzugsgebiet",
        "ohne festes Einzugsgebiet",
        "kein elektronischer Weg vereinbart",
        "außerhalb des Einzugsgebiets",
    ]


def test_five_are_named_and_who_serves_something_else_is_none_of_them(world: World) -> None:
    more = [{"partner": f"dienst-{n}", "title": f"Dienst {n}", "kind": "care-service"} for n in range(7)]
    world.parties = (*world.parties, *more)
    world.change("lutterbach", concerns=["housing"])
    declined(world)
    named = [one["reference"] for one in suggested(world)]
    assert len(named) == 5
    assert "Organization/lutterbach" not in named


def test_who_sent_the_referral_is_not_asked_to_carry_it_out(world: World) -> None:
    world.change("senneklinik", receives=[{**HTTP, "for": ["answers", "measures"]}], answers={"as": "Task"})
    declined(world)
    assert "Organization/senneklinik" not in [one["reference"] for one in suggested(world)]


def test_a_practice_that_only_refers_is_no_candidate(world: World) -> None:
    world.parties = (*world.parties, {"partner": "praxis", "title": "Praxis", "kind": "practice"})
    world.change("praxis")
    declined(world)
    named = [entry["valueReference"]["reference"] for entry in decision(world)["input"]]
    assert "Organization/praxis" not in named


def test_whom_the_decision_names_gets_the_measure_in_its_own_format(world: World) -> None:
    declined(world)
    message = chosen(world, "stelle-senne", "wohnberatung")
    assert world.told(message) == [("wohnberatung", "measures")]
    assert world.rows("wohnberatung")[0]["Maßnahme"] == "Hilfe A-1"
    assert world.stand("A-1") == "rejected no-capacity"
    (new,) = [m for m in world.all("ServiceRequest") if "replaces" in m]
    assert new["replaces"] == [{"reference": world.task("A-1")["focus"]["reference"]}]
    (plan,) = world.all("CarePlan")
    assert {"reference": {"reference": f"ServiceRequest/{new['id']}"}} in plan["activity"]


def test_running_the_decision_again_sends_nothing_twice(world: World) -> None:
    declined(world)
    message = chosen(world, "stelle-senne", "wohnberatung")
    sent = len(world.outbox())
    world.again(message)
    assert len(world.outbox()) == sent


def test_a_plan_that_replaces_the_measure_is_the_decision_too(world: World) -> None:
    declined(world)
    old = world.task("A-1")["focus"]["reference"]
    world.sends("stelle-senne", world.plan(measure("A-3", RAVENSBERG, replaces=[{"reference": old}])))
    assert decision(world)["status"] == "completed"


def test_who_failed_or_withdrew_is_decided_on_too(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "accepted"))
    world.sends("elsey", answer(world.task("A-1"), "cancelled", "owner-withdrew", "Personal erkrankt"))
    assert decision(world)["description"] == "Wer übernimmt es stattdessen? Personal erkrankt"


def test_what_reaches_nobody_is_decided_on_and_may_still_be_sent_again(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    delivery = world.outbox("elsey")[-1]
    world.arrives(delivery, standing="dead")
    assert decision(world)["description"] == "Wer übernimmt es stattdessen? Nicht angekommen"
    world.arrives(delivery)
    assert world.stand("A-1") == "received delivered"
    assert decision(world)["status"] == "cancelled"


def test_a_referral_that_its_site_declines_is_decided_on_by_the_site_for_all_others(world: World) -> None:
    world.referred()
    first = world.case()
    message = world.sends("stelle-senne", answer(first, "rejected", "out-of-area", "Wohnt in Mitte"))
    assert world.told(message) == [("senneklinik", "answer declined"), ("stelle-mitte", "decision")]
    assert [one["reference"] for one in suggested(world)] == ["Organization/stelle-mitte"]
    told = chosen(world, "stelle-mitte", "stelle-mitte")
    assert ("stelle-mitte", "referral") in world.told(told)
    sent = len(world.outbox())
    world.again(told)
    assert len(world.outbox()) == sent
    second = world.case()
    assert (second["focus"], second["status"]) == (first["focus"], "requested")
    assert second["reasonReference"] == {"reference": f"Task/{first['id']}"}
    last = world.sends("stelle-mitte", answer(second, "accepted"))
    assert world.told(last) == [("senneklinik", "answer accepted")]


def test_a_decision_that_names_nobody_known_changes_nothing_else(world: World) -> None:
    declined(world)
    message = chosen(world, "stelle-senne", "niemand")
    assert (world.told(message), decision(world)["status"]) == ([], "completed")
