"""Somebody without a system, who opens the page of a link: in Chromium where there is one, else by plain requests."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from html import unescape
from pathlib import Path
from typing import Any, Protocol

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser")
WORDS = {
    "accept": "Ja, wir übernehmen das",
    "progress": "So weit sind wir",
    "done": "Es ist fertig",
    "stopped": "Ja, wir haben beendet",
    "deleted": "Ja, alles ist gelöscht oder gesperrt",
}
"""Answer -> the line of the page behind which it is given."""
PATIENCE = 30
PHONE = {"width": 360, "height": 740}


class Visitor(Protocol):
    """Who has the link and the code."""

    means: str

    def come_in(self, link: str, code: str) -> str:
        """What the page shows, as text."""

    def say(self, answer: str, text: str = "") -> str:
        """What it shows after an answer."""


class Plain:
    """Without a browser: the same forms, sent by hand."""

    means = "by plain requests, for there is no Chromium here"

    def __init__(self) -> None:
        import requests  # noqa: PLC0415 - the one or the other

        self.new, self.base, self.page = requests.Session, "", ""

    def come_in(self, link: str, code: str) -> str:
        """The key stands behind the `#`, and so in no address that is sent; nobody was here before."""
        self.session = self.new()
        self.session.trust_env = False
        self.base, _, key = link.partition("#")
        return self._post("open", key=key, code=code)

    def say(self, answer: str, text: str = "") -> str:
        """The form of an answer, with all that it holds already."""
        from lxml import html  # noqa: PLC0415 - as above

        forms = (form for form in html.fromstring(self.page.encode()).forms)
        form = next(form for form in forms if "answer" in form.fields and form.fields["answer"] == answer)
        first = {each.name: each.get("value") for each in reversed(form.xpath(".//input[@type='radio']"))}
        return self._post("say", **{**dict(form.fields), **first, "text": text})

    def _post(self, path: str, **form: str) -> str:
        answer = self.session.post(self.base + path, data=form, timeout=PATIENCE)
        self.page = answer.text
        return unescape(re.sub(r"<[^>]+>", " ", self.page))


class InBrowser:
    """In Chromium, as a telephone has it."""

    means = "in Chromium, as wide as a telephone"

    def __init__(self, chromium: Any) -> None:
        self.chromium, self.page = chromium, None

    def come_in(self, link: str, code: str) -> str:
        """The link is opened by somebody who was never here, and the code typed."""
        self.page = self.chromium.new_context(viewport=PHONE).new_page()
        self.page.goto(link)
        self.page.fill("#code", code)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/case")
        return str(self.page.inner_text("main"))

    def say(self, answer: str, text: str = "") -> str:
        """One line of the page is opened, filled in and sent."""
        box = self.page.locator("details.answer").filter(has=self.page.get_by_text(WORDS[answer]))
        box.locator("summary").click()
        for choice in box.locator("input[type=radio]").all()[:1]:
            choice.check()
        if text:
            box.locator("textarea").fill(text)
        with self.page.expect_navigation():
            box.get_by_role("button").click()
        return str(self.page.inner_text("main"))


@contextmanager
def visitor() -> Iterator[Visitor]:
    """Whoever can be had here."""
    chromium = next((path for path in CHROMIUM if Path(path).exists()), "")
    driver = None
    with suppress(ImportError):
        from playwright.sync_api import sync_playwright as driver  # noqa: PLC0415 - a product needs none of it
    if not chromium or driver is None:
        yield Plain()
        return
    with driver() as playing:
        browser = playing.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield InBrowser(browser)
        browser.close()
