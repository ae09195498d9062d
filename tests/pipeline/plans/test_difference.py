"""What is different between two states of a plan, in lines for people."""

import pytest

from gateway.pipeline.plans.difference import diff
from gateway.pipeline.plans.elements import moment
from tests.pipeline.plans.plan import ALL, ELSEY, GOAL, MEASURE, NEED, NUMBER, PLAN, Resource, but, coded, instead


def lines(before: list[Resource], after: list[Resource], language: str = "de") -> list[str]:
    return [difference.line(language) for difference in diff(before, after)]  # type: ignore[arg-type]  # de or en


def test_two_equal_plans_have_no_difference() -> None:
    assert diff(ALL, [but(resource, meta={"versionId": "9"}) for resource in ALL]) == []


def test_a_goal_that_is_reached_says_so_in_one_line() -> None:
    now = but(GOAL, achievementStatus=coded("achieved"), lifecycleStatus="completed")
    assert lines(list(ALL), instead(now)) == ["Ziel „Geht ohne Angst durch die Wohnung“: erreicht"]
    assert lines(list(ALL), instead(now), "en") == ['goal "Geht ohne Angst durch die Wohnung": reached']


def test_a_goal_that_is_not_reached_tells_how_far_it_is() -> None:
    now = but(GOAL, achievementStatus=coded("worsening"))
    name = "Ziel „Geht ohne Angst durch die Wohnung“"
    assert lines(list(ALL), instead(now)) == [f"{name}: Zielerreichung: in Arbeit → verschlechtert sich"]
    gone = but(GOAL, achievementStatus=None)
    assert lines(list(ALL), instead(gone)) == [f"{name}: Zielerreichung: in Arbeit → keine Angabe"]


def test_another_performer_is_called_by_name() -> None:
    now = but(MEASURE, performer=[{"reference": "Organization/elsey"}])
    assert lines(list(ALL), instead(now)) == [
        "Maßnahme „Hausnotruf“: Ausführung: Pflegedienst Lutterbach → Sozialstation Elsey"
    ]
    assert lines(list(ALL), instead(now), "en") == [
        'measure "Hausnotruf": performer: Pflegedienst Lutterbach -> Sozialstation Elsey'
    ]


def test_a_measure_that_came_and_one_that_went_are_told() -> None:
    other = but(MEASURE, id="essen", identifier=[{"system": NUMBER, "value": "M-2"}], code={"text": "Essen auf Rädern"})
    assert lines(list(ALL), [*ALL, other]) == ["Maßnahme „Essen auf Rädern“: neu"]
    assert lines([*ALL, other], list(ALL)) == ["Maßnahme „Essen auf Rädern“: entfällt"]


def test_a_measure_entered_in_error_was_never_there() -> None:
    wrong = but(MEASURE, id="essen", status="entered-in-error", identifier=None, code={"text": "Essen"})
    assert lines(list(ALL), [*ALL, wrong]) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": "revoked"}, "Stand: aktiv → zurückgenommen"),
        ({"occurrencePeriod": {"start": "2026-04-02", "end": "2026-06-30"}},
         "Zeitraum: ab 02.04.2026 → 02.04.2026 bis 30.06.2026"),
        ({"occurrencePeriod": None, "occurrenceTiming": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "wk"}}},
         "Zeitraum: ab 02.04.2026 → 2 × in 1 Woche(n)"),
        ({"occurrencePeriod": None, "occurrenceDateTime": "2026-04-02T10:00:00+02:00"},
         "Zeitraum: ab 02.04.2026 → 02.04.2026, 10:00 Uhr"),
        ({"quantityQuantity": {"value": 3, "unit": "Stunden"}}, "Menge: keine Angabe → 3 Stunden"),
        ({"note": [{"text": "klingeln"}]}, "Hinweis: keine Angabe → klingeln"),
        ({"performer": [{"display": "Tochter"}]}, "Ausführung: Pflegedienst Lutterbach → Tochter"),
        ({"performer": [{"identifier": {"value": "260550448"}}]}, "Ausführung: Pflegedienst Lutterbach → 260550448"),
    ],
)  # fmt: skip
def test_what_changed_of_a_measure_is_told_with_before_and_after(changes: Resource, said: str) -> None:
    assert lines(list(ALL), instead(but(MEASURE, **changes))) == [f"Maßnahme „Hausnotruf“: {said}"]


def test_plan_and_need_are_compared_too_and_told_first() -> None:
    plan = but(PLAN, period={"start": "2026-04-01", "end": "2026-12-31"})
    need = but(NEED, status="completed")
    assert lines(list(ALL), instead(plan, need)) == [
        "Hilfeplan „Wieder zu Hause“: Zeitraum: 01.04.2026 bis 30.09.2026 → 01.04.2026 bis 31.12.2026",
        "Bedarf „Angst vor dem Sturz“: Stand: aktiv → abgeschlossen",
    ]


def test_a_plan_that_replaces_another_is_compared_part_by_part_although_all_ids_are_new() -> None:
    plan = but(PLAN, id="neu", replaces=[{"reference": "CarePlan/plan"}])
    need = but(NEED, id="sturz-neu")
    goal = but(GOAL, id="sicher-neu", achievementStatus=coded("achieved"))
    same = but(MEASURE, id="notruf-neu")
    assert lines(list(ALL), [plan, need, goal, same, ELSEY]) == ["Ziel „Geht ohne Angst durch die Wohnung“: erreicht"]


def test_a_measure_that_replaces_another_is_the_same_under_another_name() -> None:
    now = but(
        MEASURE, id="x", identifier=None, code={"text": "Notruf"}, replaces=[{"reference": "ServiceRequest/hausnotruf"}]
    )
    after = [resource for resource in ALL if resource is not MEASURE] + [now]
    assert lines(list(ALL), after) == ["Maßnahme „Notruf“: Leistung: Hausnotruf → Notruf"]


@pytest.mark.parametrize("same", [{"identifier": None}, {"id": "x"}], ids=["id", "number"])
def test_a_measure_is_known_again_by_its_id_or_its_number_whatever_it_is_called(same: Resource) -> None:
    now = but(MEASURE, code={"text": "Notruf"}, **same)
    after = [resource for resource in ALL if resource is not MEASURE] + [now]
    assert lines(list(ALL), after) == ["Maßnahme „Notruf“: Leistung: Hausnotruf → Notruf"]


def test_an_activity_that_the_plan_describes_itself_is_a_measure() -> None:
    detail = {"description": "Teppiche entfernen", "status": "not-started", "scheduledString": "im April"}
    before = but(PLAN, activity=[{"detail": detail}])
    after = but(PLAN, activity=[{"detail": {**detail, "status": "completed"}}])
    assert lines([before], [after]) == ["Maßnahme „Teppiche entfernen“: Stand: nicht begonnen → abgeschlossen"]
    assert lines([PLAN], [before]) == ["Maßnahme „Teppiche entfernen“: neu"]


def test_a_part_without_a_name_is_told_all_the_same() -> None:
    nameless = but(GOAL, id="g", description=None)
    assert lines(list(ALL), [*ALL, nameless]) == ["Ziel „ohne Bezeichnung“: neu"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [("2026", "2026"), ("2026-04", "04.2026"), ("2026-04-02", "02.04.2026"), ("2026-99-02", "2026-99-02"),
     ("2026-04-02T08:00:00Z", "02.04.2026, 10:00 Uhr"), ("bald", "bald"), ("", ""),
     ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z")],
)  # fmt: skip
def test_a_moment_is_written_as_exactly_as_it_was_said(said: str, shown: str) -> None:
    assert moment(said) == shown
