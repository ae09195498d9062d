"""Bytes <-> trees for HL7 v2 ER7 (chapter 2)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from gateway.adapters.hl7v2 import answer, charset, envelope, greeting, message
from gateway.adapters.hl7v2.limits import Limits, excess, limits
from gateway.adapters.hl7v2.model import MODEL, Hl7v2Model
from gateway.adapters.hl7v2.numbering import numbered
from gateway.domain.codec import Decoded, Encoded, Greeting, Spec, Tree
from gateway.domain.problem import Problem


class Hl7v2Codec:
    """The codec `hl7v2`; its options are told in README.md beside this file."""

    name = "hl7v2"
    extension = ".hl7"
    media_type = "x-application/hl7-v2+er7"

    def model(self, spec: Spec) -> Hl7v2Model:  # noqa: ARG002 - one model for all options
        """The one model of all versions and dialects."""
        return MODEL

    def decode(self, data: bytes, spec: Spec) -> Decoded:
        """Bytes of one file or frame -> a tree per message."""
        allowed = limits(spec)
        too_much = excess(data, allowed)
        if too_much:
            return Decoded(problems=too_much)
        parts = envelope.split_file(data)
        decoded = Decoded(problems=parts.problems)
        fallback = str(spec.get("fallback") or "")
        for number, part in enumerate(parts.messages, 1):
            tree, problems = _read(part, parts.codec, fallback, allowed)
            if tree is not None:
                decoded.trees.append(tree)
            decoded.problems.extend(problems if len(parts.messages) == 1 else [_numbered(p, number) for p in problems])
        return decoded

    def encode(self, trees: Sequence[Tree], spec: Spec) -> Encoded:
        """Trees -> bytes in the character set of each MSH-18."""
        fallback = str(spec.get("fallback") or "")
        encoded = Encoded()
        out: list[bytes] = []
        for number, tree in enumerate(trees, 1):
            data, problems = _write(tree, fallback, spec.get("number") or ())
            out.append(data)
            encoded.problems.extend(problems if len(trees) == 1 else [_numbered(p, number) for p in problems])
        if any(p.severity == "error" for p in encoded.problems):
            return encoded
        if spec.get("batch") and out:
            out = _batch(out)
        return Encoded(b"".join(out), encoded.problems)

    def greet(self, data: bytes, spec: Spec) -> Greeting:
        """MSH of the first message, without reading on (chapter 2.14.9)."""
        return greeting.greet(data, spec)

    def answer(self, head: Greeting, code: str, problems: Sequence[Problem], stamp: datetime, key: str) -> bytes:
        """The acknowledgement of a message whose head was read (chapter 2.9)."""
        return answer.answer(head, code, problems, stamp, key)


def _read(data: bytes, codec: str, fallback: str, allowed: Limits) -> tuple[Tree | None, list[Problem]]:
    header = data[:65536].partition(b"\r")[0].partition(b"\n")[0]
    name = charset.declared(header)
    if codec:
        name, fallback = "UTF-8", fallback or codec
    text, found, problems = charset.decode_text(data, name, fallback)
    if text is None:
        return None, problems
    tree, more = message.read_message(text, found, allowed.leaf)
    if tree is not None and charset.MISLABELLED in problems:
        tree["MSH"][0]["18"] = [{"1": "UNICODE UTF-8"}]
    return tree, problems + more


def _write(tree: Tree, fallback: str, number: Collection[str]) -> tuple[bytes, list[Problem]]:
    try:
        tree = numbered(tree, number) if number else tree
        name = str(tree["MSH"][0].get("18", [{}])[0].get("1", "")).strip().upper()
        codec, _, problems = charset.chosen(name, fallback)
        text = message.write_message(tree, codec)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError):
        return b"", [*MODEL.check(tree, {}), _shapeless()]
    try:
        return text.encode(codec), problems
    except UnicodeEncodeError:
        return b"", charset.unwritable(text, codec)


def _numbered(problem: Problem, number: int) -> Problem:
    place = f"message {number}, {problem.place}"
    return Problem(problem.code, place, problem.sentence, problem.repair, problem.severity)


def _batch(messages: list[bytes]) -> list[bytes]:
    """Messages in a batch envelope with the first one's delimiters, parties and time (chapter 2.10.3)."""
    header = messages[0].partition(b"\r")[0]
    separator = header[3:4]
    fields = header.split(separator)
    head = separator.join([b"BHS", *fields[1:7]]).rstrip(separator)
    return [head + b"\r", *messages, b"BTS" + separator + str(len(messages)).encode() + b"\r"]


def _shapeless() -> Problem:
    return Problem(
        "hl7v2.tree.shape",
        "MSH",
        "The tree is not that of a message: a segment MSH with usable delimiters, lists of fields, values as text.",
        "Let the map fill MSH and build fields as the model says.",
    )
