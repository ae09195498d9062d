"""`code TABLE`: codes there and back, with the declared answer to a code without a match (law 3)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.mapping.codes import ABSENT, ELEMENT_SOURCE_CODE, SOURCE_CODE, Row, Table
from gateway.mapping.convert import BY_TYPE, whole_number
from gateway.mapping.language import TablePolicy
from gateway.mapping.plan import Change


@dataclass(frozen=True, slots=True)
class Flagged:
    """A plain code with what stood in the source (None: absent); without a value only that is written."""

    value: str | None
    original: dict[str, Any] | None


def code(table: Table, target: str) -> Change:
    """`code TABLE` for a target type: a plain code, a Coding or a CodeableConcept."""
    if target not in {"Coding", "CodeableConcept"}:
        plain = typed_code(table) if target in BY_TYPE else lambda value: plain_code(table, value)
        return Change("code", plain, lambda value: plain_back(table, as_text(value)), table)
    whole = target == "CodeableConcept"

    def there(value: str) -> dict[str, Any] | None:
        row = table.ours(value)
        coding = coding_of(table, row) if row else missing(table.policy, value)
        if coding is None:
            return None
        if not whole:
            return coding
        return {"coding": [coding]} if row else {"coding": [coding], "text": value}

    return Change("code", there, lambda value: coded_back(table, value.get("coding", ()) if whole else (value,)), table)


def as_text(value: Any) -> str:
    """A JSON value as a table writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def typed_code(table: Table) -> Callable[[str], Any]:
    """Codes of a boolean or a number: the text of the table as the JSON value."""

    def there(value: str) -> Any:
        found = plain_code(table, value)
        if not isinstance(found, str):
            return found
        return found == "true" if found in {"true", "false"} else whole_number(found)

    return there


def plain_code(table: Table, value: str) -> str | Flagged | None:
    """Their code -> our code as text, or what the policy says (docs: Code tables)."""
    row = table.ours(value)
    if row:
        return row.ours
    policy = table.policy
    kept = their_coding(policy, value)
    answers: dict[str, str | Flagged | None] = {
        "error": None,
        "keep": policy.argument + value if policy.argument else Flagged(None, kept),
        "default": Flagged(policy.argument, kept),
        "absent": Flagged(None, None),
    }
    return answers[policy.no_match]


def plain_back(table: Table, value: str) -> str | None:
    """Our code -> theirs."""
    row = table.theirs(str(value))
    before = table.policy.argument if table.policy.no_match == "keep" else ""
    if row:
        return row.theirs
    return value[len(before) :] or None if before and value.startswith(before) else None


def coding_of(table: Table, row: Row) -> dict[str, Any]:
    """The Coding of a row."""
    found = {"system": table.system_of(row), "code": row.ours, "display": row.display}
    return {key: value for key, value in found.items() if value}


def their_coding(policy: TablePolicy, value: str) -> dict[str, Any]:
    """The original code as a Coding."""
    return {"system": policy.their_system, "code": value} if policy.their_system else {"code": value}


def missing(policy: TablePolicy, value: str) -> dict[str, Any] | None:
    """The Coding for a code without a match, by policy."""
    if policy.no_match == "keep":
        return their_coding(policy, value)
    if policy.no_match == "default":
        kept = {"url": SOURCE_CODE, "valueCoding": their_coding(policy, value)}
        coding = {"system": policy.system, "code": policy.argument} if policy.system else {"code": policy.argument}
        return {"extension": [kept], **coding}
    if policy.no_match == "absent":
        return {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}
    return None


def defaulted(value: Any) -> bool:
    """Whether `no match: default` gave this value: it carries the original code."""
    if isinstance(value, dict):
        return any("extension" in coding for coding in value.get("coding", (value,)))
    return isinstance(value, Flagged)


def coded_back(table: Table, codings: Any) -> str | None:
    """The first Coding that has a code of theirs."""
    for coding in codings:
        original = source_code(coding.get("extension"))
        if original:
            return original
        row = table.outward.get((coding.get("system", ""), coding.get("code", "")))
        if row:
            return row.theirs
    if table.policy.no_match == "keep":
        for coding in codings:
            if coding.get("system", "") == table.policy.their_system and coding.get("code"):
                return str(coding["code"])
    return None


def source_code(extensions: Any) -> str | None:
    """The original code kept in the extension `source-code`."""
    for extension in extensions or ():
        if extension.get("url") == SOURCE_CODE:
            found = extension.get("valueCoding", {}).get("code")
            return str(found) if found else None
    return None


def element_code(element: str, coding: dict[str, Any]) -> dict[str, Any]:
    """The original of a plain code, kept on the object that has the element: a bound code needs a value of its own."""
    parts = [{"url": "element", "valueString": element}, {"url": "code", "valueCoding": coding}]
    return {"url": ELEMENT_SOURCE_CODE, "extension": parts}


def kept_of(extension: Any, element: str) -> str | None:
    """The original code, if an extension keeps the one of this element."""
    if not isinstance(extension, dict) or extension.get("url") != ELEMENT_SOURCE_CODE:
        return None
    parts = {part.get("url"): part for part in extension.get("extension", ())}
    if parts.get("element", {}).get("valueString") != element:
        return None
    found = parts.get("code", {}).get("valueCoding", {}).get("code")
    return str(found) if found else None
