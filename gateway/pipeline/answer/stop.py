"""What became of a wish to stop, for an asker who reads no Tasks: its request where it stands, and the answer why."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.pipeline.answer.news import News
from gateway.pipeline.tasks.family import about

Resource = dict[str, Any]

SAYS: Mapping[str, str] = {
    "completed": "Ihrer Bitte zu beenden wird entsprochen",
    "rejected": "Ihre Bitte zu beenden wurde abgelehnt, die Hilfe geht weiter",
    "failed": "Ihrer Bitte zu beenden konnte nicht entsprochen werden, die Hilfe geht weiter",
}
"""Task.status of a stop (Xi) that was answered -> what that is for its asker."""


def answered(news: News) -> News:
    """The news as one of the Task that was to stop: its own stand, and as the reason what was said to the wish."""
    stop = news.task
    above = news.read(f"Task/{about(stop)}")
    why = str(stop.get("statusReason", {}).get("text", "")) if stop.get("status") != "completed" else ""
    words = ": ".join(filter(None, (SAYS.get(str(stop.get("status")), ""), why)))
    kept = {name: value for name, value in above.items() if name not in ("output", "note", "statusReason")}
    view = {**kept, "statusReason": {"text": words}, "lastModified": stop.get("lastModified")}
    return replace(news, move=replace(news.move, task=view, before=""))
