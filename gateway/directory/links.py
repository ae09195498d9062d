"""What is wrong with a road `link` beyond its types."""

from collections.abc import Iterator

from gateway.directory.known import Known
from gateway.directory.party import Party
from gateway.domain.problem import Problem
from gateway.mapping.typed import Document


def links(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """A page for who has no system shows measures in FHIR; a notice of it has a folder to go to."""
    for number, road in enumerate(party.receives):
        path = ("receives", number)
        if road.road == "link" and set(road.for_) != {"measures"}:
            sentence = "a link shows measures and nothing else"
            yield document.finding("directory.link-for", (*path, "for"), sentence, "write `for: [measures]`")
        if road.road == "link" and road.format != "fhir":
            sentence, repair = "a link has no format of its own", "drop `format`"
            yield document.finding("directory.link-format", (*path, "format"), sentence, repair)
        if road.road == "link" and road.notify == "folder" and not road.path:
            sentence = "there is no folder for the notices"
            yield document.finding("directory.link-folder", (*path, "notify"), sentence, "add `path: ...`")
