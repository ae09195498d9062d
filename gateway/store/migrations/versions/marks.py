"""Persons whose deliveries wait, and hashes of what was deleted and must not come back unseen."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "mark",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("at", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("kind", "word", name=op.f("pk_mark")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take it away; what was held goes on, and what was deleted may come again."""
    op.drop_table("mark")
