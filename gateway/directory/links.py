"""What is wrong with a road to somebody without a system beyond its types: a link, a letter, a call."""

from collections.abc import Iterator

from gateway.directory.known import Known
from gateway.directory.party import BY_PERSON, Party
from gateway.domain.problem import Problem
from gateway.domain.working_time import duration
from gateway.mapping.typed import Document


def links(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """Who has no system is told of measures; a notice and a letter have a folder to go to."""
    for number, road in enumerate(party.receives):
        path = ("receives", number)
        if road.road in BY_PERSON and set(road.for_) != {"measures"}:
            sentence = f"a road `{road.road}` carries measures and nothing else"
            yield document.finding("directory.link-for", (*path, "for"), sentence, "write `for: [measures]`")
        if road.road in BY_PERSON and road.format != "fhir":
            sentence, repair = f"a road `{road.road}` has no format of its own", "drop `format`"
            yield document.finding("directory.link-format", (*path, "format"), sentence, repair)
        if road.road == "link" and road.notify == "folder" and not road.path:
            sentence = "there is no folder for the notices"
            yield document.finding("directory.link-folder", (*path, "notify"), sentence, "add `path: ...`")
        if road.wait and duration(road.wait) is None:
            sentence, repair = "this is no length of time", "write a whole number and hours, days or working-days"
            yield document.finding("directory.wait", (*path, "wait"), sentence, repair)
    yield from reachable(party, document)


def reachable(party: Party, document: Document) -> Iterator[Problem]:
    """A letter needs an address, a call a number; without them the road leads nowhere."""
    for number, road in enumerate(party.receives):
        path = ("receives", number, "road")
        if road.road == "letter" and not party.address:
            sentence = "there is no postal address to write to"
            yield document.finding("directory.letter-address", path, sentence, "add `address: [street, place]`")
        if road.road == "phone" and not party.phone:
            sentence = "there is no telephone number to call"
            yield document.finding("directory.phone-number", path, sentence, "add `phone: ...`")
