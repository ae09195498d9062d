"""What a policy and consents let a recipient see of a word, said plainly and without any of the tested code."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.consent.policy import Role
from tests.disclosure.elements import MEASURE, MORE, PERSON


@dataclass(frozen=True)
class Given:
    """A consent that the person gave, refused, or took back, for one recipient."""

    party: str
    type: str = "permit"
    status: str = "active"
    classes: tuple[str, ...] = ()
    over: bool = False
    secrecy: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is in force."""
        return self.status == "active" and not self.over


@dataclass(frozen=True)
class Case:
    """Who is asked for measures, with which role; what the person said; what is secret."""

    partners: tuple[str, ...]
    roles: dict[str, Role]
    given: tuple[Given, ...] = ()
    secret: frozenset[str] = field(default_factory=frozenset)


def words(case: Case) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Each word, the classes it belongs to, and the one recipient it is for (empty: for any)."""
    for word, classes in {**PERSON, **MORE}.items():
        yield word, classes, ""
    for number, partner in enumerate(case.partners):
        for word, classes in MEASURE.items():
            yield f"{word}{number}", classes, partner


def withheld(case: Case, party: str) -> list[str]:
    """The words that a party must never see."""
    foreign = (word for word, _, owner in words(case) if owner not in ("", party))
    return [*foreign, *(word for word, classes, _ in words(case) if not free(word, classes, case, party))]


def free(word: str, classes: tuple[str, ...], case: Case, party: str) -> bool:
    """Whether a word that may be the party's business may be shown to it."""
    role, said = case.roles[party], [one for one in case.given if one.party == party and one.counts]
    refused = {name for one in said if one.type == "deny" for name in one.classes}
    permitted = {name for one in said if one.type == "permit" for name in one.classes}
    if any(one.type == "deny" and not one.classes for one in said):
        return False
    if role.ground == "consent" and not any(one.type == "permit" for one in said):
        return False
    freed = role.secrecy == "bound" or any(one.secrecy and one.type == "permit" for one in said)
    if word in case.secret and not freed:
        return False
    shut = {*role.never, *refused, *(name for name in role.consent if name not in permitted)}
    open_to_it = {*role.release, *role.consent} - shut
    about = {"everything", *classes}
    return bool(about & open_to_it) and not about & shut
