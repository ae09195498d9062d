"""Why a message or a delivery stands where it stands, and what to type next; ids, codes and places only."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gateway.cli import console
from gateway.cli.console import SHORT
from gateway.domain.ledger import Delivery, Entry
from gateway.domain.problem import Problem

if TYPE_CHECKING:
    from gateway.store.port import Store

ALL = 500
QUIET = ("delivered", "waiting", "sending")
"""Standings of deliveries of which a message has nothing to tell."""


def of_message(entry: Entry, store: "Store") -> None:
    """State and step, the problems with rule and repair, the candidates of a doubt, the deliveries that stick."""
    tell(f"{entry.id} from {entry.partner}: {entry.state} at {entry.step or 'receive'}")
    for line in (*shown(entry.problems), *candidates(entry), *decided(entry.outcome)):
        tell(line)
    first = entry.outcome.get("clashes with")
    if first:
        tell(f"  its id was used before, by message {first[:SHORT]}")
    stuck = [d for d in store.deliveries({"message": entry.id}, 0, ALL) if d.standing not in QUIET]
    for delivery in reversed(stuck):
        tell(f"  delivery {delivery.id[:SHORT]} to {delivery.partner} ({delivery.about}): {delivery.standing}")
    if not (entry.problems or stuck or first):
        tell("  nothing is wrong with it")
    for line in effects(entry.outcome):
        tell(line)


def of_delivery(delivery: Delivery, store: "Store") -> None:
    """Standing, the problem with its repair, and each attempt."""
    from gateway.delivery.why import why  # noqa: PLC0415 - with the store

    proofs = store.evidence(delivery.id)
    tell(f"{delivery.id} to {delivery.partner} ({delivery.about}): {delivery.standing} after {len(proofs)} attempts")
    problem = why(delivery, proofs)
    for line in shown([problem] if problem else []):
        tell(line)
    for proof in proofs:
        told = f"{proof.outcome} {proof.grade}, {proof.code}. {proof.detail}".rstrip()
        tell(f"  attempt {proof.attempt} at {proof.at.astimezone():%Y-%m-%d %H:%M:%S}: {told}")
    if delivery.reason:
        tell(f"  reason: {delivery.reason}")
    tell(f"  caused by message {delivery.message[:SHORT]}")


def shown(problems: Sequence[Problem]) -> Iterator[str]:
    """Problems as the other verbs show them; the sentence of a map's problem names its rule as file:line."""
    for problem in problems:
        yield f"  {console.MARK[problem.severity]} {problem.place}: {problem.sentence}  [{problem.code}]"
        yield f"          -> {problem.repair}"


def candidates(entry: Entry) -> Iterator[str]:
    """Who a doubtful message may be about, and the words that decide it."""
    found = entry.outcome.get("candidates") or ()
    for candidate in found:
        agrees, differs = (", ".join(candidate.get(word) or ()) or "nothing" for word in ("agrees", "differs"))
        number = f"[{candidate['patient']}]" if "patient" in candidate else ""
        yield f"  candidate{number} {candidate['person']}: agrees in {agrees}; differs in {differs}"
    if any(problem.code == "match.doubt" for problem in entry.problems):
        several = any("patient" in candidate for candidate in found)
        words = "--person N=ID or --person N=new for each" if several else "--person ID, or --new-person"
        yield f"  decide: gateway messages release {entry.id[:SHORT]} {words}"


def decided(outcome: Mapping[str, Any]) -> Iterator[str]:
    """Why somebody dropped it."""
    if "dropped because" in outcome:
        yield f"  dropped by {outcome.get('dropped by', 'somebody')}: {outcome['dropped because']}"


def effects(outcome: Mapping[str, Any]) -> Iterator[str]:
    """Why a message that is done had no effect."""
    if "no effect" in outcome:
        yield f"  nobody was told: {outcome['no effect']}"
    if "no referral" in outcome:
        yield f"  a request in it began no referral: {outcome['no referral']}"


def tell(line: str) -> None:
    """One line that a terminal takes for nothing but text."""
    sys.stdout.write(console.printable(line) + "\n")
