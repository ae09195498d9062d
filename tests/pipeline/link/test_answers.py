"""What a party without a system answers by its link, and who hears of it."""

from gateway.pipeline.link import say
from gateway.pipeline.link.view import view
from tests.pipeline.link.behind import Behind


def moves(behind: Behind) -> list[str]:
    """Statuses of the Task, oldest first."""
    listed = reversed(behind.world.store.history("Task", behind.task["id"]))
    return list(dict.fromkeys(version.resource["status"] for version in listed))


def test_a_measure_for_a_party_without_a_system_waits_behind_a_link() -> None:
    behind = Behind()
    assert (behind.delivery.road, behind.delivery.about, behind.sent().outcome) == ("link", "measures", "delivered")
    assert behind.stand() == "requested dispatched"


def test_opening_the_page_shows_that_the_measure_was_received() -> None:
    behind = Behind()
    behind.inside()
    assert behind.stand() == "received delivered"


def test_a_yes_accepts_and_the_site_hears_of_it() -> None:
    behind = Behind()
    behind.inside()
    before = len(behind.world.outbox("stelle-senne"))
    assert behind.says("accept") == 200
    assert behind.stand() == "accepted selected"
    assert len(behind.world.outbox("stelle-senne")) > before


def test_a_no_needs_words() -> None:
    behind = Behind()
    link = behind.inside()
    version = behind.world.store.read("Task", link.id).version
    told = say.say(say.Said("decline", "no-capacity", "  ", version), link, behind.rooms)
    assert (told.status, [p.code for p in told.problems]) == (422, ["link.words"])
    assert behind.stand() == "received delivered"


def test_a_no_with_words_declines() -> None:
    behind = Behind()
    behind.inside()
    behind.says("decline", "no-capacity", "Unser Wagen ist kaputt.")
    assert behind.stand() == "rejected no-capacity"
    assert behind.task["statusReason"] == {"text": "Unser Wagen ist kaputt."}


def test_a_choice_that_is_not_offered_is_refused() -> None:
    behind = Behind()
    link = behind.inside()
    version = behind.world.store.read("Task", link.id).version
    told = say.say(say.Said("decline", "outcome-helped", "x", version), link, behind.rooms)
    assert [p.code for p in told.problems] == ["link.choice"]


def test_progress_begins_the_measure_and_is_kept_as_a_note() -> None:
    behind = Behind()
    behind.inside()
    behind.says("accept")
    behind.says("progress", "active-support", "Frau Sander war zum ersten Mal einkaufen.")
    assert behind.stand() == "in-progress first-contact-made"
    assert [note["text"] for note in behind.task["note"]] == ["Frau Sander war zum ersten Mal einkaufen."]
    seen = view(behind.link, behind.rooms)
    assert seen is not None
    assert [text for _, text in seen.notes] == ["Frau Sander war zum ersten Mal einkaufen."]


def test_done_at_once_after_a_yes_goes_by_way_of_under_way() -> None:
    behind = Behind()
    behind.inside()
    behind.says("accept")
    behind.says("done", "outcome-helped")
    assert moves(behind)[-3:] == ["accepted", "in-progress", "completed"]
    assert behind.stand() == "completed outcome-helped"


def test_a_question_goes_to_whoever_asks_and_keeps_the_measure_waiting() -> None:
    behind = Behind()
    behind.inside()
    assert behind.says("question", text="Wo ist der Schlüssel?") == 201
    assert behind.stand() == "received awaiting-information"
    seen = view(behind.link, behind.rooms)
    assert seen is not None
    assert [(talk.ours, talk.question, talk.answered) for talk in seen.talks] == [
        (True, "Wo ist der Schlüssel?", False)
    ]
    assert any("Wo ist der Schlüssel?" in told.data.decode() for told in behind.world.outbox("stelle-senne"))


def test_an_answer_to_a_version_that_has_passed_changes_nothing() -> None:
    behind = Behind()
    link = behind.inside()
    version = behind.world.store.read("Task", link.id).version
    behind.says("accept")
    assert say.say(say.Said("decline", "no-capacity", "doch nicht", version), link, behind.rooms).status == 412
    assert behind.stand() == "accepted selected"


def test_a_question_about_a_version_that_has_passed_is_not_asked() -> None:
    """It would be taken of the Task as it is now too; but whoever asks has not seen that one."""
    behind = Behind()
    link = behind.inside()
    version = behind.world.store.read("Task", link.id).version
    behind.says("accept")
    assert say.say(say.Said("question", "", "Wann?", version), link, behind.rooms).status == 412
    assert say.say(say.Said("question", "", "Wann?", version + 1), link, behind.rooms).status == 201


def test_an_answer_by_link_is_evidence_e3_and_an_opened_page_e2() -> None:
    behind = Behind()
    behind.inside()
    behind.says("accept")
    lines = behind.world.store.audit(object=f"Task/{behind.task['id']}", limit=100)
    assert {line.action for line in lines} >= {"link shown", "link opened", "fhir update"}


def test_the_page_shows_what_the_line_sends_and_nothing_of_the_other_measure() -> None:
    behind = Behind()
    link = behind.inside()
    seen = view(link, behind.rooms)
    assert seen is not None
    (request,) = seen.tree["ServiceRequest"]
    assert request["code"] == {"text": "Einkaufen"}
    assert "Hilfe M-2" not in str(seen.tree)


def test_a_measure_that_belongs_to_another_party_now_is_not_shown() -> None:
    behind = Behind()
    link = behind.inside()
    stranger = type(link)(link.id, "elsey", link.made, link.expires)
    assert view(stranger, behind.rooms) is None
