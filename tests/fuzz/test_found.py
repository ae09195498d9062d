"""What was found by bad inputs, mended since."""

from pathlib import Path
from unittest import mock

import pytest

from gateway.adapters.hl7v2.codec import Hl7v2Codec
from gateway.fhir import xml
from gateway.fhir.conform import check_resource
from gateway.mapping.dates import Notation, from_fhir, to_moment
from gateway.pipeline.rest.patch import patched
from gateway.settings import examine
from gateway.transports.mllp import refusal
from gateway.transports.mllp.desk import Limits
from gateway.transports.mllp.frame import framed
from tests.fuzz.sockets import spoken
from tests.pipeline.line.world import START
from tests.transports.mllp.desk import Memory, message, serving

MESSAGE = "MSH|^~\\&|A|B|C|D|20260312||ADT^A01|1|P|2²6\rPID|1\r"
TASK = {"resourceType": "Task", "status": "requested"}


@pytest.mark.parametrize("kind", [["Task"], {"a": 1}, None, 1])
def test_a_resource_whose_type_is_no_word_is_none_of_r4(kind: object) -> None:
    assert [problem.code for problem in check_resource({"resourceType": kind})] == ["fhir.resource.type"]


@pytest.mark.parametrize("word", [["copy"], {"op": "copy"}, None])
def test_an_operation_whose_name_is_no_word_is_refused(word: object) -> None:
    made, problems = patched(TASK, [{"op": word, "path": "/status", "from": "/status"}])
    assert (made, [problem.severity for problem in problems]) == (TASK, ["error"])


@pytest.mark.parametrize("inside", ["Goal", {"resourceType": {"url": "x"}}, {"resourceType": "Gaol"}, {}])
def test_a_resource_within_another_that_is_none_is_told_in_xml(inside: object) -> None:
    _, problems = xml.dumps({**TASK, "contained": [inside]})
    assert [problem.code for problem in problems] == ["xml.resource"]


def test_a_path_longer_than_any_file_system_takes_is_a_file_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "gateway.yaml"
    long = "9" * 400
    file.write_text(f"policy: {long}\nsecrets: {long}\nhttp: {{tls: {{certificate: {long}, key: {long}}}}}\n")
    _, problems = examine(file, tmp_path)
    assert {"settings.file", "settings.folder"} <= {problem.code for problem in problems}


@pytest.mark.parametrize("text", ["2026030010", "20260010", "2026000012", "00000101", "202603001030+0100"])
def test_a_day_or_a_month_of_zero_is_no_moment(text: str) -> None:
    assert to_moment(Notation("hl7", "Europe/Berlin"))(text) is None


@pytest.mark.parametrize("offset", ["+9999", "-1401", "+1360"])
def test_an_offset_that_is_none_makes_no_moment(offset: str) -> None:
    assert to_moment(Notation("hl7", "Europe/Berlin"))(f"202603121030{offset}") is None
    assert from_fhir(Notation("hl7", "Europe/Berlin"))(f"2026-03-12T10:30:00{offset[:3]}:{offset[3:]}") is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_the_first_and_the_last_moment_are_written_in_every_notation(text: str) -> None:
    assert from_fhir(Notation("DD.MM.YYYY hh:mm:ss", "Europe/Berlin"))(text)
    assert from_fhir(Notation("hl7", "Europe/Berlin"))(text)


def test_a_version_with_a_sign_that_only_looks_like_a_digit_is_answered() -> None:
    codec = Hl7v2Codec()
    head = codec.greet(MESSAGE.encode(), {})
    assert [problem.code for problem in head.problems] == ["hl7v2.msh.version"]
    assert codec.answer(head, "AR", head.problems, START, "A-1").startswith(b"MSH|")


def test_a_message_whose_refusal_fails_too_leaves_nobody_waiting() -> None:
    memory = Memory(before=lambda arrival: 1 / (len(arrival.data) - len(arrival.data)))
    with serving(memory, Limits(grace=1)) as port, mock.patch.object(refusal, "of", side_effect=ValueError):
        assert spoken(port.number, framed(message("G-1")), lambda got: got.endswith(b"\x1c\r")) == b""
