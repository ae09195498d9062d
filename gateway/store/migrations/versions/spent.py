"""Words that count once, so that who overhears one cannot use it again, not even over a restart."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "spent",
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("until", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_spent")),
    )
    op.create_index("ix_spent_until", "spent", ["until"], unique=False)


def downgrade() -> None:
    """Take it away; what was used up within the last minutes might be used again."""
    op.drop_table("spent")
