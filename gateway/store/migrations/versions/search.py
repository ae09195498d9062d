"""What the FHIR interface searches by: dates, moments that rise, the terms of R4's parameters for all that is there.

The list of Tasks goes: terms answer what it was for.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from gateway.fhir.searching.entries import entries
from gateway.store.migrations.versions import task_list
from gateway.store.paging import risen
from gateway.store.rows import resource_of

revision = "0004"
down_revision = "0003"
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOST = 1000
"""Rows read at once."""
VERSIONS = "SELECT number, updated FROM resource_version WHERE number > :after ORDER BY number LIMIT :most"
CURRENT = """
    SELECT r.number, r.type, v.body FROM resource r JOIN resource_version v ON v.number = r.current
    WHERE r.number > :after ORDER BY r.number LIMIT :most
"""
MOMENTS = "UPDATE resource SET updated = (SELECT updated FROM resource_version v WHERE v.number = resource.current)"
TERM = """
    INSERT INTO term (type, name, value, resource) VALUES (:type, :name, :value, :resource) ON CONFLICT DO NOTHING
"""
SPAN = "INSERT INTO span (type, name, low, high, resource) VALUES (:type, :name, :low, :high, :resource)"


def upgrade() -> None:
    """Make them, and fill them from what is stored."""
    op.drop_table("task")
    op.add_column("resource", sa.Column("updated", sa.String(), server_default=sa.text("''"), nullable=False))
    rise()
    op.create_index("ix_resource_type", "resource", ["type", "number"])
    op.create_index("ix_resource_updated", "resource", ["type", "updated"])
    words = [sa.Column(name, sa.String(), nullable=False) for name in ("type", "name", "low", "high")]
    op.create_table(
        "span",
        *words,
        sa.Column("resource", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["resource"], ["resource.number"], name=op.f("fk_span_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("type", "name", "low", "high", "resource", name=op.f("pk_span")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_span_high", "span", ["type", "name", "high"])
    op.create_index("ix_span_resource", "span", ["resource"])
    fill()


def rows(text: str) -> Iterator[tuple[Any, ...]]:
    """All rows of a query, some at a time; their first column rises."""
    connection, after = op.get_bind(), 0
    while found := connection.execute(sa.text(text), {"after": after, "most": MOST}).all():
        yield from (tuple(row) for row in found)
        after = found[-1][0]


def rise() -> None:
    """Every version is later than the one before; a microsecond, where two had one moment."""
    connection, last = op.get_bind(), ""
    change = sa.text("UPDATE resource_version SET updated = :updated WHERE number = :number")
    for number, updated in rows(VERSIONS):
        last, was = risen(updated, last), updated
        if last != was:
            connection.execute(change, {"updated": last, "number": number})
    connection.execute(sa.text(MOMENTS))


def fill() -> None:
    """Terms and spans of the current versions."""
    connection = op.get_bind()
    for number, kind, body in rows(CURRENT):
        terms, spans = entries(resource_of(body))
        owner = {"type": kind, "resource": number}
        if terms:
            connection.execute(sa.text(TERM), [{**owner, "name": n, "value": v} for n, v in terms])
        if spans:
            connection.execute(
                sa.text(SPAN), [{**owner, "name": n, "low": low, "high": high} for n, low, high in spans]
            )


def downgrade() -> None:
    """Take the tables away; terms that nobody asks for stay, and do no harm."""
    op.drop_table("span")
    op.drop_index("ix_resource_updated", "resource")
    op.drop_index("ix_resource_type", "resource")
    op.drop_column("resource", "updated")
    task_list.upgrade()
