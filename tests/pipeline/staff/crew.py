"""A world with a few people who work there."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pyotp

from gateway.pipeline.staff import keeping
from gateway.pipeline.staff.account import Account, read
from gateway.pipeline.staff.enter import Entered, Rules, Typed, enter
from tests.pipeline.line.world import START, World

PASSWORD = "Regen Leiter Nordwind Quitte"  # noqa: S105 - of invented people
SITE, OTHER = "stelle-senne", "stelle-mitte"


@dataclass
class Still(World):
    """The world with a clock that goes on only when it is told to."""

    later: timedelta = timedelta()

    def now(self) -> datetime:
        return START + self.later


@dataclass
class Crew:
    """People by login, with the secret of their second factor, which only their telephone knows."""

    world: Still = field(default_factory=Still)
    seeds: dict[str, str] = field(default_factory=dict)

    @property
    def rooms(self) -> Any:
        return self.world.rooms

    def add(self, login: str, role: str = "kuemmerer", site: str = SITE) -> Account:
        wished = Account("", role, "", site if role in {"kuemmerer", "lead"} else "", login)
        made = keeping.added(wished, PASSWORD, "operator test", self.rooms)
        assert made.account, made.problems
        self.seeds[login] = made.account.seed
        return made.account

    def code(self, login: str) -> str:
        """What the telephone shows at this moment."""
        return pyotp.TOTP(self.seeds[login.strip().lower()]).at(self.world.now())

    def enter(self, login: str, password: str = PASSWORD, code: str = "", rules: Rules | None = None) -> Entered:
        return enter(Typed(login, password, code or self.code(login)), rules or Rules(), self.rooms)

    def account(self, key: str) -> Account:
        found = read(key, self.rooms)
        assert found
        return found

    def wait(self, **delta: float) -> None:
        self.world.later += timedelta(**delta)

    def audit(self) -> list[tuple[str, str, str, str]]:
        return [(line.actor, line.action, line.outcome, line.detail) for line in reversed(self.rooms.store.audit())]
