"""The chapters about consent: whom she lets be told, who answers on a page, and how a permission is taken back."""

import json
import re
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from standins.case import Case, Permission, sample_plan
from telling import Story, until
from visitor import Visitor

NEIGHBOURS, SENIORS, VISITS = "nachbarschaftshilfe-senne", "seniorenbuero-brackwede", "besuchsdienst-windfloete"
SECRET = ("G405718932", "1938", "Senneklinik")
"""What no volunteer needs: insurance number, birth, where she was."""
LINK = r"http://[\w.:]+/#[a-z2-7]{32}"


def company(story: Story, case: Case, browser: Visitor) -> dict[str, str]:
    """She lets two of three be told, they answer, and she takes one permission back; the number of each measure."""
    numbers = consented(story, case)
    visited(story, browser, numbers)
    taken_back(story, case, browser, numbers)
    return numbers


def consented(story: Story, case: Case) -> dict[str, str]:
    """Three more would help, and she lets two of them be told; the number of each one's measure."""
    demo = story.demo
    story.chapter("8  She would like company. Three could help; she lets two of them be told, and the third not.")
    demo.site.add(case, sample_plan("company"), [Permission(NEIGHBOURS), Permission(SENIORS)])
    numbers = dict(zip((NEIGHBOURS, SENIORS, VISITS), [order.number for order in case.orders[-3:]], strict=True))
    news = story.heard(demo.site.news, lambda news: news.number == numbers[VISITS] and news.status == "draft")
    story.verify(f"{VISITS}: its measure waits ({news.business if news else ''})", news)
    notice = until(lambda: notices(story, NEIGHBOURS), bool)
    named = [word for word in ("Käthe", "Grünewälder", *SECRET) if word in "".join(notice.values())]
    story.verify(f"{NEIGHBOURS}: a notice that a page waits, which names nobody", notice and not named)
    letter = until(lambda: letters(story), bool)
    archival = letter and b"pdfaid:part" in letter[0].read_bytes()
    story.verify(f"{SENIORS} has no e-mail: a letter to print, as PDF/A", archival)
    story.show(words(letter[0]), 12)
    story.verify("  and for the third there is nothing at all", not notices(story, VISITS))
    shown = demo.verb("policy", "show", "--recipient", VISITS, "--case", f"Task/{case.task['id']}")
    story.show(shown, 6)
    story.verify("gateway policy show says why", "the consent names others" in shown)
    return numbers


def notices(story: Story, name: str) -> dict[str, str]:
    """The notices in a party's folder, by file."""
    folder = story.demo.data / "out" / name.partition("-")[0]
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))}


def letters(story: Story) -> list[Path]:
    """The letters to the Seniorenbüro, the oldest first; one is whole once its note lies beside it."""
    notes = (story.demo.data / "out" / "seniorenbuero").glob("*.json")
    return [note.with_suffix(".pdf") for note in sorted(notes, key=lambda note: note.stat().st_mtime_ns)]


def words(letter: Path) -> str:
    """What stands in a letter."""
    return "\n".join(page.extract_text() for page in PdfReader(letter).pages)


def visited(story: Story, browser: Visitor, numbers: dict[str, str]) -> None:
    """Who has no system answers on a page; the code came by telephone."""
    demo = story.demo
    story.chapter(f"9  The neighbours have no system. They open the page {browser.means}.")
    seen = came_in(story, browser, NEIGHBOURS, numbers)
    story.show(seen, 12)
    hidden = [word for word in SECRET if word in seen]
    story.verify("they see what is asked, and nothing else", "Mittagstisch" in seen and not hidden)
    browser.say("accept")
    news = story.heard(demo.site.news, lambda n: n.number == numbers[NEIGHBOURS] and n.status == "accepted")
    story.verify("the site hears that they do it", news)
    seen = came_in(story, browser, SENIORS, numbers)
    story.verify(f"{SENIORS} types the address of its letter, and the code", "Telefonieren mit Bild" in seen)
    browser.say("accept")
    browser.say("progress", "Die erste Sprechstunde war am Dienstag.")
    begun = until(lambda: task_of(story, numbers[SENIORS]), lambda task: task["status"] == "in-progress")
    story.verify("  accepts too, and begins", begun["status"] == "in-progress")


def came_in(story: Story, browser: Visitor, name: str, numbers: dict[str, str], *, anew: bool = False) -> str:
    """The page of a party, opened by the link of its notice or letter and the code it was told by telephone."""
    wrote = words(letters(story)[0]) if name == SENIORS else "".join(notices(story, name).values())
    found = re.search(LINK, wrote)
    link, more = found[0] if found else "", ["--new"] if anew else []
    told = json.loads(story.demo.verb("link", "show", f"Task/{task_of(story, numbers[name])['id']}", "--json", *more))
    return str(browser.come_in(told["link"] or link, told["code"]))


def task_of(story: Story, number: str) -> Any:
    """The Task of the measure of a number."""
    found = story.demo.read(f"Task?code=fulfill&focus:ServiceRequest.identifier={number}")
    return found["entry"][0]["resource"]


def taken_back(story: Story, case: Case, browser: Visitor, numbers: dict[str, str]) -> None:
    """One permission is withdrawn: nothing more is shown, the work stops, what was shown is called back."""
    demo = story.demo
    story.chapter("10  She takes one permission back. Nothing more is shown, and what was shown is called back.")
    demo.site.consent(case, [Permission(NEIGHBOURS), Permission(SENIORS, withdrawn=True)])
    until(lambda: task_of(story, numbers[SENIORS]), lambda task: "cancellation-requested" in str(task))
    seen = came_in(story, browser, SENIORS, numbers, anew=True)
    story.verify("the page asks to stop and to delete, and shows her no more", asked_to_end(seen))
    browser.say("stopped", "Der nächste Termin ist abgesagt.")
    browser.say("deleted")
    ended = until(lambda: task_of(story, numbers[SENIORS]), lambda task: task["status"] == "failed")
    story.verify(f"the support ends on her wish: {ended['status']}", ended["status"] == "failed")
    news = story.heard(demo.site.news, lambda news: news.kind == "recall" and news.status == "completed")
    story.verify("the site hears that what was shown is deleted", news)
    listed = until(lambda: demo.verb("recall", "list"), lambda said: "completed" in said)
    story.show(listed)
    story.verify("gateway recall list: who had what, was told when, and confirmed when", "completed" in listed)
    story.verify("  the third never had anything, so nobody asks it", VISITS not in listed)
    demo.site.revoke(case, numbers[SENIORS], numbers[VISITS])


def asked_to_end(seen: str) -> bool:
    """Whether a page asks for an end, and names nobody any more."""
    asks = "Bitte beenden Sie diese Hilfe" in seen and "Bitte löschen Sie" in seen
    return asks and not any(word in seen for word in ("Käthe", "Grünewälder", "Sprechstunde zum", *SECRET))


def thanked(story: Story, browser: Visitor, numbers: dict[str, str]) -> None:
    """The neighbours report that it is done."""
    came_in(story, browser, NEIGHBOURS, numbers, anew=True)
    browser.say("done", "Sie kommt jetzt allein zum Mittagstisch.")
