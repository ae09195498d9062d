"""Which keys sealed what is stored."""

import sqlalchemy as sa
from alembic import op

from gateway.store.port import StoreError

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table; nothing is sealed yet."""
    words = [
        sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False)
        for name in ("owner", "name", "since", "state")
    ]
    op.create_table(
        "seal",
        sa.Column("key", sa.String(), nullable=False),
        *words,
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_seal")),
    )


def downgrade() -> None:
    """Take it away; an older gateway could not read what is sealed, so a sealed database stays as it is."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM seal")):
        raise StoreError("the database is sealed, and older gateways cannot read it")
    op.drop_table("seal")
