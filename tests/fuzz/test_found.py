"""What was found by bad inputs, mended since."""

from pathlib import Path

import pytest

from gateway.fhir import xml
from gateway.fhir.conform import check_resource
from gateway.pipeline.rest.patch import patched
from gateway.settings import examine

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
