"""Groups and the order of segments (chapter 2.12)."""

import pytest

from gateway.adapters.hl7v2 import codec
from gateway.adapters.hl7v2.structure import structure, structure_name, texts


def message(kind: str, *names: str) -> bytes:
    return f"MSH|^~\\&|||||||{kind}\r".encode() + b"".join(f"{n[:3]}|{n}\r".encode() for n in names)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (("ADT", "A08", ""), "ADT_A01"),
        (("ADT", "A08", "ADT_A08"), "ADT_A01"),
        (("ADT", "A13", ""), "ADT_A01"),
        (("ADT", "A40", ""), "ADT_A39"),
        (("ADT", "A12", ""), "ADT_A12"),
        (("MDM", "T08", ""), "MDM_T02"),
        (("REF", "I15", ""), "REF_I12"),
        (("RRI", "I13", ""), "RRI_I12"),
        (("SIU", "S14", "SIU_S14"), "SIU_S12"),
        (("ACK", "A01", ""), "ACK"),
        (("ADT", "A99", ""), "ADT_A01"),
        (("XYZ", "Z01", ""), ""),
    ],
)
def test_msh_9_names_a_structure(kind: tuple[str, str, str], name: str) -> None:
    assert structure_name(*kind) == name


def test_every_structure_can_be_read_and_begins_with_its_header() -> None:
    assert {structure(name).order[0] for name in texts()} <= {"MSH", "QRD"}


def test_segments_are_written_in_the_order_of_the_structure() -> None:
    (tree,) = codec.decode(message("ADT^A01", "ZZ1", "DG1", "PV1", "PID", "EVN"), {}).trees
    names = [line[:3] for line in codec.encode([tree], {}).data.split(b"\r")]
    assert names == [b"MSH", b"EVN", b"PID", b"PV1", b"DG1", b"ZZ1", b""]


def test_a_segment_without_a_place_is_kept_and_named() -> None:
    decoded = codec.decode(message("ADT^A01", "PID", "TXA"), {})
    assert "TXA" in decoded.trees[0]
    assert [(p.code, p.place, p.severity) for p in decoded.problems] == [
        ("hl7v2.structure.place", "TXA", "information")
    ]


def test_an_unknown_message_type_is_named_and_read_flat() -> None:
    decoded = codec.decode(message("XYZ^Z01", "PID", "IN1", "IN2"), {})
    assert list(decoded.trees[0]) == ["MSH", "PID", "IN1", "IN2"]
    assert [p.code for p in decoded.problems] == ["hl7v2.structure.unknown"]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("ADT^A01", ["PID", "PV1", "PR1", "ROL", "IN1", "ROL", "IN1", "IN2", "IN3", "ZBE"]),
        ("ADT^A40", ["PV1", "PID", "MRG", "PID", "MRG", "PV1"]),
        ("REF^I12", ["RF1", "PRD", "CTD", "PRD", "CTD", "CTD", "PID", "OBR", "OBX", "NTE", "PV1", "NTE"]),
        ("REF^I12", ["RF1", "NTE", "OBR", "OBX"]),
        ("ORU^R01", ["OBR", "OBX", "ORC", "OBR", "NTE", "ORC"]),
        ("ORU^R01", ["PID", "ORC", "PV1", "OBR", "ORC"]),
        ("MDM^T02", ["PID", "ORC", "OBR", "TXA", "OBX", "NTE", "OBX"]),
        ("ADT^A17", ["PID", "PV1", "PID", "PV1"]),
    ],
)
def test_disorder_comes_to_rest_after_one_writing(kind: str, names: list[str]) -> None:
    trees = codec.decode(message(kind, *(f"{n}{i}" for i, n in enumerate(names))), {}).trees
    assert codec.decode(codec.encode(trees, {}).data, {}).trees == trees


def test_two_patients_of_a_swap_keep_their_own_visits() -> None:
    (tree,) = codec.decode(message("ADT^A17", "PID1", "PV11", "PID2", "PV12"), {}).trees
    assert [pid["PV1"][0]["1"] for pid in tree["PID"]] == [[{"1": "PV11"}], [{"1": "PV12"}]]


@pytest.mark.parametrize("kind", ["ADT^A03", "ADT^A08", "ADT^A40", "MDM^T02", "REF^I12"])
def test_a_message_of_a_person_without_pid_is_an_error_that_says_so(kind: str) -> None:
    found = [(p.code, p.place, p.severity) for p in codec.decode(message(kind, "EVN"), {}).problems]
    assert ("hl7v2.segment.missing", "PID", "error") in found


@pytest.mark.parametrize(("kind", "names"), [("ADT^A20", ["NPU"]), ("ACK", ["MSA"]), ("ADT^A03", ["PID"])])
def test_what_is_about_nobody_or_says_about_whom_misses_nothing(kind: str, names: list[str]) -> None:
    assert [p for p in codec.decode(message(kind, *names), {}).problems if p.severity == "error"] == []
