"""Whom a Provenance names (Provenance.agent, chapter 6.3): who enters what somebody else said, and who that is."""

from collections.abc import Iterator
from typing import Any

from gateway.mapping.runtime import every

Resource = dict[str, Any]

FOR_OTHERS = frozenset({"author", "informant", "performer"})
"""Provenance.agent.type of whoever said what an enterer writes down (value set provenance-agent-type)."""


def agents(provenance: Resource | None) -> Iterator[tuple[str, Resource]]:
    """(Type code, agent) of a Provenance."""
    for agent in every(provenance or {}, ("agent",)):
        if isinstance(agent, dict):
            yield str(next(iter(every(agent, ("type", "coding", "code"))), "")), agent


def is_proxy(provenance: Resource | None) -> bool:
    """Whether somebody enters what somebody else said (workflow.md, proxy entry)."""
    said = [*agents(provenance)]
    others = any("onBehalfOf" in agent or kind in FOR_OTHERS for kind, agent in said)
    return others and any(kind == "enterer" for kind, _ in said)


def behind(provenance: Resource | None) -> Iterator[Resource]:
    """References to who said what an enterer writes down: on whose behalf, else who is named as an informant."""
    said = [*agents(provenance)]
    yield from (agent["onBehalfOf"] for _, agent in said if isinstance(agent.get("onBehalfOf"), dict))
    yield from (agent["who"] for kind, agent in said if kind in FOR_OTHERS and isinstance(agent.get("who"), dict))


def who(agent: Resource) -> str:
    """Who an agent is: its reference, else its identifier."""
    paths = (("who", "reference"), ("who", "identifier", "value"))
    return next((str(found) for path in paths for found in every(agent, path)), "")
