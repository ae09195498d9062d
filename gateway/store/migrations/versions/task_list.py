"""The list of Tasks, filled from the resources that are there."""

import sqlalchemy as sa
from alembic import op

from gateway.store.rows import resource_of
from gateway.store.rules import task_row

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
