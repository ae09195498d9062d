"""An audit with an anchor, and somebody who has the database file and SQLite."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.domain.ledger import Audit, Note
from gateway.store.anchor import AnchorFile
from gateway.store.port import Store
from gateway.store.sql import open_store
from gateway.store.verify import Verdict, verify
from tests.store.made import at


def line(n: int, **more: Any) -> Audit:
    """A line about Task/n."""
    return replace(Audit(at(n), "klinik", "move", f"Task/{n}", "accepted"), **more)


def noted(store: Store, *lines: Audit) -> None:
    """Into the audit, in one commit."""
    store.commit([Note(one) for one in lines]).result()


class Audited:
    """A database whose audit has ten lines, an anchor after five and after ten, and a note of each."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "gateway.db"
        self.anchor = AnchorFile(folder / "anchor.jsonl")
        store = open_store(self.url)
        for half in (range(1, 6), range(6, 11)):
            noted(store, *(line(n) for n in half))
            head = store.audit(limit=1)[0]
            digest = self.anchor.append(head, at(0))
            noted(store, Audit(at(0), "gateway", "anchor", f"AuditEvent/{head.number}", "written", digest))
        store.close()

    @property
    def url(self) -> str:
        """Its database."""
        return f"sqlite:///{self.file}"

    def tamper(self, *statements: str) -> None:
        """Statements of somebody who has the file."""
        with closing(sqlite3.connect(self.file)) as database, database:
            for statement in statements:
                database.execute(statement)

    def verdict(self, *, anchored: bool = True) -> Verdict:
        """What is found."""
        store = open_store(self.url)
        try:
            return verify(store.trail, self.anchor.lines() if anchored else None)
        finally:
            store.close()

    def found(self, *, anchored: bool = True) -> list[tuple[str, str]]:
        """Code and place of what is found."""
        return [(problem.code, problem.place) for problem in self.verdict(anchored=anchored).problems]
