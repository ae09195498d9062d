"""A person takes back what a party without a system may see: the page shows no more of her, and asks to delete it."""

from pathlib import Path
from typing import Any

from gateway.domain.ledger import Conclude
from gateway.pipeline.link import say
from gateway.pipeline.link.view import view
from tests.pipeline.agreeing.agreed import recalls, refuse
from tests.pipeline.link.behind import Behind
from tests.pipeline.link.posted import Posted

HERS = ("Grünewälder", "Käthe", "Föhrenweg", "Einkaufen")


def called_back(behind: Behind) -> Any:
    """The neighbours have seen the page; then the person wants them to be shown nothing any more."""
    behind.world.store.commit([Conclude(behind.delivery.id, {"standing": "delivered"})]).result()
    refuse(behind.world, "nachbarn")
    (task,) = recalls(behind.world, "nachbarn")
    return task


def test_the_page_asks_to_delete_and_shows_nothing_of_the_person_any_more() -> None:
    behind = Behind()
    behind.sent()
    link = behind.inside()
    task = called_back(behind)
    seen = view(link, behind.rooms)
    assert seen is not None
    assert ("recall", task["id"]) in [(ask.kind, ask.id) for ask in seen.asks]
    assert not [word for word in HERS if word in str((seen.tree, seen.asks, seen.talks, seen.notes))]


def test_it_is_told_and_confirmed_on_the_page() -> None:
    behind = Behind()
    behind.sent()
    link = behind.inside()
    task = called_back(behind)
    assert behind.sent().outcome == "delivered"
    say.arrived(link, behind.rooms)
    version = behind.world.store.read("Task", task["id"]).version
    told = say.say(say.Said("deleted", "", "Alles weg.", version, task["id"]), link, behind.rooms)
    assert told.status == 200, told.problems
    assert recalls(behind.world, "nachbarn")[0]["status"] == "completed"


def test_a_letter_asks_the_same_and_names_nobody(tmp_path: Path) -> None:
    posted = Posted(tmp_path, said={"code": {"text": "Einkaufen"}})
    posted.sent()
    called_back(posted.behind)
    for file in tmp_path.iterdir():
        file.unlink()
    assert posted.behind.delivery.about == "recall"
    assert posted.sent().outcome == "delivered"
    text = posted.text()
    assert "Bitte löschen Sie Angaben" in text
    assert "Ja, alles ist gelöscht oder gesperrt." in text
    assert not [word for word in HERS if word in text]
