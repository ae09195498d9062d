"""Trees that are not what their model says are named place by place; a fault of the engine itself is not hidden."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.mapping import evidence
from tests.mapping.shelves import Desk, rows


@pytest.mark.parametrize("person", [{"name": "x"}, {"name": ["x"]}, {"name": {"given": ["x"]}}])
def test_a_tree_of_a_wrong_shape_gives_problems_and_no_result(desk: Desk, person: Any) -> None:
    form = desk.table("- a <-> name.given[0]\n- b <-> name.given[1] | words").load()
    result = form.from_fhir({"Patient": [person]})
    assert result.tree == {}
    assert "error" in {problem.severity for problem in result.problems}


def test_a_fault_of_the_engine_is_raised(desk: Desk) -> None:
    form = desk.table("- a <-> gender").load()

    def fault(*_: Any) -> int:
        raise KeyError

    ready = form.ready("to_fhir", "account")
    form.made["to_fhir", "account"] = replace(ready, roots=tuple((name, fits, fault) for name, fits, _ in ready.roots))
    with pytest.raises(KeyError):
        form.to_fhir(rows({"a": "male"}), "s")


def test_source_documents_do_not_go_back_but_others_do() -> None:
    patient = {"Patient": [{"fullUrl": "urn:uuid:1"}], "DocumentReference": [{"fullUrl": "urn:uuid:2"}]}
    attached = evidence.attach(patient, b"raw", "text/plain", "trial", "hash")
    assert len(attached["DocumentReference"]) == 2
    assert evidence.without(attached) == patient
    assert evidence.without(patient) == patient
