"""The tables of the first version: journal, resources, outbox, evidence, audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    "map_archive",
    "audit",
    "evidence",
    "lane",
    "outbox_body",
    "outbox",
    "term",
    "resource_version",
    "resource",
    "journal_body",
    "journal",
)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def word(name: str) -> sa.Column[str]:
    """A text that is empty where nothing is known."""
    return sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False)


def words(*names: str) -> list[sa.Column[str]]:
    """Several of them."""
    return [word(name) for name in names]


def count(name: str) -> sa.Column[int]:
    """A number that begins at 0."""
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def sparse(table: str, column: str) -> None:
    """An index of the rows that say something."""
    says = sa.text(f"\"{column}\" != ''")
    op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=says, postgresql_where=says)


def upgrade() -> None:
    """Make all of them."""
    journal()
    resources()
    outbox()
    outbox_lists()
    lanes()
    proof()


def downgrade() -> None:
    """Take all of them away, with what they hold."""
    for name in TABLES:
        op.drop_table(name)


def journal() -> None:
    """Messages."""
    op.create_table(
        "journal",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        *words("partner", "road", "format", "hash", "received"),
        sa.Column("key", sa.String(), nullable=True),
        *words("kind", "charset", "content_type", "state", "step", "map_hash", "replay"),
        *words("decision", "person", "case"),
        sa.Column("settled", sa.String(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal")),
        sa.UniqueConstraint("id", name=op.f("uq_journal_id")),
        sa.UniqueConstraint("partner", "key", name=op.f("uq_journal_partner_key")),
    )
    sparse("journal", "case")
    op.create_index("ix_journal_partner", "journal", ["partner", "number"], unique=False)
    sparse("journal", "person")
    op.create_index("ix_journal_state", "journal", ["state", "number"], unique=False)
    op.create_table(
        "journal_body",
        sa.Column("number", WHOLE, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["journal.number"], name=op.f("fk_journal_body_number"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal_body")),
    )


def resources() -> None:
    """Resources, their versions and terms."""
    op.create_table(
        "resource",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        *(count(name) for name in ("version", "current")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_resource")),
        sa.UniqueConstraint("type", "id", name=op.f("uq_resource_type_id")),
    )
    op.create_table(
        "resource_version",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("resource", WHOLE, nullable=False),
        count("version"),
        *words("updated", "message"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource"], ["resource.number"], name=op.f("fk_resource_version_resource"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_resource_version")),
        sa.UniqueConstraint("resource", "version", name=op.f("uq_resource_version_resource_version")),
    )
    op.create_table(
        "term",
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("resource", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["resource"], ["resource.number"], name=op.f("fk_term_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("type", "name", "value", "resource", name=op.f("pk_term")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_term_resource", "term", ["resource"], unique=False)


def outbox() -> None:
    """Deliveries and their lanes."""
    op.create_table(
        "outbox",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        word("lane"),
        count("place"),
        *words("partner", "road", "format", "media_type", "about", "created", "due"),
        *words("message", "case", "task", "standing"),
        count("attempts"),
        *words("grade", "code", "reason"),
        sa.Column("until", sa.String(), nullable=True),
        count("token"),
        word("worker"),
        sa.Column("settled", sa.String(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )


def outbox_lists() -> None:
    """Indexes for the lists of deliveries, and their bytes."""
    sparse("outbox", "case")
    op.create_index("ix_outbox_lane", "outbox", ["lane", "standing", "place"], unique=False)
    op.create_index("ix_outbox_message", "outbox", ["message"], unique=False)
    op.create_index("ix_outbox_partner", "outbox", ["partner", "number"], unique=False)
    op.create_index("ix_outbox_standing", "outbox", ["standing", "number"], unique=False)
    op.create_table(
        "outbox_body",
        sa.Column("number", WHOLE, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["outbox.number"], name=op.f("fk_outbox_body_number"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox_body")),
    )


def lanes() -> None:
    """Lanes of deliveries."""
    op.create_table(
        "lane",
        sa.Column("name", sa.String(), nullable=False),
        *words("partner", "person"),
        count("tail"),
        sa.Column("head", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lane")),
    )
    op.create_index("ix_lane_due", "lane", ["due", "head", "partner"], unique=False)
    op.create_index("ix_lane_person", "lane", ["person"], unique=False)


def proof() -> None:
    """Evidence, audit, and the formats that were used."""
    op.create_table(
        "evidence",
        sa.Column("number", WHOLE, nullable=False),
        *words("delivery", "at"),
        count("attempt"),
        *words("outcome", "grade", "code", "detail", "hash"),
        sa.Column("reply", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_delivery", "evidence", ["delivery", "number"], unique=False)
    op.create_table(
        "audit",
        sa.Column("number", WHOLE, nullable=False),
        *words("at", "actor", "action", "object", "outcome", "detail"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_object", "audit", ["object", "number"], unique=False)
    op.create_table(
        "map_archive",
        sa.Column("hash", sa.String(), nullable=False),
        word("format"),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_map_archive")),
    )
