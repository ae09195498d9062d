"""FHIR's JSON and XML (chapter 2.6) <-> one resource tree per file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.adapters.fhir.model import FhirModel
from gateway.domain.codec import Decoded, Encoded, Model, Spec, Tree
from gateway.domain.problem import Problem, worst
from gateway.fhir import bundle, json, packages
from gateway.fhir.bundle import Form
from gateway.fhir.items import profile_urls
from gateway.fhir.json import Limits
from gateway.fhir.validate import check_profiles, validate

MODEL = FhirModel()


def _limits(spec: Spec) -> Limits:
    if "limits" not in spec:
        return json.LIMITS
    given = spec["limits"]
    known = {name: given[name] for name in ("bytes", "depth") if name in given} if isinstance(given, Mapping) else {}
    return Limits(**known)


def _form(spec: Spec) -> Form:
    order = tuple(spec.get("order", bundle.ORDER))
    return Form(spec.get("bundle", "collection"), spec.get("base", ""), order)


def _parse(data: bytes, spec: Spec) -> tuple[Any, list[Problem]]:
    """JSON or XML, told apart by the first character."""
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        from gateway.fhir import xml  # noqa: PLC0415 - lxml takes its time, and four megabytes

        return xml.loads(data, _limits(spec))
    return json.loads(data, _limits(spec))


def _write(resource: dict[str, Any], spec: Spec) -> tuple[bytes, list[Problem]]:
    if spec.get("syntax", "json") == "xml":
        from gateway.fhir import xml  # noqa: PLC0415 - as above

        return xml.dumps(resource)
    try:
        return json.dumps(resource, pretty=bool(spec.get("pretty", False))), []
    except TypeError:
        sentence, repair = "The tree holds a value that JSON cannot write.", "Write text, numbers and booleans only."
        return b"", [Problem("fhir.encode", "file", sentence, repair)]


def _unclaimed(resource: dict[str, Any], spec: Spec) -> list[Problem]:
    """A file that claims none of the format's profiles escapes its rules: that is said."""
    if not isinstance(resource, dict) or any(url in packages.load(spec["rules"]) for url in profile_urls(resource)):
        return []
    sentence = "The file claims none of the format's profiles, so most of its rules were not applied."
    return [Problem("profile.unclaimed", "meta.profile", sentence, "Name the format's profile in meta.profile.")]


def _tolerant(resource: dict[str, Any], spec: Spec) -> list[Problem]:
    """What a file to be read breaks of the format's rules: an error only where something demanded is missing."""
    if "rules" not in spec or not isinstance(resource, dict):
        return []
    found = _unclaimed(resource, spec) + check_profiles(resource, packages.load(spec["rules"]))
    return [p if p.code == "profile.missing" else replace(p, severity="warning") for p in found]


def _exact(resource: dict[str, Any], spec: Spec) -> list[Problem]:
    """What a file to be written breaks of R4 and of the format's rules."""
    if "rules" not in spec:
        return []
    return _unclaimed(resource, spec) + validate(resource, packages.load(spec["rules"]))


class FhirCodec:
    """The codec `fhir`; its options are told in README.md beside this file."""

    name = "fhir"
    extension = ".json"
    media_type = "application/fhir+json"

    def model(self, spec: Spec) -> Model:  # noqa: ARG002 - one model for all options
        """The elements of FHIR R4."""
        return MODEL

    def decode(self, data: bytes, spec: Spec) -> Decoded:
        """A resource or Bundle -> one tree; with an error there is no tree."""
        value, problems = _parse(data, spec)
        if problems and worst(problems) == "error":
            return Decoded([], problems)
        problems += _tolerant(value, spec)
        tree, found = bundle.read(value)
        problems += found
        return Decoded([] if worst(problems) == "error" else [tree], problems)

    def encode(self, trees: Sequence[Tree], spec: Spec) -> Encoded:
        """One tree -> a Bundle in the form the options ask; several trees are several files and a problem here."""
        if len(trees) != 1:
            sentence = f"A FHIR file holds one Bundle, here are {len(trees)} results."
            return Encoded(b"", [Problem("fhir.one", "file", sentence, "Write each result to a file of its own.")])
        resource = bundle.write(trees[0], _form(spec))
        broken = _exact(resource, spec)
        data, problems = _write(resource, spec)
        return Encoded(b"" if worst(broken + problems) == "error" else data, broken + problems)


codec = FhirCodec()
