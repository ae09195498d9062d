"""What only one partner can have: a number, a watched folder, an address with a facility, a place with a concern."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.directory.concerns import upwards
from gateway.directory.entrance import fingerprint, network
from gateway.directory.party import IDENTIFIERS, Party, Sends
from gateway.directory.routing import span
from gateway.domain.problem import Problem
from gateway.mapping.typed import Document, Key


@dataclass(frozen=True, slots=True)
class Listed:
    """A partner with the file it was read from."""

    party: Party
    document: Document


def clashes(new: Listed, others: Sequence[Party]) -> Iterator[Problem]:
    """What a partner claims although another one, or itself, has it."""
    yield from _identifiers(new, others)
    yield from _folders(new, others)
    yield from _callers(new, others)
    yield from _clients(new, others)


def _identifiers(new: Listed, others: Iterable[Party]) -> Iterator[Problem]:
    taken = {pair: party.id for party in others for pair in identifiers(party)}
    for word, value in new.party.identifiers.items():
        owner = taken.get((IDENTIFIERS.get(word, word), value))
        if owner:
            sentence = f"`{owner}` has the same {word}"
            repair = "one of the two is wrong; a number belongs to one partner"
            yield new.document.finding("directory.twice", ("identifiers", word), sentence, repair)


def _clients(new: Listed, others: Iterable[Party]) -> Iterator[Problem]:
    taken = {client.id: party.id for party in others for client in party.clients}
    for number, client in enumerate(new.party.clients):
        if client.id in taken:
            sentence = f"`{taken[client.id]}` has a client of this name"
            repair = "a client belongs to one partner; give it another name"
            yield new.document.finding("directory.client-twice", ("clients", number, "id"), sentence, repair)


def identifiers(party: Party) -> list[tuple[str, str]]:
    """Identifier systems and values of a party."""
    return [(IDENTIFIERS.get(word, word), value) for word, value in party.identifiers.items()]


def _folders(new: Listed, others: Sequence[Party]) -> Iterator[Problem]:
    written = {road.path for party in (*others, new.party) for road in party.receives if road.road == "folder"}
    watched = {road.path: party.id for party in others for road in party.sends if road.road == "folder"}
    for number, target in enumerate(new.party.receives):
        if target.road == "folder" and target.path in watched:
            yield _loop(new, ("receives", number, "path"))
    for number, road in enumerate(new.party.sends):
        path = ("sends", number, "path")
        if road.road == "folder" and road.path in watched:
            sentence = f"the folder is watched for `{watched[road.path]}` already"
            repair = "give each partner a folder of its own"
            yield new.document.finding("directory.folder", path, sentence, repair)
        elif road.road == "folder" and road.path in written:
            yield _loop(new, path)
        watched |= {road.path: new.party.id} if road.road == "folder" else {}


def _loop(new: Listed, path: Sequence[Key]) -> Problem:
    sentence = "one folder is watched and written into: what is sent would come in again"
    return new.document.finding("directory.loop", path, sentence, "use two folders, one for each way")


def _callers(new: Listed, others: Iterable[Party]) -> Iterator[Problem]:
    known = [(party.id, road) for party in others for road in party.sends if road.road == "mllp"]
    for number, road in enumerate(new.party.sends):
        if road.road != "mllp":
            continue
        owner = next((name for name, other in known if same_caller(road, other)), "")
        if owner:
            sentence = f"a message from there could as well be one of `{owner}`"
            repair = "tell them apart by `from`, `certificate` or `facility` (MSH-4)"
            yield new.document.finding("directory.caller", ("sends", number), sentence, repair)
        known.append((new.party.id, road))


def same_caller(one: Sends, other: Sends) -> bool:
    """Whether one connection and one facility could open both roads with the same right."""
    alike = bool(one.certificate) == bool(other.certificate) and one.facility == other.facility
    shared = set(map(fingerprint, one.certificate)) & set(map(fingerprint, other.certificate))
    return alike and (bool(shared) or not one.certificate) and _near(one.from_, other.from_)


def _near(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two lists of networks have an address in common; an empty list has all."""
    if not (one and other):
        return True
    pairs = ((network(left), network(right)) for left in one for right in other)
    return any(left and right and left.version == right.version and left.overlaps(right) for left, right in pairs)


def overlaps(new: Listed, others: Iterable[Party]) -> Iterator[Problem]:
    """Places for which two sites are responsible in the same concern; such a referral goes to the fallback."""
    for other in others:
        if other.kind != "site" or new.party.kind != "site" or not same_concern(new.party, other):
            continue
        both = [
            *(("ags", at) for at, code in enumerate(new.party.catchment.ags) if code in other.catchment.ags),
            *(("postcodes", at) for at, text in enumerate(new.party.catchment.postcodes) if _shared(text, other)),
        ]
        for word, at in both[:1]:
            sentence = (
                f"`{other.id}` is responsible here too, for the same concern; such a referral goes to the fallback"
            )
            repair = "divide the places, or name different `concerns`"
            yield new.document.finding("directory.overlap", ("catchment", word, at), sentence, repair, "warning")


def same_concern(one: Party, other: Party) -> bool:
    """Whether two sites serve a concern both; a site that names none serves all."""
    if not (one.concerns and other.concerns):
        return True
    above = {code for concern in one.concerns for code in upwards(concern)} & set(other.concerns)
    below = {code for concern in other.concerns for code in upwards(concern)} & set(one.concerns)
    return bool(above or below)


def _shared(text: str, other: Party) -> bool:
    low, high = span(text)
    return any(low <= last and first <= high for first, last in map(span, other.catchment.postcodes))
