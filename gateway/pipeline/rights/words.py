"""German words for types of data, purposes and law, as a person who is no expert reads them."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "Patient": "Angaben zur Person",
    "Task": "Aufgaben und ihr Stand",
    "ServiceRequest": "Aufträge und Hilfen",
    "CarePlan": "Hilfepläne",
    "Goal": "Ziele",
    "CareTeam": "Wer an der Begleitung beteiligt ist",
    "Encounter": "Aufenthalte",
    "Condition": "Diagnosen",
    "Observation": "Befunde und Einschätzungen (auch der Pflegegrad)",
    "AllergyIntolerance": "Allergien und Unverträglichkeiten",
    "Procedure": "Behandlungen",
    "MedicationStatement": "Medikamente",
    "DocumentReference": "Dokumente",
    "Binary": "Dokumente",
    "RelatedPerson": "Angehörige und Betreuende",
    "Coverage": "Kranken- und Pflegekasse",
    "Consent": "Einwilligungen",
    "Communication": "Wer wem wann etwas mitgeteilt hat",
    "Provenance": "Nachweise, woher Angaben stammen und wem sie gezeigt wurden",
    "Flag": "Vermerke",
    "Appointment": "Termine",
    "QuestionnaireResponse": "Fragebögen",
    "SecureLink": "Sichere Links",
    "Message": "Nachrichten, wie sie kamen",
    "SharedMessage": "Inhalt von Nachrichten, die auch andere betreffen",
    "Delivery": "Sendungen mit ihren Nachweisen",
    "Organization": "Einrichtungen",
    "Location": "Orte in Einrichtungen",
    "Practitioner": "Behandelnde und Betreuende",
    "PractitionerRole": "Behandelnde und Betreuende",
    "HealthcareService": "Angebote",
    "Account": "Behandlungsfälle",
    "Bundle": "Nachrichten im Ganzen",
}
"""Type of a resource -> what it is for a person."""


def kind_in_words(kind: str) -> str:
    """What a type of data is called."""
    return KINDS.get(kind, kind)


ABOUT: Mapping[str, str] = {
    "referral": "Auftrag an die Kümmererstelle",
    "handover": "Übergabe an eine andere Kümmererstelle",
    "measures": "Bitte um eine Hilfe",
    "answer": "Rückmeldung über den Stand",
    "task": "Rückmeldung über den Stand",
    "question": "Rückfrage",
    "abort": "Bitte, aufzuhören",
    "change": "Bitte um eine Änderung",
    "approve": "Bitte um Zustimmung",
    "decision": "Bitte um eine Entscheidung",
    "recall": "Bitte, Daten zu löschen",
    "overdue": "Erinnerung",
    "acknowledgement": "Empfangsbestätigung",
}
"""First word of what a delivery is about -> what it is for a person."""
STANDINGS: Mapping[str, str] = {
    "waiting": "noch nicht gesendet",
    "sending": "wird gesendet",
    "delivered": "angekommen",
    "uncertain": "vielleicht angekommen",
    "dead": "nicht angekommen",
    "dropped": "nicht gesendet",
}


def about_in_words(about: str) -> str:
    """What a delivery is about."""
    return ABOUT.get(about.partition(" ")[0], "Mitteilung")


def standing_in_words(standing: str) -> str:
    """What became of a delivery."""
    return STANDINGS.get(standing, standing)


PERIODS: Mapping[str, str] = {
    "cases": "Alles über eine Person, nachdem ihr letzter Fall abgeschlossen ist",
    "strangers": "Alles über eine Person ohne Fall, nachdem zuletzt etwas über sie kam",
    "bodies": "Inhalt von Nachrichten und Sendungen, nachdem sie erledigt sind",
    "parked": "Nachrichten, die auf eine Entscheidung warten",
    "links": "Sichere Links, nachdem sie abgelaufen sind",
    "announcements": "Benachrichtigungen über Änderungen",
}


def period_in_words(period: str, days: float) -> dict[str, str]:
    """A period of deletion and its length, for a row of a table."""
    years = days / 365
    length = f"{years:g} Jahre" if years >= 1 and years == int(years) else f"{days:g} Tage"
    return {"name": PERIODS.get(period, period), "length": "1 Jahr" if length == "1 Jahre" else length}
