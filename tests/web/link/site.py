"""The page on a real socket, over a small world in which somebody waits for an answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from gateway.pipeline.link.issue import Shown
from gateway.web.limit import Limit
from gateway.web.link.page import Page, application
from tests.pipeline.link.behind import Behind
from tests.web.standing import Standing, standing


@dataclass
class Site:
    """The page at work."""

    behind: Behind
    page: Page
    door: Standing
    refused: list[str]
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        return self.door.url("/")

    @property
    def told(self) -> Shown:
        """New secrets, as the Kümmerer tells them."""
        return self.behind.shown(anew=True)

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.session.get(self.url + path, headers=headers, timeout=20)

    def post(self, path: str, headers: dict[str, str] | None = None, **form: Any) -> requests.Response:
        return self.session.post(self.url + path, data=form, headers=headers or {}, timeout=20)

    def enters(self) -> requests.Response:
        """Somebody comes in."""
        told = self.told
        return self.post("open", key=told.key, code=told.code)

    def says(self, answer: str, business: str = "", text: str = "") -> requests.Response:
        """An answer to the Task as it is now."""
        version = self.behind.world.store.read("Task", self.behind.task["id"]).version
        return self.post("say", answer=answer, business=business, text=text, version=version)


@contextmanager
def opened(behind: Behind | None = None, *, most: int = 1000) -> Iterator[Site]:
    """The page as long as the block lasts."""
    refused: list[str] = []
    behind = behind or Behind()
    behind.sent()
    page = Page(behind.rooms, "http://127.0.0.1/", refused=refused.append, limit=Limit(most))
    with standing(application(page)) as door:  # type: ignore[arg-type]  # Starlette is an ASGI application
        site = Site(behind, page, door, refused)
        with site.session:
            yield site
