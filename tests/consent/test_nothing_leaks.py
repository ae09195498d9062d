"""For generated resources, policies and consents: no withheld value in any serialisation of what is shown."""

import json
from itertools import count
from typing import Any

from hypothesis import event, settings
from hypothesis import given as generated
from hypothesis import strategies as st

from gateway.consent.decide import Decision, decide
from gateway.consent.project import project
from gateway.fhir import json as fhir_json
from gateway.fhir import xml
from tests.consent.people import NOW, asking, care, consent, named, of, policy, to

Resource = dict[str, Any]
ELEMENTS = {
    "Patient": ["name.family", "name.given", "birthDate", "address.city", "telecom.value", "identifier.value"],
    "ServiceRequest": ["code.text", "note.text", "reasonCode.text", "authoredOn", "subject.display"],
    "Condition": ["code.text", "note.text", "subject.display"],
    "Task": ["description", "note.text", "for.display", "code.text"],
}
LISTS = {"name", "given", "address", "telecom", "identifier", "note", "reasonCode"}
LINKS = {"ServiceRequest": ("subject", "requester"), "Condition": ("subject",), "Task": ("for", "focus")}
PATHS = [*ELEMENTS, *(f"{kind}.{name}" for kind, names in ELEMENTS.items() for name in names)]
PATHS += ["*", "*.note", "Patient.name", "ServiceRequest.subject", "Task.for"]


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Resource], dict[str, tuple[str, str]]]:
    """Resources whose every value is another, and where each value stands."""
    values: dict[str, tuple[str, str]] = {}
    numbers = count(100)
    names = [f"{kind}/{n}" for kind in ELEMENTS for n in range(draw(st.integers(1, 2)))]
    made = []
    for name in names:
        kind, _, key = name.partition("/")
        resource: Resource = {"resourceType": kind, "id": key, "status": "active"}
        for element in draw(st.lists(st.sampled_from(ELEMENTS[kind]), unique=True)):
            value = f"canary{next(numbers)}"
            values[value] = (name, f"{kind}.{element}")
            put(resource, element.split("."), value)
        for link in LINKS.get(kind, ()):
            resource.setdefault(link, {})["reference"] = draw(st.sampled_from(names))
        told = ", ".join(value for value, (owner, _) in values.items() if owner == name)
        if told and draw(st.booleans()):
            resource["text"] = {"status": "generated", "div": f"<div>{told}</div>"}
        made.append(resource)
    return made, values


def put(node: Resource, steps: list[str], value: str) -> None:
    """A value at a path, lists where R4 has them."""
    for step in steps[:-1]:
        below: Any = node.setdefault(step, [{}] if step in LISTS else {})
        node = below[0] if isinstance(below, list) else below
    node[steps[-1]] = [value] if steps[-1] in LISTS else value


PERMISSIONS = st.lists(
    st.builds(
        lambda status, kind, who, classes, things: consent(
            "c", status, type=kind, **to(who), **care(), **of(*classes), **named(*things)
        ),
        st.sampled_from(["active", "inactive"]),
        st.sampled_from(["permit", "deny"]),
        st.sampled_from(["sozialamt", "wohnungsamt"]),
        st.lists(st.sampled_from("abc"), unique=True),
        st.lists(st.sampled_from(["Condition/0", "Patient/0"]), unique=True, max_size=1),
    ),
    max_size=2,
)
RULES = st.fixed_dictionaries(
    {name: st.lists(st.sampled_from(PATHS), min_size=1, max_size=5, unique=True) for name in "abc"}
)
ROLES = st.fixed_dictionaries({
    "release": st.sampled_from([("a",), ("a", "b")]),
    "consent": st.sampled_from([(), ("b",), ("c",)]),
    "never": st.sampled_from([(), ("c",), ("b",)]),
    "ground": st.sampled_from(["law", "law", "law", "consent"]),
})  # fmt: skip


@settings(max_examples=300, deadline=None)
@generated(cases(), RULES, ROLES, PERMISSIONS)
def test_no_withheld_value_occurs_in_anything_that_is_shown(
    case: tuple[list[Resource], dict[str, tuple[str, str]]],
    rules: dict[str, list[str]],
    role: dict[str, Any],
    consents: list[Resource],
) -> None:
    resources, values = case
    classes = {**{name: " ".join(paths) for name, paths in rules.items()}, "envelope": "Bundle"}
    open_to = {**role, "release": (*role["release"], "envelope")}
    decision = decide(policy(classes, office=open_to), consents, asking(), NOW)
    tree: dict[str, list[Resource]] = {}
    for resource in resources:
        tree.setdefault(resource["resourceType"], []).append(resource)
    entries = [{"fullUrl": f"http://h/{r['resourceType']}/{r['id']}", "resource": r} for r in resources]
    whole = {"Bundle": [{"resourceType": "Bundle", "type": "collection", "entry": entries}]}
    shown = project(whole, decision).tree.get("Bundle", ())
    text = json.dumps(project(tree, decision).tree) + "".join(written(bundle) for bundle in shown)
    event("something shown" if "canary" in text else "nothing shown")
    for value, (name, where) in values.items():
        assert value not in text or is_free(name, where, decision), (where, decision)


def is_free(name: str, where: str, decision: Decision) -> bool:
    """Whether a place may be shown: as plainly as it can be said, without the code that is tested."""
    released = [*(v.path.text for v in decision.verdicts if v.released), *(path.text for path in decision.frame)]
    denied = [v.path.text for v in decision.verdicts if not v.released]
    if decision.items.get(name) == "item":
        released, denied = ["*"], [rule for rule in denied if "." in rule]
    return not decision.closed and covers(released, where) and not covers(denied, where)


def covers(rules: list[str], where: str) -> bool:
    """Whether one of the rules is about a place or something around it."""
    kind = where.partition(".")[0]
    return any(f"{where}.".startswith(f"{rule.replace('*', kind, 1)}.") for rule in rules)


def written(bundle: Resource) -> str:
    """A Bundle as it is sent: JSON and XML."""
    return (fhir_json.dumps(bundle) + xml.dumps(bundle)[0]).decode()
