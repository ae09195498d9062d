"""Who works here: accounts invented at the start for this one telling, and what each of them sees at a desk."""

import json
import os
import re
import secrets
import time
from dataclasses import asdict, dataclass, replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import requests
from deployment import PATIENCE, SITE, Deployment
from standins.case import Case
from telling import Story

FILE = "logins.json"
"""Who may come in; its time says when a code was used last."""
STEP = 30
"""Seconds that a code counts, and it does so once."""
CONSONANTS, VOWELS = "bdfgklmnprstw", "aeiou"
SHE = ("Käthe", "Grünewälder", "G405718932")


@dataclass(frozen=True)
class Person:
    """Somebody with an account: how they come in, and who they are."""

    login: str
    role: str
    name: str
    site: str = ""
    password: str = ""
    seed: str = ""


PEOPLE = (
    Person("j.ostermann", "kuemmerer", "Jonas Ostermann, Kümmerer", SITE),
    Person("h.upmeier", "officer", "Henrike Upmeier, data protection officer"),
)


class Sitting:
    """One browser at the pages of staff, as far as they can be used without one: forms and links."""

    def __init__(self, url: str) -> None:
        self.url, self.status, self.page = url, 0, ""
        self.session = requests.Session()
        self.session.trust_env = False

    def come_in(self, person: Person, code: str) -> str:
        """The desk, behind login, password and code; what the page shows."""
        return self.send("login", login=person.login, password=person.password, code=code)

    def see(self, path: str) -> str:
        """What a page shows, as text."""
        return self._read(self.session.get(f"{self.url}/{path}", timeout=PATIENCE))

    def send(self, path: str, **form: str) -> str:
        """What is shown after a form."""
        word = re.search(r'name="word" value="([^"]+)"', self.page)
        said = {"word": word[1], **form} if word else form
        return self._read(self.session.post(f"{self.url}/{path}", data=said, timeout=PATIENCE))

    def _read(self, answer: requests.Response) -> str:
        self.status, self.page = answer.status_code, answer.text
        main = answer.text.partition("<main")[2].partition(">")[2].partition("</main>")[0]
        german = re.sub(r'<(\w+)[^>]* lang="en".*?</\1>', "", main)
        lines = (" ".join(line.split()) for line in unescape(re.sub(r"<[^>]+>", " ", german)).splitlines())
        return "\n".join(line for line in lines if line)


def hired(demo: Deployment) -> list[Person]:
    """An account for each; where they stand is for this machine's user alone."""
    made = []
    for person in PEOPLE:
        password = "-".join(word() for _ in range(4))
        place = ["--site", person.site] if person.site else []
        typed = demo.verb("staff", "add", person.login, "--role", person.role, *place, "--json", typed=password)
        (seed,) = parse_qs(urlsplit(json.loads(typed)["code"]).query)["secret"]
        made.append(replace(person, password=password, seed=seed))
    handle = os.open(demo.data / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump([asdict(person) for person in made], out)
    return made


def word() -> str:
    """Four letters that can be said."""
    return "".join(secrets.choice(letters) for letters in (CONSONANTS, VOWELS) * 2)


def code(person: Person) -> str:
    """What the telephone shows now (RFC 6238)."""
    return pyotp.TOTP(person.seed).now()


def people(data: Path) -> list[Person]:
    """Who has an account in a data folder."""
    return [Person(**each) for each in json.loads((data / FILE).read_text(encoding="utf-8"))]


def told(data: Path) -> str:
    """How to come in, with the codes of this half minute; of the next one where the story has used these."""
    used = int((data / FILE).stat().st_mtime) // STEP
    while int(time.time()) // STEP <= used:
        time.sleep(0.2)
    lines = [f"{each.name:<41} {each.login:<12} {each.password:<20} code {code(each)}" for each in people(data)]
    return "\n".join([*lines, f"The codes count for {STEP - int(time.time()) % STEP} seconds more, each once."])


def worked(story: Story, case: Case) -> Sitting:
    """The Kümmerer sees his case, the data protection officer what was shown to whom; neither more than that."""
    demo = story.demo
    story.chapter("11  Who works here comes in by name, password and a code from the telephone.")
    kuemmerer, officer = hired(demo)
    desk = Sitting(demo.door("staff"))
    desk.come_in(kuemmerer, "000000")
    story.verify(f"the password alone opens nothing: HTTP {desk.status}", desk.status == 403)
    seen = desk.come_in(kuemmerer, code(kuemmerer))
    story.show(seen)
    story.verify(f"{kuemmerer.name}, sees the case at his desk", SHE[1] in seen)
    seen = desk.see(f"case/{case.task['id']}")
    story.verify("  and in it who helps, and how far they are", "Nachbarschaftshilfe Senne" in seen)
    desk.see("audit")
    story.verify(f"  but not the audit: HTTP {desk.status}", desk.status == 403)
    watched(story, case, officer)
    return desk


def watched(story: Story, case: Case, officer: Person) -> None:
    """What the data protection officer sees."""
    desk = Sitting(story.demo.door("staff"))
    seen = desk.come_in(officer, code(officer))
    os.utime(story.demo.data / FILE)  # the codes of this half minute are used
    story.verify(f"{officer.name}, sees what was shown to whom", "Seniorenbüro Brackwede" in seen)
    named = [each for each in SHE if each in seen]
    desk.see(f"case/{case.task['id']}")
    story.verify(f"  without a name, and no case: HTTP {desk.status}", not named and desk.status == 403)
    seen = desk.see("recalls")
    story.verify("  who was asked to delete it, and has", "Seniorenbüro Brackwede" in seen)
    desk.see("audit")
    seen = desk.send("verify")
    story.show("\n".join(seen.splitlines()[:4]))
    story.verify("  and that nobody has touched the audit", "unverändert" in seen)
