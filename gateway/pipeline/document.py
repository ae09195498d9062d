"""What a source sends after its referral: documents and news of the same person belong to the open case."""

from dataclasses import replace

from gateway.domain.message import Message
from gateway.pipeline.reply import is_open
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.terms import source


def attached(message: Message, rooms: Rooms) -> Message:
    """The message with the case it belongs to: the person's open referral from the same source, the latest one."""
    if message.case or not message.person:
        return message
    found = rooms.store.find("Task", [("for", message.person), ("source", message.entry.partner)])
    mine = [v.resource for v in found if "partOf" not in v.resource and source(v.resource) == message.entry.partner]
    open_ones = [task for task in mine if is_open(task)]
    return replace(message, case=f"Task/{open_ones[-1]['id']}") if open_ones else message
