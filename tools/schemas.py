"""Writes docs/reference/schemas/: JSON Schemas of the files an integrator writes, for editors that complete and check.

`python tools/schemas.py` writes the files, `--check` only says whether they are up to date (exit 1 if not).
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
AS_TEXT = {
    "integer": r"^(\d+|.*\$\{.*)$",
    "number": r"^(\d+(\.\d+)?|.*\$\{.*)$",
    "boolean": r"^(true|false|yes|no|on|off|.*\$\{.*)$",
}
"""How a value looks that an editor reads as text, or that holds a variable of the environment."""


def schemas() -> dict[str, dict[str, Any]]:
    """File name -> each schema."""
    sys.path.insert(0, str(ROOT))
    from gateway.directory.party import Party  # noqa: PLC0415 - the checkout, not an installed wheel
    from gateway.mapping.keys import SCHEMAS, schema  # noqa: PLC0415 - as above
    from gateway.pipeline.policies.file import PolicyFile  # noqa: PLC0415 - as above
    from gateway.settings.model import Settings  # noqa: PLC0415 - as above

    made = {name: schema(title, keys) for name, (title, keys) in SCHEMAS.items()}
    made["partner.schema.json"] = whole_partner(made["partner.schema.json"], Party.model_json_schema())
    settings = relaxed(Settings.model_json_schema())
    made["gateway.schema.json"] = {"$schema": DIALECT, **settings, "title": "gateway.yaml of a deployment"}
    policy = relaxed(PolicyFile.model_json_schema())
    made["policy.schema.json"] = {"$schema": DIALECT, **policy, "title": "A policy: who sees what"}
    return made


def whole_partner(mapping: dict[str, Any], directory: dict[str, Any]) -> dict[str, Any]:
    """Both halves of partner.yaml: what a format takes from it, and what the directory does."""
    known = relaxed(directory)
    ours = [word for word in known["properties"] if word not in {"partner", "title"}]
    roads = {word: known["properties"][word] for word in ours}
    return {
        **mapping,
        "properties": {**mapping["properties"], **roads},
        "anyOf": [{"required": [word]} for word in ("kind", "extends", "codec")],
        "$defs": {**mapping["$defs"], **known["$defs"]},
    }


def relaxed(found: Any) -> Any:
    """A model's schema as a file may be written: numbers as texts and back, one text where a list may stand."""
    if isinstance(found, list):
        return [relaxed(item) for item in found]
    if not isinstance(found, dict):
        return found
    made = {key: relaxed(value) for key, value in found.items() if key not in {"title", "default", "properties"}}
    if "properties" in found:
        made["properties"] = {key: relaxed(value) for key, value in found["properties"].items()}
    if "enum" in made:
        made["enum"] = [word for word in made["enum"] if word != ""]
    kind = made.get("type")
    if kind in AS_TEXT:
        made |= {"type": [kind, "string"], "pattern": AS_TEXT[kind]}
    elif kind == "string" and "enum" not in made and "const" not in made:
        made["type"] = ["string", "number", "boolean"]
    elif kind == "array" and "$ref" not in made.get("items", {}):
        about = {"description": made.pop("description")} if "description" in made else {}
        made = {**about, "anyOf": [made["items"], made]}
    return made


def texts() -> dict[str, str]:
    """File name -> text of each schema."""
    return {name: json.dumps(found, ensure_ascii=False, indent=2) + "\n" for name, found in schemas().items()}


def main() -> int:
    """Write or check the files."""
    found = texts()
    if "--check" not in sys.argv:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in found.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    stale = [name for name, text in found.items() if not same(FOLDER / name, text)]
    for name in stale:
        print(f"docs/reference/schemas/{name} is not up to date: python tools/schemas.py")
    return 1 if stale else 0


def same(path: Path, text: str) -> bool:
    """Whether a file has this text."""
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
