"""What a search may ask for: elements that are shown of every resource of a type, whatever it holds."""

import pytest

from gateway.consent.decide import Asking, Decision, Verdict
from gateway.consent.listing import element, listed
from gateway.consent.paths import path
from gateway.consent.trie import Node, root

ASKING = Asking("amt", "", "office", "Patient/1")


def above(*lines: str) -> Node:
    """The place above all types of a policy: `+path` is released, `-path` withheld, `=path` frame."""
    reasons = {"+": "law", "-": "never", "=": "frame"}
    verdicts = []
    for line in lines:
        found = path(line[1:])
        assert found is not None
        verdicts.append(Verdict(found, reasons[line[0]]))
    return root(Decision(ASKING, "p", "h", verdicts=tuple(verdicts)))


@pytest.mark.parametrize(
    ("lines", "asked", "found"),
    [
        (["+Patient.name"], "name", True),
        (["+Patient.name"], "name.family", True),
        (["+Patient.name.given"], "name", False),
        (["+Patient.name.given"], "name.given", True),
        (["+Patient.name", "-Patient.name.family"], "name", False),
        (["+Patient.name", "-Patient.name.family"], "name.given", True),
        (["+Patient.name", "-Patient.name.family"], "name.family", False),
        (["+Patient"], "birthDate", True),
        (["+*", "-Patient.birthDate"], "birthDate", False),
        (["+Patient", "-Patient[active=true]"], "birthDate", False),
        (["+Patient[active=true]"], "birthDate", False),
        (["+Patient[active=true].birthDate"], "birthDate", False),
        (["+Patient.identifier[system=x]"], "identifier", False),
        (["+Patient", "-Patient.identifier[system=x]"], "identifier", False),
        (["=*.gender"], "gender", True),
        ([], "gender", False),
    ],
)
def test_an_element_is_asked_for_if_all_of_it_is_shown(lines: list[str], asked: str, found: bool) -> None:  # noqa: FBT001 - a table
    assert element("Patient", tuple(asked.split(".")), above(*lines)) is found


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["+Patient.name"], True),
        (["=*.status"], False),
        (["+Patient", "-Patient[active=true]"], False),
        (["+Patient[active=true]"], False),
        (["+*"], True),
        (["+*", "-Patient"], False),
        ([], False),
    ],
)
def test_a_type_is_listed_if_no_resource_of_it_is_withheld_for_what_it_holds(lines: list[str], found: bool) -> None:  # noqa: FBT001 - a table
    assert listed("Patient", above(*lines)) is found
