"""The intake is loaded by its first caller, once, and nobody waits for it who does not call it."""

import asyncio
import threading
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.web import api
from gateway.web.doors import Doors
from tests.web.standing import TOKEN, House, standing

KNOWN = {"Authorization": f"Bearer {TOKEN}"}


def test_the_first_callers_load_the_intake_and_are_all_answered() -> None:
    house = House()
    answers: list[int] = []

    def call(url: str) -> None:
        answers.append(requests.get(url, headers=KNOWN, timeout=20).status_code)

    with standing(house.doors()) as door:
        callers = [threading.Thread(target=call, args=(door.url("/intake/t-1"),)) for _ in range(8)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
    assert answers == [answers[0]] * 8
    assert answers[0] in {200, 404}


def test_who_calls_while_it_is_being_loaded_does_not_load_it_again() -> None:
    loaded: list[str] = []
    heard: list[str] = []
    all_called = threading.Event()

    async def inner(scope: Scope, _: Receive, __: Send) -> None:
        heard.append(scope["path"])

    async def nothing(*_: object) -> Any:
        return None

    def load() -> ASGIApp:
        loaded.append("loaded")
        assert all_called.wait(20)
        return inner

    async def called() -> None:
        entrance = api.late(load)
        both = asyncio.gather(*(entrance({"path": path}, nothing, nothing) for path in ("/a", "/b")))
        await asyncio.sleep(0)
        all_called.set()
        await both

    asyncio.run(called())
    assert (loaded, sorted(heard)) == (["loaded"], ["/a", "/b"])


def test_it_is_loaded_once_and_not_for_the_public_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    loaded: list[object] = []
    built = api.intake

    def counted(doors: Doors) -> Starlette:
        loaded.append(doors)
        return built(doors)

    monkeypatch.setattr(api, "intake", counted)
    with standing(house.doors()) as door:
        assert requests.get(door.url("/health/live"), timeout=20).status_code == 200
        assert loaded == []
        for _ in range(3):
            requests.get(door.url("/intake/t-1"), headers=KNOWN, timeout=20)
        assert len(loaded) == 1
