"""How long what is kept is kept; `gateway retention plan` says what that means now."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from gateway.domain.problem import Problem
from gateway.settings.section import Section

if TYPE_CHECKING:
    from gateway.mapping.typed import Document
    from gateway.settings.model import Settings

Days = Annotated[float, Field(ge=0)]
AT = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Retention(Section):
    """Days after which things are deleted for good; 0: never."""

    cases: Days = Field(
        default=1095, description="Days after the last case of a person has closed: all that is kept about the person."
    )
    strangers: Days = Field(default=180, description="Days since anything was heard of a person who never had a case.")
    bodies: Days = Field(
        default=90,
        description="Days after a message or delivery was settled: its bytes and answers. That it was stays.",
    )
    parked: Days = Field(default=180, description="Days for which a parked message of no case waits for somebody.")
    links: Days = Field(default=30, description="Days after a secure link has ended: what is kept of its secrets.")
    announcements: Days = Field(default=30, description="Days after a subscriber was told of a change: the event.")
    at: str = Field(default="03:00", description="When it is done each day, German time; empty: only by hand.")

    @property
    def days(self) -> dict[str, float]:
        """The periods by name."""
        return {name: float(value) for name, value in self.model_dump().items() if name != "at"}


def retention(settings: "Settings", document: "Document") -> Iterator[Problem]:
    """The time of day."""
    said = settings.retention.at
    if said and not AT.fullmatch(said):
        at, repair = ("retention", "at"), "write for example 03:00, or nothing"
        yield document.finding("settings.time-of-day", at, "this is no time of day", repair)
