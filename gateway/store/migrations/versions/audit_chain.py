"""The audit becomes a chain: each line gets the hash that covers the one before it."""

import sqlalchemy as sa
from alembic import op

from gateway.store.chain import SAID, hash_of

revision = "0005"
down_revision = "0004"
MOST = 1000
"""Lines read at once."""
LINES = f"SELECT number, {', '.join(SAID)} FROM audit WHERE number > :after ORDER BY number LIMIT :most"  # noqa: S608 - our own names
CHAINED = "UPDATE audit SET number = :number, hash = :hash WHERE number = :was"


def upgrade() -> None:
    """Add the hash, and chain what is stored; lines are numbered from 1 without a gap."""
    op.add_column("audit", sa.Column("hash", sa.String(), server_default=sa.text("''"), nullable=False))
    op.create_index("ix_audit_actor", "audit", ["actor", "number"], unique=False)
    connection, after, number, before = op.get_bind(), 0, 0, ""
    while found := connection.execute(sa.text(LINES), {"after": after, "most": MOST}).all():
        for was, *said in found:
            number, before = number + 1, hash_of(number + 1, said, before)
            connection.execute(sa.text(CHAINED), {"number": number, "hash": before, "was": was})
        after = found[-1][0]


def downgrade() -> None:
    """Take the hashes away; the lines stay."""
    op.drop_index("ix_audit_actor", "audit")
    op.drop_column("audit", "hash")
