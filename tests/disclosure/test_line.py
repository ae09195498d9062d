"""For generated policies, consents and cases: nothing withheld is in anything that the line sends, writes or tells."""

from hypothesis import event, given

from tests.disclosure.elements import MEASURE, MORE, PERSON
from tests.disclosure.generated import cases, examples
from tests.disclosure.outputs import sent, stands, told_operators
from tests.disclosure.plainly import Case, withheld, words
from tests.disclosure.town import OPEN, RECIPIENTS, logged, played, text

KINDS = (
    "Patient", "RelatedPerson", "Observation", "Condition", "MedicationStatement", "DocumentReference", "Coverage",
    "CarePlan", "ServiceRequest", "Goal", "AllergyIntolerance",
)  # fmt: skip


@examples(15, 1_500)
@given(cases())
def test_no_withheld_word_is_in_what_a_recipient_is_sent(case: Case) -> None:
    world = played(case)
    shown = 0
    for party in RECIPIENTS:
        data = sent(world, party)
        shown += sum(stands(word, data) for word, _, _ in words(case))
        assert [word for word in withheld(case, party) if stands(word, data)] == [], (party, case)
    event(f"{min(shown // 10, 5)}0 words were shown")


@examples(6, 300)
@given(cases())
def test_no_word_of_a_case_is_in_what_operators_read(case: Case) -> None:
    with logged() as lines:
        world = played(case)
    said = told_operators(world) + text(lines.said)
    assert [word for word, _, _ in words(case) if stands(word, said)] == []


def test_every_word_is_somewhere_in_what_is_stored_or_was_sent() -> None:
    case = Case(RECIPIENTS, dict.fromkeys(RECIPIENTS, OPEN))
    world = played(case)
    everything = repr([each for kind in KINDS for each in world.all(kind)]).encode()
    assert [word for word in (*PERSON, *MORE) if not stands(word, everything) and "." not in word] == ["19380903"]
    assert [f"{word}{n}" for word in MEASURE for n in range(5) if not stands(f"{word}{n}", everything)] == []
