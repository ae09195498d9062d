"""What people read of a plan: German, with English beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["plan", "need", "goal", "measure"]
Language = Literal["de", "en"]


@dataclass(frozen=True, slots=True)
class Word:
    """One expression in both languages."""

    de: str
    en: str

    def __getitem__(self, language: Language) -> str:
        """The expression in one of them."""
        return self.de if language == "de" else self.en


KINDS: Mapping[Kind, Word] = {
    "plan": Word("Hilfeplan", "plan"),
    "need": Word("Bedarf", "need"),
    "goal": Word("Ziel", "goal"),
    "measure": Word("Maßnahme", "measure"),
}
CHANGES: Mapping[str, Word] = {
    "added": Word("neu", "added"),
    "removed": Word("entfällt", "removed"),
    "reached": Word("erreicht", "reached"),
    "changed": Word("{element}: {before} → {after}", "{element}: {before} -> {after}"),
}
"""What is said after kind and name of something that is different."""
LINE = Word("{kind} „{name}“: {said}", '{kind} "{name}": {said}')
NOTHING = Word("keine Angabe", "not stated")
UNNAMED = Word("ohne Bezeichnung", "unnamed")
ELEMENTS: Mapping[str, Word] = {
    "status": Word("Stand", "status"),
    "title": Word("Titel", "title"),
    "area": Word("Bereich", "area of concern"),
    "period": Word("Zeitraum", "period"),
    "author": Word("Verantwortlich", "author"),
    "description": Word("Wortlaut", "wording"),
    "achievement": Word("Zielerreichung", "achievement"),
    "due": Word("bis wann", "due"),
    "what": Word("Leistung", "service"),
    "performer": Word("Ausführung", "performer"),
    "amount": Word("Menge", "quantity"),
    "note": Word("Hinweis", "note"),
    "for": Word("gehört zu", "belongs to"),
}
"""Elements of a plan and its parts by the names that `elements.py` gives them."""
CODES: Mapping[str, Word] = {
    "draft": Word("Entwurf", "draft"),
    "active": Word("aktiv", "active"),
    "on-hold": Word("ruht", "on hold"),
    "revoked": Word("zurückgenommen", "revoked"),
    "completed": Word("abgeschlossen", "completed"),
    "entered-in-error": Word("irrtümlich erfasst", "entered in error"),
    "unknown": Word("unbekannt", "unknown"),
    "proposed": Word("vorgeschlagen", "proposed"),
    "planned": Word("geplant", "planned"),
    "accepted": Word("vereinbart", "accepted"),
    "cancelled": Word("aufgegeben", "cancelled"),
    "rejected": Word("abgelehnt", "rejected"),
    "in-progress": Word("in Arbeit", "in progress"),
    "improving": Word("bessert sich", "improving"),
    "worsening": Word("verschlechtert sich", "worsening"),
    "no-change": Word("unverändert", "no change"),
    "achieved": Word("erreicht", "achieved"),
    "sustaining": Word("bleibt erreicht", "sustaining"),
    "not-achieved": Word("nicht erreicht", "not achieved"),
    "no-progress": Word("kein Fortschritt", "no progress"),
    "not-attainable": Word("nicht erreichbar", "not attainable"),
    "not-started": Word("nicht begonnen", "not started"),
    "scheduled": Word("terminiert", "scheduled"),
    "stopped": Word("abgebrochen", "stopped"),
}
"""Codes of CarePlan.status, Goal.lifecycleStatus, Goal.achievementStatus, activity.detail.status (chapter 9.5, 9.6)."""
HOWS: Mapping[str, Word] = {
    "signature": Word("mit Unterschrift", "signed"),
    "provenance": Word("festgehalten beim Plan", "recorded with the plan"),
    "consent": Word("durch Einwilligung", "by consent"),
    "contributor": Word("als Mitwirkende am Plan", "as contributor to the plan"),
}
"""How a person agreed (`agreement.py`)."""
UNAGREED = Word("keine Zustimmung festgehalten", "no agreement recorded")
AGREED = Word("Zustimmung", "agreement")


def coded(code: str) -> Word:
    """A code in words, itself where there are none."""
    return CODES.get(code, Word(code, code))
