"""Parties and their roads: what is left unsaid, what others ask them."""

import pytest
from pydantic import ValidationError

from gateway.directory.parties import IDENTIFIERS, Directory, Party, Receives, Sends, Tls
from gateway.mapping.keys import DIRECTORY, PARTNER
from gateway.mapping.typed import fields

FOR = {"site": ("referrals", "answers"), "hospital": ("answers",), "office": ("measures",), "other": ("measures",)}
PUSH = {"road": "http", "format": "fhir", "url": "https://h/", "secret": "to-h"}


@pytest.mark.parametrize("kind", FOR)
def test_what_a_road_takes_follows_from_the_kind_of_partner(kind: str) -> None:
    party = Party(id="a", kind=kind, receives=({"road": "folder", "format": "fhir", "path": "x"},))
    assert party.receives[0].for_ == FOR[kind]


def test_what_a_road_takes_can_be_said() -> None:
    roads = ({"road": "folder", "format": "fhir", "path": "x", "for": "answers"}, {"road": "mllp", "format": "hl7v2"})
    party = Party(id="a", kind="office", receives=roads)
    assert party.receiving("answers") == party.receives[:1]
    assert party.receiving("measures") == party.receives[1:]


def test_roads_given_as_objects_get_the_same_defaults() -> None:
    party = Party(
        id="a",
        kind="site",
        sends=(Sends(road="mllp", format="hl7v2"), Sends(road="http", format="fhir")),
        receives=(Receives(road="mllp", format="hl7v2"), Receives(road="http", format="fhir", for_=("answers",))),
    )
    assert [road.accept for road in party.sends] == ["done", "kept"]
    assert [road.for_ for road in party.receives] == [("referrals", "answers"), ("answers",)]
    assert [road.honours_key for road in party.receives] == [True, False]


def test_only_http_does_not_honour_the_key_unless_it_says_so() -> None:
    roads = [{"road": road, "format": "fhir"} for road in ("mllp", "folder", "http")]
    assert [road.honours_key for road in Party(id="a", kind="site", receives=roads).receives] == [True, True, False]
    said = Party(id="a", kind="site", receives=[{"road": "http", "format": "fhir", "honours_key": True}])
    assert said.receives[0].honours_key


def test_an_address_holds_the_settings_of_a_road_with_its_secret() -> None:
    road = Receives(**PUSH, tls=Tls(ca="ca.pem"))
    address = road.address({"to-h": "s3cret"})
    assert (address["url"], address["secret"], address["ca"]) == ("https://h/", "s3cret", "ca.pem")
    assert address["tls"] == {"ca": "ca.pem", "certificate": "", "key": ""}
    assert not {"road", "format", "for_"} & address.keys()


def test_an_address_without_its_secret_has_none() -> None:
    road = Receives(**PUSH)
    assert (road.address()["secret"], "tls" in road.address()) == ("", False)


def test_a_party_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Party(id="a", kind="site").id = "b"  # type: ignore[misc]  # frozen


@pytest.mark.parametrize("value", ["amt", {"id": "a", "kind": "office", "sends": ["mllp"]}])
def test_what_is_no_party_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        Party.model_validate(value)


def test_a_party_is_found_by_its_id_and_its_numbers() -> None:
    party = Party(id="a", kind="office", identifiers={"ik": "1", "https://example.org/x": "2"})
    found = Directory.of([party])
    assert found.get("a") is party
    assert found.get("b") is None
    assert found.by_identifier(IDENTIFIERS["ik"], "1") is party
    assert found.by_identifier("https://example.org/x", "2") is party
    assert found.by_identifier("http://fhir.de/sid/arge-ik/iknr", "2") is None


def test_the_mapping_engine_passes_over_every_key_of_the_directory() -> None:
    assert {"partner", "title"} | DIRECTORY.keys() == {key for key, _ in fields(Party)}
    assert PARTNER.keys() >= DIRECTORY.keys()
    assert all(word.kind == "directory" for word in DIRECTORY.values())
