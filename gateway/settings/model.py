"""Every setting of a gateway with its default and what it is for; docs/reference/settings.md is made from here."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.mapping.typed import one_or_more
from gateway.settings.fhir import Fhir
from gateway.settings.keys import Keys
from gateway.settings.retention import Retention
from gateway.settings.section import Door, Pages, Positive, Section
from gateway.settings.staff import Staff

MEGABYTE = 1_000_000


class Store(Section):
    """Where everything is kept."""

    url: str = Field(default="sqlite:///gateway.db", description="The database, as SQLAlchemy writes it.")


class Http(Door):
    """The HTTP intake with health and metrics."""

    listen: str = Field(default="127.0.0.1:8080", description="Address and port; port 0: any free one.")
    base: str = Field(
        default="", description="Address under which others reach it, ending in `/`; left out: none is told in Bundles."
    )
    max_body: int = Field(default=20 * MEGABYTE, ge=1000, description="Bytes of one request; more is refused.")


class Link(Pages):
    """The page for parties without a system; it has an address of its own."""

    listen: str = Field(default="", description="Address and port; port 0: any free one; empty: there is no page.")
    base: str = Field(
        default="",
        description="Address under which people reach it, ending in `/`, https for all but this machine; left out: as "
        "it listens.",
    )
    days: Positive = Field(default=60, description="Days for which a link counts.")
    tries: int = Field(default=5, ge=1, le=20, description="Wrong codes after which a link is locked.")


class Mllp(Door):
    """One MLLP port."""

    max_frame: int = Field(default=50 * MEGABYTE, ge=1000, description="Bytes of one message; more is refused.")
    idle_timeout: Positive = Field(default=600, description="Seconds of silence after which a connection is closed.")
    max_connections: int = Field(default=1000, ge=1, description="Connections at one time; more are closed at once.")


class Folders(Section):
    """The folders that are watched."""

    interval: Positive = Field(default=2, description="Seconds between two looks; a file must rest as long.")


class Routing(Section):
    """Who is responsible."""

    fallback: str = Field(default="", description="The site that gets what no other is surely responsible for.")


class Retry(Section):
    """How long a delivery waits before it is tried again, and when it is given up."""

    waits: tuple[Positive, ...] = Field(
        default=(1, 5, 30, 120, 600, 1800, 3600),
        min_length=1,
        description="Longest wait in seconds after the first, second, ... attempt; the last one repeats.",
    )
    attempts: int = Field(default=100, ge=1, description="Given up after so many attempts.")
    age: Positive = Field(default=3 * 86_400, description="Given up at so many seconds, once all waits were tried.")
    longest: Positive = Field(default=6 * 3600, description="Longest wait in seconds that a receiver may ask for.")


class Circuit(Section):
    """When a partner that cannot be reached is left alone for a while."""

    failures: int = Field(default=3, ge=1, description="Paused after so many failures in a row.")
    first: Positive = Field(default=5, description="Seconds of the first pause.")
    growth: float = Field(default=2, ge=1, description="By how much each further pause is longer.")
    longest: Positive = Field(default=300, description="Seconds of the longest pause.")


class Delivery(Section):
    """How what is queued goes out."""

    workers: int = Field(default=8, ge=1, le=200, description="Deliveries under way at one time.")
    per_partner: int = Field(default=4, ge=1, description="So many of them to one partner; one where it has MLLP.")
    lease: Positive = Field(default=30, description="Seconds after which the work of a process that died is taken up.")
    retry: Retry = Field(default=Retry(), description="Waits, and when it is given up.")
    circuit: Circuit = Field(default=Circuit(), description="Pauses of partners that cannot be reached.")


class Line(Section):
    """How messages are worked on."""

    batch: int = Field(default=50, ge=1, description="Messages that are taken from the journal at a time.")
    share: float = Field(
        default=0.2, gt=0, le=1, description="Part of the time the line takes at least while messages keep arriving."
    )


class Audit(Section):
    """The proof of who did what. The lines themselves stand in the store and are never removed."""

    anchor: str = Field(
        default="",
        description="File that says now and then where the audit stood, best on another machine's disk that only takes "
        "more; left out: a cut end is not found.",
    )
    every: Positive = Field(default=60, description="Seconds between two lines of the anchor, if anything happened.")


class Logging(Section):
    """What is told on standard error; never a patient's data."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="From which gravity on.")
    format: Literal["json", "text"] = Field(default="text", description="One JSON object a line, or text for people.")


class Shutdown(Section):
    """How the gateway stops."""

    grace: float = Field(default=20, ge=0, description="Seconds in which what is under way may end.")


class Settings(BaseSettings):
    """gateway.yaml; all paths in it start from its own folder."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="GATEWAY__", env_nested_delimiter="__", env_ignore_empty=True
    )

    name: str = Field(default="gateway", description="Name of this gateway in logs and messages.")
    store: Store = Field(default=Store(), description="Where everything is kept.")
    http: Http = Field(default=Http(), description="HTTP intake, health and metrics.")
    fhir: Fhir = Field(default=Fhir(), description="The FHIR interface.")
    link: Link = Field(default=Link(), description="The page for parties without a system.")
    staff: Staff = Field(default=Staff(), description="The pages for those who work with the gateway.")
    mllp: tuple[Mllp, ...] = Field(default=(), description="MLLP ports.")
    folders: Folders = Field(default=Folders(), description="Folders that are watched.")
    mappings: Annotated[tuple[Path, ...], BeforeValidator(one_or_more)] = Field(
        default=(Path("mappings"),), description="Folders of formats and partners, looked into before those that ship."
    )
    secrets: str = Field(default="", description="Folder of secrets: one file each, its name is the secret's.")
    routing: Routing = Field(default=Routing(), description="Who is responsible.")
    keys: Keys = Field(default=Keys(), description="Under which keys the store is sealed.")
    policy: str = Field(default="", description="File of the policy: who sees what; left out: the one that ships.")
    retention: Retention = Field(default=Retention(), description="How long what is kept is kept.")
    delivery: Delivery = Field(default=Delivery(), description="How what is queued goes out.")
    line: Line = Field(default=Line(), description="How messages are worked on.")
    audit: Audit = Field(default=Audit(), description="The proof of who did what.")
    logging: Logging = Field(default=Logging(), description="What is told on standard error.")
    shutdown: Shutdown = Field(default=Shutdown(), description="How the gateway stops.")

    @classmethod
    def settings_customise_sources(cls, *_: Any, **sources: Any) -> tuple[Any, ...]:
        """Only what is given: the environment is laid over the file before (gateway/settings/environment.py)."""
        return (sources["init_settings"],)

    @property
    def asks_certificates(self) -> bool:
        """Whether an MLLP port asks callers for a certificate."""
        return any(door.tls and door.tls.client_ca for door in self.mllp)

    _root: Path = PrivateAttr(default_factory=Path.cwd)

    @property
    def root(self) -> Path:
        """The folder of the file, from which all paths start, those of partners' roads too."""
        return self._root
