"""Why a delivery stands where it stands, and what would mend it: a problem for the person who looks."""

from collections.abc import Sequence

from gateway.domain.ledger import Delivery, Evidence
from gateway.domain.problem import Problem


def why(delivery: Delivery, evidence: Sequence[Evidence]) -> Problem | None:
    """The problem of a delivery with its evidence, oldest first; None where it is under way, arrived or dropped."""
    if delivery.standing == "uncertain":
        sentence = "It was sent, but no answer came; the receiver may or may not have it."
        repair = "Ask the receiver. If it has it, drop the delivery; if not, release it."
        return Problem("delivery.uncertain", delivery.id, sentence, repair, "warning")
    if delivery.standing != "dead":
        return None
    if delivery.code == "address":
        sentence = "The directory has no usable road on which this partner receives it."
        repair = "Complete `receives:` in its partner.yaml, then release the delivery."
        return Problem("delivery.address", delivery.id, sentence, repair)
    if evidence and evidence[-1].outcome == "refused":
        sentence = f"The receiver will never take it like this: {delivery.code}."
        repair = "Read the receiver's answer in the evidence; mend the cause and replay the message, or drop it."
        return Problem("delivery.refused", delivery.id, sentence, repair)
    sentence = f"Given up after {delivery.attempts} attempts; the last ended with {delivery.code}."
    repair = "See that the receiver can be reached (`gateway partner test`), then release the delivery."
    return Problem("delivery.exhausted", delivery.id, sentence, repair)
