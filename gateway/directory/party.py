"""One partner as `partner.yaml` declares it: what it is, where it is responsible, and the roads to and from it."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from gateway.mapping.typed import one_or_more

Kind = Literal["hospital", "care-service", "office", "site", "practice", "relatives", "other"]
Road = Literal["mllp", "http", "folder"]
RoadOut = Literal["mllp", "http", "folder", "link", "letter", "phone"]
Purpose = Literal["referrals", "answers", "measures"]
Milestone = Literal["received", "accepted", "declined", "completed", "paused"]

IDENTIFIERS: Mapping[str, str] = {
    "ik": "http://fhir.de/sid/arge-ik/iknr",
    "bsnr": "https://fhir.kbv.de/NamingSystem/KBV_NS_Base_BSNR",
    "ags": "http://fhir.de/sid/destatis/ags",
    "telematik-id": "https://gematik.de/fhir/sid/telematik-id",
    "standortnummer": "http://fhir.de/sid/dkgev/standortnummer",
    "vknr": "http://fhir.de/sid/kbv/vknr",
}
"""What `identifiers:` may hold, and the identifier system each word stands for; a full URL may stand there too."""
FOR_BY_KIND: Mapping[str, tuple[Purpose, ...]] = {"site": ("referrals", "answers"), "hospital": ("answers",)}
"""What a road takes that does not say `for:`; every other kind receives measures."""
ACCEPT_BY_ROAD: Mapping[str, str] = {"mllp": "done"}
"""When a road answers that does not say `accept:`; every other road once the message is kept."""
BY_PERSON = ("link", "letter", "phone")
"""Roads to somebody without a system: what would be sent as FHIR is shown, printed or told."""
HONOURING = ("mllp", "folder", *BY_PERSON)
"""Roads on which a repeat with the same key does no harm where nothing else is said."""
PYTHON_NAMES = {"for": "for_"}
"""Keys of the file that are reserved words here."""


Texts = Annotated[tuple[str, ...], BeforeValidator(one_or_more)]


class Frozen(BaseModel):
    """A part of partner.yaml: nothing unknown in it, nothing changes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Tls(Frozen):
    """The client side of TLS on a road out."""

    ca: str = Field(default="", description="File with the authorities that are trusted; left out: the system's.")
    certificate: str = Field(default="", description="File with our own certificate, where the partner asks for one.")
    key: str = Field(default="", description="File with its private key.")


class Catchment(Frozen):
    """The places a site is responsible for."""

    ags: Texts = Field(default=(), description="Official municipality keys (AGS), 8 digits.")
    postcodes: Texts = Field(default=(), description="Postcodes, single (`33602`) or as a range (`33602-33739`).")


class Sends(Frozen):
    """One road on which a partner's messages reach us, and how it proves who it is."""

    road: Road = Field(description="The way the bytes come.")
    format: str = Field(description="The format agreed for this road: a folder of `mappings/`, or a partner's own.")
    accept: Literal["kept", "done"] = Field(
        default="kept",
        description="What an answer waits for: the message is `kept`, or the line is `done`. MLLP: done.",
    )
    from_: Texts = Field(default=(), alias="from", description="Addresses it calls from, as networks (`10.1.2.0/24`).")
    facility: str = Field(default="", description="MSH-4 of its messages, where several partners share an address.")
    certificate: Texts = Field(
        default=(), description="Client certificates it may show, as `sha256:` and 64 hex digits."
    )
    token: Texts = Field(default=(), description="Bearer tokens it may show, each as `sha256:` and 64 hex digits.")
    path: str = Field(default="", description="Folder that is watched.")
    pattern: str = Field(default="*", description="Which files of the folder are messages.")
    ready: str = Field(
        default="", description="Suffix of the marker file without which a file is not finished (`.ready`)."
    )


def _format_but_for_people(schema: dict[str, Any]) -> None:
    """In the schema: a road has a format, unless it leads to somebody who reads none."""
    schema["required"].remove("format")
    schema["if"] = {"properties": {"road": {"enum": sorted(BY_PERSON)}}, "required": ["road"]}
    schema["else"] = {"required": ["format"]}


