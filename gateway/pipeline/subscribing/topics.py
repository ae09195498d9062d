"""What may be subscribed to: topics.csv, and each as SubscriptionTopic in R4 (Subscriptions R5 Backport 1.1)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gateway.domain.system import CANONICAL

TABLE = Path(__file__).with_name("topics.csv")
EXTENSION = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic"
TYPES = "http://hl7.org/fhir/fhir-types"
FILTERS: Mapping[str, tuple[str, ...]] = {
    "Task": ("owner", "requester", "patient", "status", "business-status", "code", "part-of", "group-identifier"),
    "CarePlan": ("patient", "status", "care-team", "based-on", "part-of"),
}
"""Parameters worth narrowing a topic by; any search parameter of the type is taken."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: every new version of a resource of this type that the search finds."""

    name: str
    resource: str
    search: str
    title: str
    description: str

    @property
    def url(self) -> str:
        """Its canonical."""
        return f"{CANONICAL}/SubscriptionTopic/{self.name}"


@cache
def topics() -> Mapping[str, Topic]:
    """All topics by canonical."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    listed = [Topic(row["topic"], row["resource"], row["search"], row["title"], row["description"]) for row in rows]
    return MappingProxyType({topic.url: topic for topic in listed})


def shown() -> list[dict[str, Any]]:
    """The topics as resources."""
    return [basic(topic) for topic in topics().values()]


def basic(topic: Topic) -> dict[str, Any]:
    """A SubscriptionTopic as R4 can hold it: a Basic with its elements as extensions."""
    trigger = [
        {"url": "description", "valueMarkdown": topic.description},
        {"url": "resource", "valueUri": f"http://hl7.org/fhir/StructureDefinition/{topic.resource}"},
        {"url": "supportedInteraction", "valueCode": "create"},
        {"url": "supportedInteraction", "valueCode": "update"},
        *([{"url": "queryCriteria", "extension": current(topic)}] if topic.search else []),
    ]
    return {
        "resourceType": "Basic",
        "id": topic.name,
        "extension": [
            {"url": f"{EXTENSION}.url", "valueUri": topic.url},
            {"url": f"{EXTENSION}.title", "valueString": topic.title},
            {"url": f"{EXTENSION}.status", "valueCode": "active"},
            {"url": f"{EXTENSION}.description", "valueMarkdown": topic.description},
            {"url": f"{EXTENSION}.resourceTrigger", "extension": trigger},
            *(filtered(topic, name) for name in FILTERS[topic.resource]),
        ],
        "code": {"coding": [{"system": TYPES, "code": "SubscriptionTopic"}]},
    }


def current(topic: Topic) -> list[dict[str, Any]]:
    """The search that the new version must be found by, whatever the old one was."""
    return [{"url": "current", "valueString": topic.search}, {"url": "requireBoth", "valueBoolean": False}]


def filtered(topic: Topic, name: str) -> dict[str, Any]:
    """A parameter by which it may be narrowed."""
    said = [{"url": "resource", "valueUri": topic.resource}, {"url": "filterParameter", "valueString": name}]
    return {"url": f"{EXTENSION}.canFilterBy", "extension": said}
