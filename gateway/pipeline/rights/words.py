"""German words for types of data, purposes and law, as a person who is no expert reads them."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "Patient": "Angaben zur Person (Name, Anschrift, Geburtsdatum, Nummern)",
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
}
"""Type of a resource -> what it is for a person."""


def kind_in_words(kind: str) -> str:
    """What a type of data is called."""
    return KINDS.get(kind, kind)