class Receives(Frozen):
    """One road on which a partner gets ours."""

    model_config = ConfigDict(json_schema_extra=_format_but_for_people)

    road: RoadOut = Field(
        description="The way the bytes go; to who has no system: `link` (a page), `letter` (to print), `phone`."
    )
    for_: Annotated[tuple[Purpose, ...], BeforeValidator(one_or_more)] = Field(
        default=(),
        alias="for",
        description="What goes there. Left out: referrals and answers (site), answers (hospital), measures.",
    )
    format: str = Field(description="The format agreed for this road.")
    host: str = Field(default="", description="Host name or address of the receiver (mllp).")
    port: int = Field(default=0, ge=0, le=65535, description="Its port (mllp).")
    url: str = Field(default="", description="Where to send (http).")
    method: Literal["POST", "PUT"] = Field(default="POST", description="How to send (http).")
    headers: Mapping[str, str] = Field(
        default={}, description="Further headers of every request (http); no secrets here."
    )
    secret: str = Field(default="", description="Name of the secret that holds the bearer token (http).")
    path: str = Field(default="", description="Folder to write into (folder, link, letter).")
    name: str = Field(
        default="{key}", description="Name of the file: `{key}`, `{about}` and `{date}` are filled in (folder, link)."
    )
    notify: Literal["desk", "folder"] = Field(
        default="desk",
        description="Who tells it of its link (link): the Kümmerer at the `desk`, or a notice put into a `folder`.",
    )
    tls: Tls | None = Field(
        default=None, description="TLS of the connection; left out: none for mllp, the system's for https."
    )
    timeout: float = Field(default=30, gt=0, le=3600, description="Seconds to wait for an answer.")
    wait: str = Field(
        default="",
        description="How long this road may take until the next one is tried: `3 working-days`; left out: by its rung.",
    )
    honours_key: bool = Field(
        default=False,
        description="A repeat with the same key counts once there, so an unclear one may be repeated. Http: no.",
    )

    def address(self, secrets: Mapping[str, str] = {}) -> dict[str, Any]:
        """The road's own settings for a `Parcel`, its secret looked up in `secrets` (empty if it is not there)."""
        said = self.model_dump(exclude={"road", "for_", "format", "wait"}, exclude_none=True)
        tls = said.get("tls", {})
        return {**said, **tls, "secret": secrets.get(self.secret, "") if self.secret else ""}


SWORN = frozenset({"hospital", "practice", "care-service"})
"""Kinds of partners whose people are under § 203 StGB, unless partner.yaml says otherwise."""


class Answers(Frozen):
    """How a partner hears what became of its message."""

    as_: Literal["", "MDM^T02", "RRI^I12", "Task", "list"] = Field(
        default="", alias="as", description="What carries the answer; left out: no answers."
    )
    tell: Annotated[tuple[Milestone, ...], BeforeValidator(one_or_more)] = Field(
        default=("received", "accepted", "declined", "completed"), description="Which news it wants."
    )


class Client(Frozen):
    """A program of the partner that may ask for access tokens (SMART Backend Services)."""

    id: str = Field(description="Its name, `iss` and `sub` of what it signs; belongs to one partner only.")
    jwks: Mapping[str, Any] | str = Field(
        description="Its public keys as a JWK Set, or the file that holds it; ES256, ES384 or RS384, each with `kid`."
    )
    scopes: Texts = Field(default=(), description="What it may do at most: `system/Task.rus`, `system/*.read`.")


