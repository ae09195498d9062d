"""Whose a commit is: the site that owns the case it is about (the owner of its Task), else the gateway."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from gateway.domain.ledger import Change, Conclude, Keep, Prove, Queue, Save, Settle
from gateway.store.schema import outbox, resource, term
from gateway.store.sealing.ring import GATEWAY, head
from gateway.store.sql.link import Link

PARTY = "Organization/"
OWNER = (
    select(term.c.value)
    .join(resource, resource.c.number == term.c.resource)
    .where(resource.c.type == "Task", resource.c.id == bindparam("task"), term.c.name == "owner")
)
UNDER = (
    "SELECT substr(v.body, 1, 12) FROM resource r JOIN resource_version v ON v.number = r.current WHERE r.number = ?"
)
CASE = select(outbox.c.case).where(outbox.c.id == bindparam("which"))


def owner(link: Link, changes: Sequence[Change]) -> str:
    """Under whose key a commit is written."""
    if link.seals is None or not link.seals.ring.sites:
        return GATEWAY
    saved = [change.resource for change in changes if isinstance(change, Save)]
    tasks = {each.get("id"): each for each in saved if each.get("resourceType") == "Task"}
    for case in _cases(link, changes):
        key = case.removeprefix("Task/")
        site = said(tasks[key]) if key in tasks else stored(link, case)
        if site in link.seals.ring.sites:
            return site
    return GATEWAY


def stored(link: Link, case: str) -> str:
    """Who owns a case (`Task/<id>`) that is stored, empty where nobody does."""
    found = link.row(OWNER, {"task": case.removeprefix("Task/")}) if case else None
    return str(found[0]).removeprefix(PARTY) if found else ""


def keep(link: Link, resource: int) -> None:
    """What was a site's stays the site's, where a commit speaks of no case."""
    if link.seals is None or not link.seals.ring.sites or link.seals.owner != GATEWAY:
        return
    found = link.told(UNDER, (resource,))
    key = link.seals.ring.keys.get(head(found[0][0])) if found else None
    link.seals.owner = key.owner if key else GATEWAY


def said(task: dict[str, Any]) -> str:
    """Who owns a Task."""
    return str(task.get("owner", {}).get("reference", "")).removeprefix(PARTY)


def _cases(link: Link, changes: Sequence[Change]) -> Iterator[str]:
    """The cases that a commit speaks of, those first that are named."""
    for change in changes:
        if isinstance(change, Settle):
            yield str(change.changes.get("case") or "")
        elif isinstance(change, Keep):
            yield change.entry.case
        elif isinstance(change, Queue):
            yield change.delivery.case
        elif isinstance(change, Save):
            yield from (value for name, value in _terms(change) if name == "case")
    for change in changes:
        which = change.delivery if isinstance(change, Conclude) else ""
        which = change.evidence.delivery if isinstance(change, Prove) else which
        found = link.row(CASE, {"which": which}) if which else None
        if found:
            yield found[0]


def _terms(change: Save) -> Sequence[tuple[str, str]]:
    return change.terms if change.resource.get("resourceType") == "Task" else ()
