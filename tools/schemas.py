"""Writes docs/reference/schemas/: JSON Schemas of the files an integrator writes, for editors that complete and check.

`python tools/schemas.py` writes the files, `--check` only says whether they are up to date (exit 1 if not).
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference" / "schemas"


def texts() -> dict[str, str]:
    """File name -> text of each schema."""
    sys.path.insert(0, str(ROOT))
    from gateway.mapping.keys import SCHEMAS, schema  # noqa: PLC0415 - the checkout, not an installed wheel

    made = {name: schema(title, keys) for name, (title, keys) in SCHEMAS.items()}
    return {name: json.dumps(found, ensure_ascii=False, indent=2) + "\n" for name, found in made.items()}


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
