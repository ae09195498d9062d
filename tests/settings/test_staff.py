"""The section `staff`: who may come in where."""

import pytest

from gateway.settings.staff import Staff
from tests.settings.conftest import Read

OPEN = "staff: {listen: '127.0.0.1:8083'"
BAD = {
    "pages that others reach without https": (
        "staff: {listen: '0.0.0.0:8083'}\n", "settings.staff.open", ":1:17", "add `tls:`"),
    "pages at the intake's door": (
        "staff: {listen: '127.0.0.1:8080'}\n", "settings.listen-twice", ":1:17", "its own port"),
    "a base without its end": (f"{OPEN}, base: 'https://h/x'}}\n", "settings.base", ":1:41", "`/` at the end"),
    "no way in": (f"{OPEN}, local: false}}\n", "settings.staff.shut", ":1:42", "local: true"),
    "a provider in the clear": (
        f"{OPEN}, oidc: {{issuer: 'http://h', roles: {{a: auditor}}}}}}\n", "settings.staff.issuer", ":1:50", "https"),
    "a provider at no address": (
        f"{OPEN}, oidc: {{issuer: 'https://[h', roles: {{a: auditor}}}}}}\n",
        "settings.staff.issuer", ":1:50", "https"),
    "pages at no address": (
        "staff: {listen: '127<[.0.0.1:8083'}\n", "settings.staff.open", ":1:17", "add `tls:`"),
    "a provider without roles": (
        f"{OPEN}, oidc: {{issuer: 'https://h'}}}}\n", "settings.staff.roles", ":1:41", "their-word: kuemmerer"),
    "a role that is none": (
        f"{OPEN}, oidc: {{issuer: 'https://h', roles: {{a: boss}}}}}}\n", "settings.staff.role", ":1:74", "officer"),
    "an algorithm that is none": (
        f"{OPEN}, oidc: {{algorithm: none}}}}\n", "config.value", ":1:53", "RS256"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_said_with_its_line_and_a_repair(read: Read, name: str) -> None:
    text, code, place, repair = BAD[name]
    _, problems = read(text)
    found = [problem for problem in problems if problem.code == code]
    assert found, problems
    assert place in found[0].place
    assert repair in found[0].repair


def test_without_the_section_there_is_no_door(read: Read) -> None:
    settings, problems = read("name: x\n")
    assert settings
    assert (settings.staff.listen, settings.staff.reached(), problems) == ("", "", [])


def test_the_pages_are_reached_where_they_listen_or_where_it_is_said() -> None:
    assert Staff(listen="127.0.0.1:0").reached(4711) == "http://127.0.0.1:4711/"
    assert Staff(listen="127.0.0.1:0", base="https://desk.example.org/").reached(1) == "https://desk.example.org/"


def test_a_provider_with_its_roles_is_read(read: Read) -> None:
    text = f"{OPEN}, oidc: {{issuer: 'https://login.example.org', roles: {{kg-kuemmerer: kuemmerer}}}}}}\n"
    settings, problems = read(text)
    assert (problems, settings and settings.staff.oidc.roles) == ([], {"kg-kuemmerer": "kuemmerer"})
