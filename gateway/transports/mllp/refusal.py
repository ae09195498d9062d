"""Negative answers that the road itself gives, because the message never reaches the line (chapter 2.9.3)."""

from gateway.domain.codec import Greeting
from gateway.domain.problem import Problem
from gateway.transports.mllp.desk import Desk

CODES = {(False, False): "AR", (False, True): "AE", (True, False): "CR", (True, True): "CE"}
"""(accept acknowledgement?, error rather than reject?) -> table 0008."""


def of(desk: Desk, data: bytes, problem: Problem, *, error: bool = False) -> bytes:
    """The answer to a message; `error`: it may be sent again, else it will never be taken as it is."""
    greeting = desk.answering.greet(data, {})
    return desk.answering.answer(greeting, code(greeting, error=error), (problem,), desk.now(), desk.new_id())


def code(greeting: Greeting, *, error: bool) -> str:
    """Of the accept level if the sender asks for that one (MSH-15), else of the application level."""
    return CODES[(greeting.enhanced and greeting.accept != "NE", error)]


def too_long(limit: int) -> Problem:
    """The message has more bytes than a frame may have."""
    return Problem(
        "mllp.frame.excess",
        "MSH",
        f"The message has more than the {limit} bytes allowed on this port; nothing of it was kept.",
        "Send large attachments in parts or by another road, or have `max_frame` of the port raised.",
    )


def nobody() -> Problem:
    """Its MSH-4 is that of no partner who may call from there."""
    return Problem(
        "mllp.facility",
        "MSH-4",
        "The sending facility is none of the partners who may call from this address; nothing was kept.",
        "Fill MSH-4 with the name agreed, or have `facility` of the partner corrected.",
    )


def failed() -> Problem:
    """A defect of ours."""
    return Problem(
        "mllp.failed",
        "MSH",
        "The gateway failed to take the message; whether it was kept is not sure.",
        "Send the same message again with the same MSH-10; tell the gateway's operator.",
    )
