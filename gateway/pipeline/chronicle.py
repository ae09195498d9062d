"""Step 12: who did what, on whose behalf, and what was said to whom: Provenance and Communication."""

from gateway.domain.message import Message
from gateway.pipeline.rooms import Rooms


def chronicle(message: Message, rooms: Rooms) -> Message:  # noqa: ARG001 - every step is handed the rooms
    """The message with its Provenances and Communications."""
    return message
