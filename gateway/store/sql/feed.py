"""The versions of all resources as they were written, newest first: what history asks of a type or the whole store."""

from functools import cache

from sqlalchemy import bindparam
from sqlalchemy.sql.expression import Executable

from gateway.domain.ledger import Version
from gateway.store.schema import resource, resource_version
from gateway.store.sealing import records
from gateway.store.sql.link import Link
from gateway.store.sql.reading import VERSION

EVERY = VERSION.join(resource_version, resource_version.c.resource == resource.c.number)


@cache
def _newest(typed: bool, paged: bool) -> Executable:  # noqa: FBT001 - the key of the cache
    conditions = [resource.c.type == bindparam("kind")] if typed else []
    if paged:
        conditions.append(resource_version.c.number < bindparam("before"))
    return EVERY.where(*conditions).order_by(resource_version.c.number.desc()).limit(bindparam("most"))


def versions(link: Link, kind: str, before: int, limit: int) -> list[Version]:
    """Versions of a type (of all types where it is empty) below a number (0: from the newest on)."""
    values = {"kind": kind, "before": before, "most": limit}
    return records.versions(link.seals, link.rows(_newest(bool(kind), bool(before)), values))
