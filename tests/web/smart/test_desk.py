"""The desk of the gateway: whoever shows nothing at all, on this machine, where the setting lets it in."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request

from gateway.web.auth import EXTENSION, Alarm
from gateway.web.fhir.bearer import held
from gateway.web.refusal import RefusedError
from gateway.web.smart.access import Access
from tests.web.standing import House


def comes_in(address: str, *, desk: bool = True, certificate: str = "", authorization: str = "") -> bool:
    """Whether a caller is let in as the desk."""
    access: Any = Access(lambda: None, list, lambda: None, desk=desk)  # type: ignore[arg-type, return-value]  # not asked
    headers = [(b"authorization", authorization.encode())] if authorization else []
    request = Request({"type": "http", "headers": headers, "extensions": {EXTENSION: certificate}})
    call: Any = SimpleNamespace(desk=SimpleNamespace(access=access), path="Task/t1", address=address)
    try:
        return asyncio.run(held(request, call, Alarm(House().doors()))) is None
    except RefusedError as fault:
        assert fault.status == 401  # noqa: PT017 - the refusal is one of two answers
        return False


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_whoever_shows_nothing_on_this_machine_is_the_desk(address: str) -> None:
    assert comes_in(address)


@pytest.mark.parametrize(
    "address", ["192.0.2.7", "10.0.0.1", "::ffff:192.0.2.7", "2001:db8::1", "127.0.0.1.example", ""]
)
def test_from_anywhere_else_nobody_is(address: str) -> None:
    assert not comes_in(address)


def test_whoever_shows_anything_is_who_it_shows_and_not_the_desk() -> None:
    assert not comes_in("127.0.0.1", authorization="Bearer wrong")
    assert not comes_in("127.0.0.1", certificate="sha256:" + "0" * 64)


def test_where_the_setting_does_not_let_it_in_there_is_no_desk() -> None:
    assert not comes_in("127.0.0.1", desk=False)
