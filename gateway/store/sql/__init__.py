"""The store over SQL: SQLite, and later PostgreSQL from the same tables."""

from gateway.store.sql.store import SqlStore, open_store

__all__ = ["SqlStore", "open_store"]
