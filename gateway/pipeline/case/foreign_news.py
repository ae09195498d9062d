"""What a message says of persons in the codes of another system, without a Task: admitted, on leave, at home again."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from gateway.domain.events import Event, Name
from gateway.domain.foreign import OF_THE_PERSON, Foreign, system_of, translate
from gateway.domain.message import Happened, Message
from gateway.domain.problem import Problem
from gateway.mapping.runtime import every

Resource = dict[str, Any]

TAKEN_BACK = re.compile(r"(?:AN_|cancel-)(.+)")
CORRECTED = re.compile(r"(?:RE_|revise-)(.+)")
INSTEAD: Mapping[str, str] = {"admission": "discharge", "discharge": "admission"}
"""An event -> what it is when it did not happen: who was not admitted is at home, who was not discharged is not."""


def of_the_message(message: Message, system: str) -> Message:
    """The message with what has happened to its persons; `system` is that of the sender, empty for none.

    What it says of nobody it has, or only to be known, goes into its outcome.
    """
    for word, name in events(message, system):
        persons = [str(p["fullUrl"]) for p in message.tree.get("Patient", ()) if p.get("active") is not False]
        persons = persons or ([message.person] if message.person else [])
        happened = [Happened(Event(cast("Name", name), evidence="E4"), person=person) for person in persons if name]
        told = {**message.outcome, "foreign": f"{word.system} {word.code}"}
        message = replace(message, happened=(*message.happened, *happened), outcome=told)
    return message


def events(message: Message, system: str) -> Iterator[tuple[Foreign, str]]:
    """(What was said, event of the person or empty) for each code of the message itself that a table knows."""
    for coding in codings(message):
        spoken = system_of(str(coding.get("system", ""))) or system
        found = read(spoken, str(coding.get("code", ""))) if spoken else None
        if found:
            yield found


def read(system: str, code: str) -> tuple[Foreign, str] | None:
    """A code, also one that takes back or corrects another (`AN_`, `RE_`; `cancel-`, `revise-`)."""
    back, again = TAKEN_BACK.fullmatch(code), CORRECTED.fullmatch(code)
    stem = back or again
    word = translate(system, stem[1] if stem else code)
    if isinstance(word, Problem):
        return None
    event = word.also if word.also in OF_THE_PERSON else ""
    return replace(word, code=code), INSTEAD.get(event, "") if back else event


def codings(message: Message) -> Iterator[Resource]:
    """What the message is about: MessageHeader.event, and the activity that Provenance says led to it (chapter 2.4).

    A Provenance of another header tells the history of earlier messages.
    """
    headers = [str(header.get("fullUrl", "")) for header in message.tree.get("MessageHeader", ())]
    yield from (c for header in message.tree.get("MessageHeader", ()) for c in every(header, ("eventCoding",)))
    for told in message.tree.get("Provenance", ()):
        if set(every(told, ("target", "reference"))) & set(headers):
            yield from every(told, ("activity", "coding"))
