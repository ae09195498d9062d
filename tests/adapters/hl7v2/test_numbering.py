"""Segments that a map made without a set id are counted when they are written, where the format asks for it."""

from gateway.adapters.hl7v2 import codec

HEAD = "MSH|^~\\&|A||||20260320||ORU^R01^ORU_R01|1|P|2.5\r"


def written(text: str, **options: object) -> list[str]:
    trees = codec.decode(text.encode(), {}).trees
    encoded = codec.encode(trees, options)
    assert encoded.problems == []
    return encoded.data.decode().split("\r")[1:-1]


def test_segments_are_counted_in_their_group() -> None:
    text = HEAD + "OBR|1\rOBX||TX|a||x\rOBX||TX|b||y\rOBR|2\rOBX||TX|c||z\r"
    assert [line[:6] for line in written(text, number=["OBX"]) if line.startswith("OBX")] == [
        "OBX|1|",
        "OBX|2|",
        "OBX|1|",
    ]


def test_segments_that_have_numbers_keep_them() -> None:
    text = HEAD + "OBR|1\rOBX|7|TX|a||x\rOBX||TX|b||y\r"
    assert written(text, number=["OBX"]) == text.split("\r")[1:-1]


def test_nothing_is_counted_unless_asked_for() -> None:
    text = HEAD + "OBR|1\rOBX||TX|a||x\r"
    assert written(text) == text.split("\r")[1:-1]


def test_a_tree_of_another_shape_is_a_problem_and_no_crash() -> None:
    encoded = codec.encode([{"MSH": "nonsense", "OBX": [7]}], {"number": ["OBX"]})
    assert encoded.data == b""
    assert encoded.problems
