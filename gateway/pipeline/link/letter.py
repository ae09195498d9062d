"""What stands in a letter to somebody without a system: what the page would show, and three ways to answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from gateway.directory.parties import Party
from gateway.domain.working_time import BERLIN
from gateway.pipeline.link.rows import sections
from gateway.pipeline.link.view import View
from gateway.pipeline.link.words import LETTERS, WORDS

Block = dict[str, Any]
SHORT = 8
"""Characters of a Task's id by which the Kümmerer finds it."""
COLUMN = " · "


@dataclass(frozen=True, slots=True)
class Way:
    """The page that a letter leads to: its address, empty where there is none, and the one-time key behind its #."""

    base: str = ""
    key: str = ""

    @property
    def url(self) -> str:
        """What is typed or scanned."""
        return f"{self.base}#{self.key}" if self.key else self.base


@dataclass(frozen=True, slots=True)
class Sheet:
    """From whom, to whom, about which Task (its id), on which day."""

    office: Party
    to: Party
    task: str
    at: datetime


def about_measure(sheet: Sheet, view: View, way: Way) -> dict[str, Any]:
    """The data of a letter that asks for a measure, as letter.typ reads them."""
    kinds = {ask.kind for ask in view.asks}
    subject = next((word for kind, word in SUBJECTS.items() if kind in kinds), "measure")
    blocks: list[Block] = [
        text(LETTERS["hello"]),
        text(LETTERS[f"{subject}.lead"]),
        *(text(ask.text, kind="said") for ask in view.asks),
        *parts(view),
        *ways(sheet, way),
        form(subject),
    ]
    return letter(sheet, LETTERS[f"{subject}.subject"], blocks)


def about_code(sheet: Sheet, code: str, base: str) -> dict[str, Any]:
    """The data of a letter that carries the code of a link which came by another way, and nothing of the person."""
    said = LETTERS["code.lead"].format(url=base)
    blocks = [text(LETTERS["hello"]), text(said), text(code, kind="big"), text(LETTERS["code.keep"])]
    return {**letter(sheet, LETTERS["code.subject"], blocks), "purpose": ""}


def letter(sheet: Sheet, subject: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """Head and blocks."""
    office = sheet.office
    info = [
        ("Datum", sheet.at.astimezone(BERLIN).strftime("%d.%m.%Y")),
        ("Unser Zeichen", number(sheet)),
        ("Telefon", office.phone),
    ]
    return {
        "office": office.title,
        "back": COLUMN.join([office.title, *office.address]),
        "to": addressed(sheet.to),
        "info": [[name, value] for name, value in info if value],
        "subject": subject,
        "purpose": LETTERS["purpose.office" if sheet.to.kind == "office" else "purpose"],
        "blocks": list(blocks),
    }


def addressed(to: Party) -> list[str]:
    """The lines of the window; a title that the address begins with is written once."""
    named = bool(to.address) and to.address[0].startswith(to.title)
    return [*([] if named else [to.title]), *to.address]


def ways(sheet: Sheet, way: Way) -> list[Block]:
    """How it may be answered: by the page where one is served, by telephone where the site has one, by post."""
    phone = sheet.office.phone
    open_ways = [
        LETTERS[name] for name, there in (("way.page", way.url), ("way.phone", phone), ("way.post", True)) if there
    ]
    last = open_ways.pop()
    said = f"{', '.join(open_ways)} oder {last}" if open_ways else last
    by_phone = [text(LETTERS["by.phone"].format(phone=phone, number=number(sheet)))] if phone else []
    return [text(LETTERS["ways" if open_ways else "way"].format(ways=said)), *page(way, phone), *by_phone]


def number(sheet: Sheet) -> str:
    """By what the Kümmerer finds the Task: the beginning of its id, which `gateway cases record` takes."""
    return sheet.task[:SHORT].upper()


def german(word: str, value: str) -> str:
    """A value without its English beside it, where it has one."""
    return value.partition(" / ")[0] if word == "field.priority" else value


def parts(view: View) -> list[Block]:
    """The disclosed part in sections, as the page has them."""
    return [
        rows(WORDS[name].de, [(WORDS[word].de, german(word, value)) for word, value in found])
        for name, found in sections(view.tree)
    ]


def page(way: Way, phone: str) -> list[Block]:
    """How to get to the page, with its address as a picture for a telephone; none where no page is served."""
    if not way.url:
        return []
    said = LETTERS["by.page" if way.key else "by.page.again"]
    said = f"{said} {LETTERS['by.page.call']}" if way.key and phone else said
    return [{"kind": "page", "text": said, "url": way.url, "qr": picture(way.url), "alt": LETTERS["qr"]}]


def picture(url: str) -> str:
    """A QR code (ISO/IEC 18004) as SVG."""
    import segno  # noqa: PLC0415 - few processes write letters

    out = BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()


def form(subject: str) -> Block:
    """What is ticked, signed and sent back."""
    return {"kind": "form", "title": LETTERS["form"], "choices": CHOICES[subject], "lines": list(LINES)}


def text(said: str, kind: str = "text") -> Block:
    """A paragraph."""
    return {"kind": kind, "text": said}


def rows(title: str, found: Sequence[tuple[str, str]]) -> Block:
    """A section of names and values."""
    return {"kind": "rows", "title": title, "rows": [list(pair) for pair in found]}


SUBJECTS: Mapping[str, str] = {"recall": "recall", "abort": "stopping", "change": "change", "question": "question"}
"""Kind of what a party is asked -> what the letter is about, the gravest first."""
CHOICES: Mapping[str, list[str]] = {
    "measure": ["Ja, wir übernehmen das.", "Nein, das geht nicht."],
    "question": ["Unsere Antwort steht unten."],
    "change": ["Ja, wir sind einverstanden.", "Nein, es bleibt wie vereinbart. Der Grund steht unten."],
    "recall": ["Ja, alles ist gelöscht oder gesperrt.", "Nein. Der Grund steht unten."],
    "stopping": ["Ja, die Hilfe ist beendet.", "Nein, wir machen weiter. Der Grund steht unten."],
}
LINES = ("Grund oder Antwort:", "", "Name, Datum, Unterschrift:")
