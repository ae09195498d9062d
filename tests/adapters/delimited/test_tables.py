"""Each file in `tables/` is read as its pair says and written back to itself, or to `back`."""

import json
from pathlib import Path

import pytest

from gateway.adapters.delimited import codec
from tests.adapters.delimited.tables import FOLDER, spec

PAIRS = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda path: path.stem)
def test_a_file_is_read_and_written_as_its_pair_says(pair: Path) -> None:
    told = json.loads(pair.read_text(encoding="utf-8"))
    data = next(path for path in FOLDER.glob(pair.stem + ".*") if path != pair).read_bytes()
    options = spec(**told["options"])
    done = codec.decode(data, options)
    assert (done.trees, done.problems) == ([{"row": told["row"]}], [])
    back = told["back"].encode(told["options"].get("charset", "utf-8")) if "back" in told else data
    written = codec.encode(done.trees, options)
    assert [problem for problem in written.problems if problem.severity == "error"] == []
    assert written.data == back