class Party(Frozen):
    """One partner; `id` is the name of its folder."""

    id: str = Field(alias="partner", description="Name of the partner; the name of its folder.")
    title: str = Field(default="", description="What the partner is called.")
    kind: Kind = Field(description="What it is.")
    phone: str = Field(
        default="", description="Telephone number to call back; those who hear of a referral are told it."
    )
    address: Texts = Field(default=(), description="Postal address, line by line, for letters to and from it.")
    identifiers: Mapping[str, str] = Field(
        default={}, description="Numbers it is known by: ik, bsnr, ags, telematik-id ..."
    )
    concerns: Texts = Field(default=(), description="Areas of concern it serves; left out: all.")
    catchment: Catchment = Field(default=Catchment(), description="The places a site is responsible for.")
    role: str = Field(default="", description="Its role where it is decided what it may see.")
    secrecy: Literal["", "203", "none"] = Field(
        default="",
        description="Whether what it sends of a person's health is under professional secrecy (§ 203 StGB) and marked "
        "so; left out: `203` for a hospital, a practice, a care-service.",
    )
    sends: tuple[Sends, ...] = Field(default=(), description="Roads on which its messages reach us.")
    receives: tuple[Receives, ...] = Field(default=(), description="Roads on which it gets ours.")
    clients: tuple[Client, ...] = Field(default=(), description="Its programs that may ask for access tokens.")
    answers: Answers = Field(default=Answers(), description="How it hears what became of its messages.")
    statuses: str = Field(
        default="",
        description="System whose codes it uses for the status of a Task (`bser`); left out: FHIR's and ours.",
    )
    timers: Mapping[str, str] = Field(
        default={},
        description="Times of its own that a site has, by timer: `measure-answered: 3 working-days`.",
    )

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, value: Any) -> Any:
        """What is left unsaid and depends on the kind of partner or road."""
        if not isinstance(value, Mapping):
            return value
        usual = FOR_BY_KIND.get(str(value.get("kind")), ("measures",))
        roads_in = _completed(value.get("sends"), lambda road: {"accept": ACCEPT_BY_ROAD.get(road, "kept")})
        roads_out = _completed(value.get("receives"), lambda road: {"for": usual, **_usual_out(road)})
        given = {"sends": roads_in, "receives": roads_out}
        return {**value, **{word: roads for word, roads in given.items() if roads is not None}}

    @property
    def sworn(self) -> bool:
        """Whether its people are bound by § 203 StGB."""
        return self.secrecy == "203" or (not self.secrecy and self.kind in SWORN)

    @property
    def manner(self) -> str:
        """What carries an answer to it (`answers.as`), empty for nothing; a site that says nothing hears by Task."""
        usual = "Task" if self.kind == "site" and self.receiving("answers") else ""
        return self.answers.as_ or usual

    @property
    def called(self) -> bool:
        """Whether nothing is sent to it on purpose: it is called by telephone, or looks into the FHIR interface."""
        looks = any(road.road == "http" for road in self.sends)
        return self.kind != "site" and not self.receives and (bool(self.phone) or looks)

    def receiving(self, purpose: Purpose) -> tuple[Receives, ...]:
        """The roads that take `referrals`, `answers` or `measures`, the preferred one first."""
        return tuple(road for road in self.receives if purpose in road.for_)


def _usual_out(road: str) -> Mapping[str, Any]:
    """What a road out leaves unsaid; a page shows what would be sent as FHIR."""
    return {"honours_key": road in HONOURING, **({"format": "fhir"} if road in BY_PERSON else {})}


def _completed(roads: Any, usual: Callable[[str], Mapping[str, Any]]) -> Any:
    """Roads with what they leave unsaid; anything but a list of roads is left for the types to refuse."""
    if not isinstance(roads, list | tuple):
        return roads
    return [_completed_road(road, usual) for road in roads]


def _completed_road(road: Any, usual: Callable[[str], Mapping[str, Any]]) -> Any:
    """One road, as a file or as the code gives it."""
    if isinstance(road, Frozen):
        said, name = road.model_fields_set, str(getattr(road, "road", ""))
        left = {PYTHON_NAMES.get(word, word): value for word, value in usual(name).items()}
        return road.model_copy(update={word: value for word, value in left.items() if word not in said})
    if isinstance(road, Mapping):
        left = {
            word: value for word, value in usual(str(road.get("road"))).items() if PYTHON_NAMES.get(word) not in road
        }
        return {**left, **road}
    return road
