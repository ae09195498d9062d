"""A policy: classes of data, and which role is shown which of them on which ground."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gateway.consent.paths import Path

Ground = Literal["law", "contract", "consent"]
Secrecy = Literal["bound", "released"]


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence for people, German and English."""

    de: str
    en: str


@dataclass(frozen=True, slots=True)
class DataClass:
    """A class of data that people speak of, and the elements it consists of."""

    name: str
    words: Words
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """What a kind of recipient is shown.

    kinds     kinds of parties that have this role where they state none
    purposes  codes of v3-ActReason for which it may be shown anything (Consent.provision.purpose, chapter 6.2)
    legal     the legal bases, as they are cited
    ground    why it may be shown `release`: by law, by a contract with the person, only with the person's consent
    secrecy   `bound`: under § 203 StGB itself and part of the treatment; `released`: needs a release for such items
    release   classes it is shown; consent: classes it is shown if a consent names them; never: classes it is not shown
    emergency classes it is shown for a day, whatever `never` says, once it has said what the emergency is
    """

    name: str
    words: Words
    kinds: tuple[str, ...]
    purposes: tuple[str, ...]
    legal: tuple[str, ...]
    ground: Ground
    secrecy: Secrecy
    release: tuple[str, ...]
    consent: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    emergency: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy; `hash` is that of its file, so that a disclosure says by which rules it was made.

    `frame` are elements without content of their own that a resource needs to be one (status, intent, subject): they
    are shown of each resource of which something else is shown.
    """

    name: str
    words: Words
    hash: str
    frame: tuple[Path, ...]
    classes: Mapping[str, DataClass]
    roles: Mapping[str, Role]

    def role(self, name: str, kind: str) -> Role | None:
        """The role a party states, else that of its kind; None where the policy knows no such role."""
        return self.roles.get(name) if name else next((r for r in self.roles.values() if kind in r.kinds), None)
