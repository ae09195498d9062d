"""What people read of something overdue: German, with English beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Europe/Berlin")
SHAPE = "%d.%m.%Y, %H:%M"


@dataclass(frozen=True, slots=True)
class Word:
    """One expression in both languages."""

    de: str
    en: str


TIMERS: Mapping[str, Word] = {
    "draft-settled": Word("Entwurf ist noch nicht fertig", "draft not settled"),
    "consent-given": Word("Einwilligung der Person steht aus", "consent of the person pending"),
    "referral-received": Word("Anfrage ist noch nicht angekommen", "referral not received"),
    "referral-accepted": Word("Anfrage ist noch nicht angenommen", "referral not accepted"),
    "referral-contact": Word("Erster Kontakt steht aus", "first contact pending"),
    "goals-reviewed": Word("Ziele sind zu überprüfen", "goals to be reviewed"),
    "report-sent": Word("Bericht ist noch nicht angekommen", "report not delivered"),
    "report-acknowledged": Word("Abgeschlossen, Bericht nicht bestätigt", "closed, unacknowledged"),
    "measure-delivered": Word("Auftrag ist noch nicht zugestellt", "measure not delivered"),
    "measure-answered": Word("Auftrag ist noch nicht beantwortet", "measure not answered"),
    "measure-noted": Word("Rückmeldung zum Verlauf steht aus", "progress note pending"),
    "hold-reviewed": Word("Ruht schon lange", "on hold for long"),
    "asked-answered": Word("Frage ist noch nicht beantwortet", "question not answered"),
    "stop-answered": Word("Bitte zu beenden ist noch nicht beantwortet", "request to stop not answered"),
    "recall-confirmed": Word("Rückruf von Daten ist nicht bestätigt", "recall of data not confirmed"),
    "decision-made": Word("Entscheidung steht aus", "decision pending"),
}
"""Timer (gateway/domain/tables/timers.csv) -> what has not happened."""
ROLES: Mapping[str, Word] = {
    "owner": Word("wer es in der Hand hat", "owner"),
    "requester": Word("wer darum gebeten hat", "requester"),
    "lead": Word("Leitung", "lead"),
    "gateway": Word("Gateway", "gateway"),
}
"""Parties of a clock."""


def what(timer: str) -> Word:
    """What has not happened, by the name of its timer."""
    return TIMERS.get(timer, Word(timer, timer))


def note(timer: str, due: datetime) -> str:
    """The sentence with which a party is told."""
    said, moment = what(timer), due.astimezone(HERE).strftime(SHAPE)
    return f"Überfällig seit {moment} Uhr: {said.de} (overdue since {moment}: {said.en})"
