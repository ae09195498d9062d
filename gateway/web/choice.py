"""Which of a partner's HTTP roads a request takes: by `?format=`, by its only road, by Content-Type."""

from collections.abc import Callable, Sequence

from gateway.directory.parties import Sends
from gateway.domain.problem import Problem


def choose(roads: Sequence[Sends], wanted: str, content_type: str, media: Callable[[str], str]) -> Sends | Problem:
    """One road, or why none can be chosen; `roads` are those the caller's credentials open."""
    if wanted:
        found = [road for road in roads if road.format == wanted]
    elif len(roads) == 1:
        found = list(roads)
    else:
        found = [road for road in roads if alike(content_type, media(road.format))]
    return found[0] if len({road.format for road in found}) == 1 else unclear(roads, wanted)


def alike(said: str, known: str) -> bool:
    """Whether two media types mean the same syntax, parameters and FHIR's own subtype aside."""
    return bool(said) and bool(known) and plain(said) == plain(known)


def plain(media: str) -> str:
    """`application/fhir+json; charset=utf-8` -> `json`; a type without a structured suffix (RFC 6839) as it stands."""
    name = media.partition(";")[0].strip().lower()
    kind = name.rpartition("+")[2] if "+" in name else name
    return kind.removeprefix("application/").removeprefix("text/")


def unclear(roads: Sequence[Sends], wanted: str) -> Problem:
    """No road, or more than one; the formats agreed are told, as the caller is known here."""
    formats = ", ".join(sorted({road.format for road in roads}))
    place = "?format" if wanted else "Content-Type"
    return Problem("http.format", place, "no single format is agreed that fits", f"say `?format=`, one of: {formats}")
