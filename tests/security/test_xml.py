"""S1: no XML at any entrance opens a file, reaches the network or grows; and there is one parser for all of them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.fhir import xml
from gateway.web.syntax import unread
from gateway.wiring import Codecs
from tests.pipeline.line.world import World
from tests.security.sources import calls, imports
from tests.security.witness import Witness, witness
from tests.web.fhir.interface import FHIR, XML, Interface, opened

PARSER = "gateway/fhir/xml.py"
MODULES = re.compile(r"(lxml|xml\.|defusedxml|bs4|html5lib|xmltodict|pyexpat|expat|xmlrpc|feedparser)")
WAYS_OUT = r"(.*\.)?(XSLT|XSLTAccessControl|XInclude|xinclude|XMLSchema|RelaxNG|Schematron|DTD|parseid|objectify)"
REFUSED = re.compile(r"xml\.(doctype|syntax)|json\.(charset|syntax)")
WORD = "steht-nur-im-dateisystem"
PERSON = '<Patient xmlns="http://hl7.org/fhir"><name><family value="{}"/></name></Patient>'
LAUGH = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ATTACKS = {
    "external entity": '<!DOCTYPE p [<!ENTITY x SYSTEM "{url}x">]>' + PERSON.format("&x;"),
    "file as an entity": '<!DOCTYPE p [<!ENTITY x SYSTEM "file://{file}">]>' + PERSON.format("&x;"),
    "public entity": '<!DOCTYPE p [<!ENTITY x PUBLIC "-//X" "{url}x">]>' + PERSON.format("&x;"),
    "external DTD": '<!DOCTYPE Patient SYSTEM "{url}patient.dtd">' + PERSON.format("x"),
    "parameter entity": '<!DOCTYPE p [<!ENTITY % x SYSTEM "{url}x.dtd"> %x;]>' + PERSON.format("&y;"),
    "bomb of entities": f'<!DOCTYPE p [<!ENTITY l0 "lol">{LAUGH}]>' + PERSON.format("&l9;"),
    "default of an attribute": '<!DOCTYPE Patient [<!ATTLIST Patient a CDATA "x">]>' + PERSON.format("x"),
    "DOCTYPE behind a comment": '<!-- x --><?x y?>\n<!DOCTYPE p [<!ENTITY x SYSTEM "{url}x">]>' + PERSON.format("&x;"),
}
"""Refused, whatever else the document says."""
QUIET = {
    "stylesheet": '<?xml-stylesheet type="text/xsl" href="{url}x.xsl"?>' + PERSON.format("x"),
    "schema": PERSON.format("x").replace(
        "<Patient ", '<Patient xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="x {url}x.xsd" '
    ),
    "inclusion": PERSON.format("x").replace(
        "<name>", '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{url}x" parse="text"/><name>'
    ),
    "picture": PERSON.format("x").replace(
        "<name>",
        '<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><img src="{url}x.png" alt="x"/>'
        "</div></text><name>",
    ),
}
"""Perhaps read, but nobody follows them."""
CHARSETS = ("utf-8", "utf-16", "utf-16-be")
DOORS = {
    "resource": ("POST", "Patient"),
    "update": ("PUT", "Patient/p-1"),
    "transaction": ("POST", ""),
    "validation": ("POST", "Patient/$validate"),
    "translation": ("POST", "$transform?from=fhir&to=evp"),
    "explanation": ("POST", "$explain?from=fhir"),
    "match": ("POST", "Patient/$match"),
    "message": ("POST", "$process-message"),
}
Enter = Callable[[bytes], str]


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interface]:
    with opened(tmp_path_factory.mktemp("xml")) as made:
        yield made


@pytest.fixture(scope="module")
def entrances(fhir: Interface) -> dict[str, Enter]:
    """Everywhere that XML comes in: bytes -> all that is said of them."""

    def door(method: str, path: str) -> Enter:
        def enter(data: bytes) -> str:
            answer = fhir.ask(method, path, data, Content_Type=XML, Accept=FHIR)
            assert answer.status_code < 500
            return answer.text

        return enter

    world = World()
    return {
        "the parser": lambda data: repr(xml.loads(data)),
        "the intake": lambda data: repr(unread("application/fhir+json", data)),
        "the codec": lambda data: repr(Codecs()["fhir"].decode(data, {})),
        "the line": lambda data: repr(world.sends("senneklinik", data, format="fhir").problems),
        **{word: door(*where) for word, where in DOORS.items()},
    }


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[tuple[Witness, Path]]:
    file = tmp_path / "secret"
    file.write_text(WORD, encoding="utf-8")
    with witness() as made:
        yield made, file


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_at_every_entrance_and_nobody_is_asked(
    entrances: dict[str, Enter], watching: tuple[Witness, Path], attack: str
) -> None:
    heard, file = watching
    text = ATTACKS[attack].replace("{url}", heard.url).replace("{file}", str(file))
    for charset in CHARSETS:
        for word, enter in entrances.items():
            said = enter(f'<?xml version="1.0" encoding="{charset[:6]}"?>{text}'.encode(charset))
            assert REFUSED.search(said), (word, charset, said)
            assert WORD not in said
            assert "lollol" not in said
    assert not heard.heard


@pytest.mark.parametrize("pointer", QUIET)
def test_what_points_elsewhere_is_not_followed(
    entrances: dict[str, Enter], watching: tuple[Witness, Path], pointer: str
) -> None:
    for enter in entrances.values():
        enter(QUIET[pointer].replace("{url}", watching[0].url).encode())
    assert not watching[0].heard


# --- one parser ------------------------------------------------------------------------------------------------------


def test_what_can_parse_xml_is_imported_in_one_file() -> None:
    assert {file for file, module in imports() if MODULES.match(module)} == {PARSER}


def test_what_follows_addresses_in_xml_is_used_nowhere() -> None:
    assert [found for found in calls() if re.fullmatch(WAYS_OUT, found[1])] == []
