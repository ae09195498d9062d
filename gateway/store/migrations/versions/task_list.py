"""The list of Tasks, filled from the resources that are there."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from gateway.store.rows import resource_of

revision = "0002"
down_revision = "0001"
CURRENT = """
    SELECT v.updated, v.body FROM resource r JOIN resource_version v ON v.number = r.current WHERE r.type = 'Task'
"""


def word(name: str) -> sa.Column[str]:
    """A text that is empty where nothing is known."""
    return sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False)


def upgrade() -> None:
    """Make it, and list the Tasks that are there."""
    task = op.create_table(
        "task",
        sa.Column("id", sa.String(), nullable=False),
        *(word(name) for name in ("status", "business", "owner", "requester", "part_of", "based_on", "updated")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_owner", "task", ["owner", "status"], unique=False)
    op.create_index("ix_task_part_of", "task", ["part_of"], unique=False)
    op.create_index("ix_task_status", "task", ["status", "updated"], unique=False)
    connection = op.get_bind()
    for updated, body in connection.execute(sa.text(CURRENT)).all():
        connection.execute(sa.insert(task).values(task_row(resource_of(body), updated)))


def downgrade() -> None:
    """Take it away; nothing is lost, the Tasks are resources."""
    op.drop_table("task")


def _reference(value: Any) -> str:
    """Where a Reference points to: its literal, else its identifier as `system|value`."""
    item = value[0] if isinstance(value, list) and value else value
    if not isinstance(item, Mapping):
        return ""
    identifier = item.get("identifier")
    named = f"{identifier.get('system', '')}|{identifier.get('value', '')}" if isinstance(identifier, Mapping) else ""
    return str(item.get("reference") or named)


def task_row(resource: Mapping[str, Any], updated: str) -> dict[str, str]:
    """What a Task is listed by (chapter 12.1.3)."""
    business = resource.get("businessStatus")
    codings = business.get("coding") if isinstance(business, Mapping) else None
    first = codings[0] if isinstance(codings, list) and codings else {}
    return {
        "id": str(resource["id"]),
        "status": str(resource.get("status", "")),
        "business": str(first.get("code", "")) if isinstance(first, Mapping) else "",
        "owner": _reference(resource.get("owner")),
        "requester": _reference(resource.get("requester")),
        "part_of": _reference(resource.get("partOf")),
        "based_on": _reference(resource.get("basedOn")),
        "updated": updated,
    }
