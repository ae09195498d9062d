"""A small world in which somebody is written to: letters into a real folder, read again as PDF."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from gateway.adapters.pdf.render import pdf
from gateway.domain.road import Parcel, Sent
from gateway.pipeline.link.post import Desk, sender
from gateway.transports.folder import drop
from tests.pipeline.line.world import PARTIES
from tests.pipeline.link.behind import BASE, IK, Behind, Moved

ADDRESS = ["Sozialer Fahrdienst, Frau Lohmann", "Sennestadtring 15", "33689 Bielefeld"]
WRITTEN: dict[str, Any] = {
    "partner": "nachbarn", "title": "Nachbarschaftshilfe Sennestadt", "kind": "other", "identifiers": {"ik": IK},
    "address": ADDRESS, "receives": [{"road": "letter", "for": ["measures"], "path": "letters"}],
}  # fmt: skip
SITE = {"phone": "0521 000000", "address": ["Windelsbleicher Straße 1", "33659 Bielefeld"]}


@dataclass
class Posted:
    """Letters go into `folder`."""

    folder: Path
    more: Mapping[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    base: str = BASE
    site: Mapping[str, Any] = field(default_factory=lambda: SITE)

    def __post_init__(self) -> None:
        party = {**WRITTEN, **self.more}
        parties = tuple({**p, **(self.site if p["partner"] == "stelle-senne" else {})} for p in PARTIES)
        self.behind = Behind(Moved(parties=(*parties, party)), said=self.said)

    @property
    def desk(self) -> Desk:
        return Desk(self.base, 60, pdf, drop.send)

    @property
    def parcel(self) -> Parcel:
        kept = self.behind.delivery
        return Parcel(
            kept.key, kept.partner, kept.data, kept.media_type, {"path": str(self.folder)}, {}, kept.about, kept.created
        )

    def sent(self) -> Sent:
        """The last delivery goes out over its road."""
        return sender(self.behind.rooms, self.desk)(self.parcel)

    def files(self, ending: str) -> list[Path]:
        return sorted(self.folder.glob(f"*.{ending}"))

    def text(self) -> str:
        """The words of the only letter."""
        (file,) = self.files("pdf")
        return words(file.read_bytes())


def words(document: bytes) -> str:
    """The text of a PDF, its lines as one."""
    pages = PdfReader(BytesIO(document)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)
