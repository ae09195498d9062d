"""Who could take something over: the parties of the directory that serve a concern, the likeliest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gateway.directory.concerns import upwards
from gateway.directory.party import Party
from gateway.directory.routing import Place, covers_ags, covers_postcode, serves_one

REFERS = frozenset({"practice", "hospital"})
"""Kinds of parties that mostly refer; they carry measures out where a road for measures is agreed."""
SERVES = frozenset({"care-service", "office", "practice", "hospital", "other"})
"""Kinds of parties that carry measures out; relatives are asked by the Kümmerer, not by a list."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A party, and why it stands where it stands: what it serves and where, never anything of the person."""

    party: Party
    why: str


def alternatives(
    parties: Sequence[Party], concerns: Sequence[str], place: Place, without: Collection[str], kind: str = ""
) -> list[Alternative]:
    """The parties that take measures (or `kind`: sites) and serve one of the concerns, ranked; `without` are left out.

    First who serves exactly the concern, then who serves the area above it, then who serves all; inside these who is
    responsible for the place, then who can be reached by an agreed road.
    """
    found = [party for party in parties if takes(party, kind) and party.id not in without]
    fitting = [party for party in found if serves_one(party, concerns) or not concerns]
    ranked = sorted(fitting, key=lambda party: (closeness(party, concerns), nearness(party, place), not party.receives))
    return [Alternative(party, reason(party, concerns, place)) for party in ranked]


def takes(party: Party, kind: str) -> bool:
    """Whether a party is of the kind that is looked for."""
    if kind:
        return party.kind == kind
    return party.kind in SERVES and (party.kind not in REFERS or bool(party.receiving("measures")))


def closeness(party: Party, concerns: Sequence[str]) -> int:
    """0: it names the concern itself; 1: the area above; 2: it names none and serves all."""
    if not party.concerns:
        return 2
    return 0 if set(concerns) & set(party.concerns) or not concerns else 1


def nearness(party: Party, place: Place) -> int:
    """0: the place lies in its catchment; 1: it names no catchment; 2: the place lies outside."""
    if not party.catchment.ags and not party.catchment.postcodes:
        return 1
    return 0 if covers_ags(party, place) or covers_postcode(party, place) else 2


def reason(party: Party, concerns: Sequence[str], place: Place) -> str:
    """The rank in words, for the Kümmerer."""
    served = sorted(set(party.concerns) & {above for concern in concerns for above in upwards(concern)})
    what = f"zuständig für {', '.join(served)}" if served else "ohne Einschränkung des Bereichs"
    where = ("im Einzugsgebiet", "ohne festes Einzugsgebiet", "außerhalb des Einzugsgebiets")[nearness(party, place)]
    return f"{what}; {where}" + ("" if party.receives else "; kein elektronischer Weg vereinbart")
