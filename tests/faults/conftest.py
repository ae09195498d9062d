"""A gateway with a hospital, a site that speaks HTTP and one that has a folder."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.faults.running import TOKEN, Running, running
from tests.faults.site import Site, came

HOSPITAL: dict[str, Any] = {
    "kind": "hospital",
    "sends": [
        {"road": "mllp", "format": "hl7v2-de", "from": ["127.0.0.1/32"], "facility": "KLINIK", "accept": "done"},
        {"road": "http", "format": "hl7v2-de", "token": [f"sha256:{hashlib.sha256(TOKEN.encode()).hexdigest()}"]},
    ],
    "receives": [
        {"road": "folder", "for": ["answers"], "format": "hl7v2-de", "path": "out/klinik", "name": "{key}.hl7"}
    ],
    "answers": {"as": "MDM^T02"},
}


class Town:
    """The gateway and its partners: `klinik`, `site-senne` (33659, HTTP), `site-guetersloh` (33330, a folder)."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self._stack = ExitStack()
        self.gateway: Running = self._stack.enter_context(running(folder, **settings))
        self.site = self.new_site("site-senne", "33659")
        self.out = self.gateway.folder / "out" / "guetersloh"
        road = {"road": "folder", "format": "fhir", "path": "out/guetersloh", "name": "{about}-{key}.json"}
        self.gateway.partner("site-guetersloh", kind="site", catchment={"postcodes": ["33330"]}, receives=[road])
        self.gateway.partner("klinik", **HOSPITAL)

    def new_site(self, name: str, postcode: str, *, silent: bool = False) -> Site:
        """One more site that speaks HTTP and honours keys."""
        site = Site(self.gateway.folder / f"{name}.jsonl", silent=silent)
        self._stack.callback(site.stop)
        self.tell(name, postcode, site.port)
        return site

    def tell(self, name: str, postcode: str, port: int, **more: Any) -> Path:
        """The partner.yaml of a site that speaks HTTP."""
        road = {"road": "http", "format": "fhir", "url": f"http://127.0.0.1:{port}/fhir", "honours_key": True, **more}
        return self.gateway.partner(name, kind="site", catchment={"postcodes": [postcode]}, receives=[road])

    @property
    def files(self) -> list[str]:
        """Numbers of the persons whose referrals lie in the folder of Gütersloh."""
        return [came(file.stem, file.read_bytes()).number for file in self.out.glob("referral-*.json")]

    def close(self) -> None:
        """The end."""
        self._stack.close()


Make = Callable[..., Town]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:

        def made(**settings: Any) -> Town:
            town = Town(tmp_path / "gateway", **settings)
            stack.callback(town.close)
            return town

        yield made


@pytest.fixture
def town(make: Make) -> Town:
    return make()
