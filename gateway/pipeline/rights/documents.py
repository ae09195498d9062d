"""What a person is handed as a document: the certificate of a deletion, and the account of their own data, as PDF/A."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.adapters.pdf.render import pdf
from gateway.pipeline.rights.deletion import digest
from gateway.pipeline.rights.words import kind_in_words, period_in_words

FOLDER = Path(__file__).parent


def certificate_pdf(made: Mapping[str, Any]) -> bytes:
    """A certificate of deletion in German; the same bytes each time."""
    rows = [{"name": kind_in_words(kind), "number": number} for kind, number in made["counts"].items()]
    shown = {**made, "rows": rows, "sha256": digest(made), "at": in_german(str(made["at"]))}
    return pdf(template("certificate"), shown, datetime.fromisoformat(str(made["at"])))


def account_pdf(said: Mapping[str, Any]) -> bytes:
    """The account of a person's own data in plain German; the same bytes each time."""
    dated = {name: [with_german_times(row) for row in said[name]] for name in TABLES}
    periods = [period_in_words(name, days) for name, days in said["periods"].items()]
    own = {key: said[key] for key in ("person", "kinds")}
    shown = {**own, **dated, "periods": periods, "at": in_german(said["at"])}
    return pdf(template("account"), shown, datetime.fromisoformat(said["at"]))


TABLES = ("received", "disclosures", "emergencies", "recalls", "accesses")


def with_german_times(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose moments a German reader can read."""
    return {key: in_german(value) if key in {"at", "until"} else value for key, value in row.items()}


def template(name: str) -> str:
    """A Typst template of this folder."""
    return (FOLDER / f"{name}.typ").read_text("utf-8")


def in_german(moment: str) -> str:
    """A moment (ISO 8601) as a German reader writes it, on a German clock; what is none stays as it is."""
    from gateway.domain.working_time import BERLIN  # noqa: PLC0415 - beside what uses it

    try:
        return datetime.fromisoformat(moment).astimezone(BERLIN).strftime("%d.%m.%Y, %H:%M Uhr")
    except (ValueError, OverflowError):  # none, or at the edge of the calendar
        return moment
