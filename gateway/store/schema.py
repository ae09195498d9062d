"""The tables, for SQLite and PostgreSQL alike: whole numbers, texts and bytes only, moments as ISO 8601 in UTC.

What grows (`journal_body`, `outbox_body`) stands apart from what changes, so that a change of state does not write a
document's bytes once more. Which rows an index leaves out is told for SQLite only: to name PostgreSQL here is to load
its dialect at each start; the migrations tell it.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

Whole = BigInteger().with_variant(Integer(), "sqlite")
"""Only a plain INTEGER numbers itself in SQLite."""


def _number() -> Column[int]:
    return Column("number", Whole, primary_key=True)


def _word(name: str) -> Column[str]:
    return Column(name, String, nullable=False, server_default=text("''"))


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def _body(owner: Table) -> Table:
    """The bytes of a row of another table."""
    number = Column(
        "number", Whole, ForeignKey(owner.c.number, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    return Table(f"{owner.name}_body", metadata, number, Column("data", LargeBinary, nullable=False))


journal = Table(
    "journal",
    metadata,
    _number(),
    Column("id", String, nullable=False, unique=True),
    *(_word(name) for name in ("partner", "road", "format", "hash", "received")),
    Column("key", String, nullable=True),
    *(_word(name) for name in ("kind", "charset", "content_type", "state", "step")),
    *(_word(name) for name in ("map_hash", "replay", "decision", "person", "case")),
    Column("settled", String, nullable=True),
    Column("headers", Text, nullable=False),
    Column("problems", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    UniqueConstraint("partner", "key"),
)
"""Messages as they came and as far as they got; an empty key is NULL and therefore never there twice."""
Index("ix_journal_state", journal.c.state, journal.c.number)
Index("ix_journal_partner", journal.c.partner, journal.c.number)
Index("ix_journal_person", journal.c.person, sqlite_where=journal.c.person != "")
Index("ix_journal_case", journal.c.case, sqlite_where=journal.c.case != "")
journal_body = _body(journal)

resource = Table(
    "resource",
    metadata,
    _number(),
    Column("type", String, nullable=False),
    Column("id", String, nullable=False),
    _count("version"),
    _count("current"),
    _word("updated"),
    UniqueConstraint("type", "id"),
    Index("ix_resource_type", "type", "number"),
    Index("ix_resource_updated", "type", "updated"),
)
"""Resources; `number` is that of their first version, `current` and `updated` are those of the newest."""

resource_version = Table(
    "resource_version",
    metadata,
    _number(),
    Column("resource", Whole, ForeignKey(resource.c.number, ondelete="CASCADE"), nullable=False),
    _count("version"),
    _word("updated"),
    _word("message"),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("resource", "version"),
)
"""All versions, the current ones too, as JSON; `updated` rises strictly with `number`."""

term = Table(
    "term",
    metadata,
    Column("type", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", String, primary_key=True),
    Column("resource", Whole, ForeignKey(resource.c.number, ondelete="CASCADE"), primary_key=True),
    Index("ix_term_resource", "resource"),
    sqlite_with_rowid=False,
)
"""Under what the current version of a resource is found."""

span = Table(
    "span",
    metadata,
    Column("type", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("low", String, primary_key=True),
    Column("high", String, primary_key=True),
    Column("resource", Whole, ForeignKey(resource.c.number, ondelete="CASCADE"), primary_key=True),
    Index("ix_span_high", "type", "name", "high"),
    Index("ix_span_resource", "resource"),
    sqlite_with_rowid=False,
)
"""The dates by which the current version of a resource is found, each from its first to its last microsecond."""

lane = Table(
    "lane",
    metadata,
    Column("name", String, primary_key=True),
    _word("partner"),
    _word("person"),
    _count("tail"),
    Column("head", BigInteger, nullable=True),
    Column("due", String, nullable=True),
    Index("ix_lane_person", "person"),
    Index("ix_lane_due", "due", "head", "partner"),
)
"""`head`: the number of the delivery that may be claimed next, with its `due`; both NULL while one is on its way."""

outbox = Table(
    "outbox",
    metadata,
    _number(),
    Column("id", String, nullable=False, unique=True),
    Column("key", String, nullable=False, unique=True),
    _word("lane"),
    _count("place"),
    *(_word(name) for name in ("partner", "road", "format", "media_type", "about")),
    *(_word(name) for name in ("created", "due", "message", "case", "task", "standing")),
    _count("attempts"),
    *(_word(name) for name in ("grade", "code", "reason")),
    Column("until", String, nullable=True),
    _count("token"),
    _word("worker"),
    Column("settled", String, nullable=True),
    Column("headers", Text, nullable=False),
    Index("ix_outbox_lane", "lane", "standing", "place"),
    Index("ix_outbox_standing", "standing", "number"),
    Index("ix_outbox_partner", "partner", "number"),
    Index("ix_outbox_message", "message"),
)
"""Deliveries; `place` is their order inside the lane."""
Index("ix_outbox_case", outbox.c.case, sqlite_where=outbox.c.case != "")
outbox_body = _body(outbox)

evidence = Table(
    "evidence",
    metadata,
    _number(),
    _word("delivery"),
    _word("at"),
    _count("attempt"),
    *(_word(name) for name in ("outcome", "grade", "code", "detail", "hash")),
    Column("reply", LargeBinary, nullable=False),
    Index("ix_evidence_delivery", "delivery", "number"),
)

audit = Table(
    "audit",
    metadata,
    _number(),
    *(_word(name) for name in ("at", "actor", "action", "object", "outcome", "detail", "hash")),
    Index("ix_audit_object", "object", "number"),
    Index("ix_audit_actor", "actor", "number"),
)
"""A chain (store/chain.py): `hash` covers the line and the one before it."""

map_archive = Table(
    "map_archive",
    metadata,
    Column("hash", String, primary_key=True),
    _word("format"),
    Column("files", LargeBinary, nullable=False),
)
"""The files a format was made of, packed, under their content hash."""

announcement = Table(
    "announcement",
    metadata,
    Column("subscription", String, primary_key=True),
    Column("event", BigInteger, primary_key=True, autoincrement=False),
    _word("focus"),
    _count("version"),
    _word("at"),
    _word("message"),
    sqlite_with_rowid=False,
)
"""Events for subscribers, numbered per subscription."""

subscriber = Table(
    "subscriber",
    metadata,
    Column("subscription", String, primary_key=True),
    _count("last"),
    _count("heard"),
)
"""`last`: the number of the newest event of a subscription; `heard`: of the newest its subscriber was told of."""

mark = Table(
    "mark",
    metadata,
    Column("kind", String, primary_key=True),
    Column("word", String, primary_key=True),
    _word("at"),
    sqlite_with_rowid=False,
)
"""What is remembered: `held`, persons whose deliveries wait; `erased`, hashes of what was deleted."""

seal = Table(
    "seal",
    metadata,
    Column("key", String, primary_key=True),
    *(_word(name) for name in ("owner", "name", "since", "state")),
    Column("text", LargeBinary, nullable=False),
)
"""Keys under which records are sealed: by id, whose, called what, and a known text under each (store/sealing)."""

spent = Table(
    "spent",
    metadata,
    Column("word", String, primary_key=True),
    _word("until"),
    Index("ix_spent_until", "until"),
)
"""Words that count once (RFC 7523, `jti`), hashed, and until when they are remembered."""
