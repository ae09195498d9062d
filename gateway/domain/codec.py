"""What the rooms above agree on: trees, their models, and the codecs between bytes and trees.

A **tree** is made of dicts, lists and leaves. Dict keys are strings, leaves are `str` (every codec) or, for JSON,
also `bool`, `int` and `Number`. Empty strings, empty dicts and empty lists do not occur: what a message leaves out
is not in its tree. A codec's model says which keys a dict of some type may have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from gateway.domain.problem import Problem

Tree = dict[str, Any]
Spec = Mapping[str, Any]
Key = str | int


@dataclass(frozen=True, slots=True)
class Element:
    """One named place below a type of a model.

    key        the dict key in the tree
    type       the type of what stands there; look it up in the model again to go deeper
    listed     the tree holds a list at `key`
    repeats    the standard allows more than one item (implies listed)
    primitive  what stands there is a leaf
    value      for a type that wraps a single leaf (an HL7 v2 field of a primitive type): the key of that leaf
    companion  extensions of this primitive stand under this other key (FHIR: `_birthDate`)
    targets    resource types a FHIR Reference may point to ('*' any), empty for everything else
    """

    key: str
    type: str
    listed: bool = False
    repeats: bool = False
    primitive: bool = False
    value: str = ""
    companion: str = ""
    targets: tuple[str, ...] = ()


class Model(Protocol):
    """Which paths exist in a codec's trees, and how its places are written for people."""

    root: str
    """Type of a whole tree."""

    def element(self, type_name: str, part: str) -> tuple[Element, ...] | None:
        """The steps that one part of a path (the text between dots) means below a type; None where there is none."""

    def parts(self, type_name: str) -> tuple[str, ...]:
        """All parts that a type has, for suggestions, coverage and generated trees."""

    def samples(self, type_name: str) -> tuple[str | bool | int, ...]:
        """Valid leaf values of a primitive type, for generated trees."""

    def place(self, path: Sequence[Key]) -> str:
        """A tree path (dict keys and 0-based list indices) in the notation of the format's own standard."""

    def check(self, tree: Tree, spec: Spec) -> list[Problem]:
        """What a tree breaks of the model: unknown places, cardinalities, values that no reader would take."""

    def canonical(self, tree: Tree, spec: Spec) -> Tree:
        """The tree with all levelled out that the format declares as no difference (`canonical:` of format.yaml)."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a codec made of bytes: one tree per message in order, and the problems it met."""

    trees: list[Tree] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Encoded:
    """What a codec made of trees; with a problem of severity error `data` is empty."""

    data: bytes = b""
    problems: list[Problem] = field(default_factory=list)


class Codec(Protocol):
    """Bytes <-> trees. Never raises on bad input; everything is a problem with a place."""

    name: str
    extension: str
    """File name ending of the codec's files, with the dot (`.hl7`)."""
    media_type: str

    def model(self, spec: Spec) -> Model:
        """The model for a format's options (`options:` of format.yaml)."""

    def decode(self, data: bytes, spec: Spec) -> Decoded:
        """Bytes of one file or frame -> trees; a message that cannot be read is a problem of severity error."""

    def encode(self, trees: Sequence[Tree], spec: Spec) -> Encoded:
        """Trees -> bytes, exactly as the standard and the format's options ask."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the head of a message says before it is decoded: enough to know it again and to answer.

    key          the sender's own id (MSH-10); empty where there is none
    kind         `ADT^A03`
    charset      as declared (MSH-18)
    enhanced     the sender asks for accept acknowledgements (MSH-15 or MSH-16 valued, chapter 2.9.2)
    accept       when the sender wants the accept acknowledgement: AL, NE, ER, SU (table 0155); AL where it says nothing
    application  the same for the application acknowledgement; NE where an enhanced message says nothing
    sender       who says to have sent it (MSH-4), to tell partners behind one address apart
    head         the fields an answer repeats; the codec's own
    problems     why the message cannot be taken, of severity error; the answer is a refusal then
    """

    key: str = ""
    kind: str = ""
    charset: str = ""
    enhanced: bool = False
    accept: str = "AL"
    application: str = "AL"
    sender: str = ""
    head: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class Answering(Protocol):
    """A codec whose format has acknowledgements of its own."""

    def greet(self, data: bytes, spec: Spec) -> Greeting:
        """The head of one message, read without decoding the rest; fast, and never raises."""

    def answer(self, greeting: Greeting, code: str, problems: Sequence[Problem], stamp: datetime, key: str) -> bytes:
        """The acknowledgement: `code` of table 0008 (AA AE AR CA CE CR), the problems as its ERR segments.

        `stamp` and `key` are the answer's own moment and control id. No patient data: places and sentences only.
        """
