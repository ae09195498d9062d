"""What the data protection officer reads: lines of the audit about disclosures and emergencies, in words."""

from collections.abc import Iterator, Mapping, Sequence

from gateway.domain.ledger import Audit
from gateway.pipeline.rights.words import about_in_words, kind_in_words
from gateway.pipeline.rooms import Rooms
from gateway.web.staff.look import local, titled

Line = tuple[str, str, str, str, str]
"""As the page shows it: when, who, what, about what, what came of it."""
URGENT: Mapping[str, str] = {
    "opened": "geöffnet",
    "entered": "hier eingetragen",
    "shown": "angesehen",
    "refused": "abgelehnt",
}
"""What came of an emergency access."""


def disclosed(found: Sequence[Audit], rooms: Rooms) -> Iterator[Line]:
    """Whom something is for, what it is, which sorts of data it has, and the number of the proof."""
    for line in found:
        yield local(line.at), line.actor, line.action, line.object, in_words(line, rooms)


def in_words(line: Audit, rooms: Rooms) -> str:
    """A line written as `about to partner: Type number, ...; delivery; Provenance` in words; any other as it stands."""
    about, _, rest = line.detail.partition(" to ")
    partner, _, rest = rest.partition(": ")
    sorts, *numbers = rest.split("; ")
    if not sorts:
        return line.detail
    data = dict.fromkeys(kind_in_words(each.rpartition(" ")[0]) for each in sorts.split(", "))
    proof = next((number for number in numbers if number.startswith("Provenance/")), "")
    return ". ".join(filter(None, (f"{titled(partner, rooms)}: {about_in_words(about)}", ", ".join(data), proof)))


def urgent(found: Sequence[Audit]) -> Iterator[Line]:
    """What came of each access in an emergency, for whom, until when."""
    for line in found:
        word = URGENT.get(line.outcome, line.outcome)
        outcome = f"{word} ({line.detail})" if line.detail else word
        yield local(line.at), line.actor, line.action, line.object, outcome
