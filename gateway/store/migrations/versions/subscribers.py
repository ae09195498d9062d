"""Events for subscribers, and how far each of them was told."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def word(name: str) -> sa.Column[str]:
    """A text that is empty where nothing is known."""
    return sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False)


def count(name: str) -> sa.Column[int]:
    """A number that begins at nought."""
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "announcement",
        sa.Column("subscription", sa.String(), nullable=False),
        sa.Column("event", sa.BigInteger(), autoincrement=False, nullable=False),
        word("focus"),
        count("version"),
        word("at"),
        word("message"),
        sa.PrimaryKeyConstraint("subscription", "event", name=op.f("pk_announcement")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "subscriber",
        sa.Column("subscription", sa.String(), nullable=False),
        count("last"),
        count("heard"),
        sa.PrimaryKeyConstraint("subscription", name=op.f("pk_subscriber")),
    )


def downgrade() -> None:
    """Take them away; subscribers read what they missed by their own searches."""
    op.drop_table("subscriber")
    op.drop_table("announcement")
