"""The corner cases of csv-spectrum, read as its JSON says (empty cells are absent here)."""

import json
import os
from pathlib import Path

import pytest

from gateway.adapters.delimited import codec

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / os.environ.get("GATEWAY_SHARED", "../shared") / "data" / "hostile" / "csv" / "csv-spectrum"
FILES = sorted((FOLDER / "csvs").glob("*.csv"))
CONTRADICTS = {"location_coordinates": "its JSON holds another phone number than its CSV"}


@pytest.mark.skipif(not FILES, reason="csv-spectrum is not in $GATEWAY_SHARED")
def test_every_file_is_read_as_its_json_says() -> None:
    read = {path.stem: _rows(path) for path in FILES if path.stem not in CONTRADICTS}
    told = {stem: json.loads((FOLDER / "json" / f"{stem}.json").read_text(encoding="utf-8")) for stem in read}
    assert len(read) == 11
    assert read == {
        stem: [{key: cell for key, cell in row.items() if cell} for row in rows] for stem, rows in told.items()
    }


def _rows(path: Path) -> list[dict[str, str]]:
    first = json.loads((FOLDER / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))[0]
    declared = {"name": "first", "header": next(iter(first))}
    done = codec.decode(path.read_bytes(), {"columns": [declared]})
    names = {"first": declared["header"]}
    return [{names.get(key, key).removeprefix("+"): cell for key, cell in row.items()} for row in done.trees[0]["row"]]
