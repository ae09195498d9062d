"""The codec `fhir`: bytes to one tree and back, never an exception."""

import json
import random
from typing import Any

from gateway.adapters.fhir import codec
from gateway.domain.problem import worst
from tests.fhir.corpus import files, needs_data

EVP = {"bundle": "document", "base": "https://fhir.gkvsv.de/", "rules": "evp"}
PROFILE = "https://fhir.gkvsv.de/StructureDefinition/GKVSV_PR_EVP_"
PATIENT = {"resourceType": "Patient", "id": "p1", "active": True}
BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}]}


def data(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def practitioner(**changes: Any) -> dict[str, Any]:
    meta = {"profile": [f"{PROFILE}PflegeBerater|1.0"]}
    return {"resourceType": "Practitioner", "meta": meta, "name": [{"family": "Vogt"}], **changes}


def codes(problems: list[Any]) -> list[tuple[str, str]]:
    return [(p.code, p.severity) for p in problems]


def test_a_file_becomes_one_tree() -> None:
    done = codec.decode(data(BUNDLE), {})
    assert [list(tree) for tree in done.trees] == [["Bundle", "Patient"]]
    assert done.problems == []


def test_xml_and_json_of_one_resource_are_one_tree() -> None:
    xml = b'<Patient xmlns="http://hl7.org/fhir"><id value="p1"/><active value="true"/></Patient>'
    assert codec.decode(b"\n " + xml, {}) == codec.decode(b"\xef\xbb\xbf" + data(PATIENT), {})


def test_an_error_leaves_no_tree_and_a_warning_does() -> None:
    assert codec.decode(data({"resourceType": "Bundle", "entry": [1, {"resource": PATIENT}]}), {}).trees == []
    assert len(codec.decode(data({**PATIENT, "name": []}), {}).trees) == 1


def test_the_options_choose_form_and_syntax() -> None:
    tree = codec.decode(data(PATIENT), {}).trees
    assert codec.encode(tree, {"bundle": "single"}).data == b'{"resourceType":"Patient","id":"p1","active":true}'
    assert codec.encode(tree, {"bundle": "single", "syntax": "xml"}).data.endswith(b'<active value="true"/></Patient>')
    assert b'"https://x.example/Patient/p1"' in codec.encode(tree, {"base": "https://x.example/"}).data
    assert codec.encode(tree, {"pretty": True}).data.startswith(b'{\n  "resourceType": "Bundle"')


def test_limits_are_an_option() -> None:
    assert codes(codec.decode(data(BUNDLE), {"limits": {"depth": 2}}).problems) == [("json.depth", "error")]


def test_several_trees_are_several_files() -> None:
    assert codes(codec.encode([{}, {}], {}).problems) == [("fhir.one", "error")]


def test_a_value_that_json_cannot_write_is_a_problem_and_writes_nothing() -> None:
    done = codec.encode([{"Goal": [{"id": b"x"}]}], {})
    assert (done.data, codes(done.problems)) == (b"", [("fhir.encode", "error")])


def test_reading_by_rules_is_tolerant_unless_something_demanded_is_missing() -> None:
    odd = codec.decode(data(practitioner(gender="other")), EVP)
    assert (len(odd.trees), codes(odd.problems)) == (1, [("profile.forbidden", "warning")])
    bare = codec.decode(data(practitioner(name=[])), EVP)
    assert (bare.trees, codes(bare.problems)[0]) == ([], ("profile.missing", "error"))


def test_writing_by_rules_is_exact() -> None:
    tree = {"Practitioner": [practitioner(gender="other")]}
    done = codec.encode([tree], {**EVP, "bundle": "single"})
    assert (done.data, codes(done.problems)) == (b"", [("profile.forbidden", "error")])


def test_a_file_that_claims_no_profile_of_the_format_is_told() -> None:
    assert codes(codec.decode(data(PATIENT), EVP).problems) == [("profile.unclaimed", "warning")]


def test_no_random_change_of_bytes_lets_an_exception_out() -> None:
    chance = random.Random(7)
    seeds = [
        data(practitioner()),
        data(BUNDLE),
        codec.encode(codec.decode(data(BUNDLE), {}).trees, {"syntax": "xml"}).data,
    ]
    for _ in range(600):
        changed = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(changed))] = chance.choice(b'{}[]",:<>/\x00\xff0n')
        done = codec.decode(bytes(changed), EVP)
        assert done.trees or worst(done.problems) == "error"
        for tree in done.trees:
            codec.encode([tree], EVP)
            codec.encode([tree], {"syntax": "xml"})
            codec.model({}).check(tree, {})


@needs_data
def test_valid_evp_files_come_back_as_they_were() -> None:
    for path in files("de/evp/test-files/valid/*.json"):
        done = codec.decode(path.read_bytes(), EVP)
        form = EVP if "Bundle" in done.trees[0] else {**EVP, "bundle": "single"}
        written = codec.encode(done.trees, form)
        assert (path.name, done.problems + written.problems) == (path.name, [])
        before, after = json.loads(path.read_bytes()), json.loads(written.data)
        for value in (before, after):
            value.get("entry", []).sort(key=lambda entry: entry["fullUrl"])
        assert before == after, path.name


@needs_data
def test_invalid_evp_files_are_refused() -> None:
    read = {path.name: codec.decode(path.read_bytes(), EVP) for path in files("de/evp/test-files/invalid/*.json")}
    assert len(read) == 7
    assert [name for name, done in read.items() if done.trees or worst(done.problems) != "error"] == []


@needs_data
def test_public_attacks_are_answered_with_problems() -> None:
    for path in files("hostile/json/**/*.json") + files("hostile/xml/**/*") + files("hostile/xhtml/*"):
        assert worst(codec.decode(path.read_bytes(), {}).problems) == "error", path.name
