"""Which keys the files of an integrator may have; parser and published JSON Schemas are made from these tables."""

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["text", "texts", "map", "rules", "ignore", "any", "policy", "directory"]


@dataclass(frozen=True, slots=True)
class KeyWord:
    """One key: what kind of value it takes, what it is for, which values are allowed (none: any)."""

    kind: Kind
    about: str
    choices: tuple[str, ...] = ()
    required: bool = False


UNMAPPED = ("error", "park", "warn")
FORMAT = {
    "format": KeyWord("text", "Name of the format; the name of its folder.", required=True),
    "title": KeyWord("text", "What the format is called in the trade."),
    "extends": KeyWord("text", "Format from which everything is taken that is not stated here."),
    "codec": KeyWord("text", "Adapter between bytes and trees: hl7v2, fhir, delimited, ..."),
    "direction": KeyWord("text", "Which way the format is used.", ("both", "in", "out")),
    "standing": KeyWord("text", "How far it can be relied on.", ("stable", "trial", "draft")),
    "unmapped": KeyWord("text", "What happens when a leaf of the source was neither used nor ignored.", UNMAPPED),
    "null": KeyWord("text", "Leaf value that means «explicitly empty»."),
    "options": KeyWord("any", "Options of the codec; see its README."),
    "names": KeyWord("map", "Short names for long texts, written $name in rules."),
    "patterns": KeyWord("map", "Named patterns for conditions: character classes and counts only."),
    "codes": KeyWord("policy", "Policy of each code table."),
    "canonical": KeyWord("texts", "Differences that are none when a round trip is compared."),
    "roots": KeyWord("texts", "Order in which the root maps are tried."),
}
DIRECTORY = {
    "kind": KeyWord("directory", "What it is: hospital, care-service, office, site, ..."),
    "phone": KeyWord("directory", "Telephone number to call back."),
    "address": KeyWord("directory", "Postal address, line by line."),
    "identifiers": KeyWord("directory", "Numbers it is known by: ik, bsnr, ags, ..."),
    "concerns": KeyWord("directory", "Areas of concern it serves; left out: all."),
    "catchment": KeyWord("directory", "The places a site is responsible for."),
    "role": KeyWord("directory", "Its role where it is decided what it may see."),
    "secrecy": KeyWord("directory", "Whether what it sends of a person's health is under § 203 StGB."),
    "sends": KeyWord("directory", "Roads on which its messages reach us."),
    "receives": KeyWord("directory", "Roads on which it gets ours."),
    "clients": KeyWord("directory", "Its programs that may ask for access tokens."),
    "answers": KeyWord("directory", "How it hears what became of its messages."),
    "statuses": KeyWord("directory", "System whose codes it uses for the status of a Task."),
    "timers": KeyWord("directory", "Times of a site of its own, by timer."),
}
"""Keys of partner.yaml that the directory reads (gateway/directory/party.py); a format passes over them."""
PARTNER = {
    "partner": KeyWord("text", "Name of the partner; the name of its folder.", required=True),
    **{name: word for name, word in FORMAT.items() if name != "format"},
    **DIRECTORY,
}
MAP = {
    "map": KeyWord("text", "Name of the map; rules call it with `| name`.", required=True),
    "source": KeyWord("text", "Type on the left side."),
    "target": KeyWord("text", "Type on the FHIR side; `resources` for a root map."),
    "key": KeyWord("texts", "Business identity of the resource: FHIR paths, `link NAME`, `else`."),
    "when": KeyWord("texts", "Conditions on the left side; all must hold."),
    "back": KeyWord("texts", "Conditions on the FHIR side for the way back."),
    "copy": KeyWord("texts", "Elements that travel as they are: `rest` or their names."),
    "copy in": KeyWord("texts", "The same, only to FHIR."),
    "copy out": KeyWord("texts", "The same, only from FHIR."),
    "except": KeyWord("texts", "Elements that a copy leaves out."),
    "rules": KeyWord("rules", "The rules, one a line."),
    "ignore": KeyWord("ignore", "Paths left out on purpose, each with its reason."),
    "drop": KeyWord("texts", "Left sides of inherited rules that do not hold here."),
}
GUARD = {
    "when": MAP["when"],
    "any": KeyWord("texts", "Conditions on the left side; one must hold."),
    "back": MAP["back"],
    "rules": KeyWord("rules", "The rules the guard stands over.", required=True),
}
POLICY = {
    "no match": KeyWord("text", "error | keep | keep PREFIX | default CODE | absent"),
    "system": KeyWord("text", "Code system of `ours`."),
    "their system": KeyWord("text", "Code system of `theirs`, for kept codings."),
}
NO_MATCH = ("error", "keep", "default", "absent")
CODE_COLUMNS = ("theirs", "ours", "direction", "note", "display", "system")


def schema(title: str, keys: dict[str, KeyWord]) -> dict[str, Any]:
    """JSON Schema (2020-12) of a file with these keys."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, word in keys.items() if word.required],
        "properties": {name: {"description": word.about, **value_schema(word)} for name, word in keys.items()},
        "$defs": {"rules": {"type": "array", "items": {"anyOf": RULE_ITEMS}}},
    }


RULE_ITEMS: list[dict[str, Any]] = [
    {"type": "string", "description": "LEFT <-> RIGHT | CONVERSION"},
    {"type": "object", "maxProperties": 1, "additionalProperties": {"$ref": "#/$defs/rules"}},
    {
        "type": "object",
        "required": ["rules"],
        "additionalProperties": False,
        "properties": {
            "when": {"type": ["string", "array"]},
            "any": {"type": ["string", "array"]},
            "back": {"type": ["string", "array"]},
            "rules": {"$ref": "#/$defs/rules"},
        },
    },
]
SCALAR = {"type": ["string", "number", "boolean"]}
VALUE: dict[Kind, dict[str, Any]] = {
    "text": SCALAR,
    "texts": {"anyOf": [SCALAR, {"type": "array", "items": SCALAR}]},
    "map": {"type": "object", "additionalProperties": SCALAR},
    "ignore": {"type": "object", "additionalProperties": {"type": "string"}},
    "rules": {"$ref": "#/$defs/rules"},
    "any": {"type": "object"},
    "directory": {},
    "policy": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: {"type": "string", "description": word.about} for name, word in POLICY.items()},
        },
    },
}


def value_schema(word: KeyWord) -> dict[str, Any]:
    """Schema of one key's value."""
    return {"enum": list(word.choices)} if word.choices else VALUE[word.kind]


SCHEMAS = {
    "format.schema.json": ("format.yaml of a format", FORMAT),
    "partner.schema.json": ("partner.yaml of a partner", PARTNER),
    "map.schema.json": ("*.map.yaml of a format", MAP),
}
