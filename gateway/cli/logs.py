"""What the gateway logs: one line an event, as JSON or text; codes and ids, never what a message says."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

from gateway.cli import console

OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has; everything else came by `extra=`."""


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """What an event said of itself."""
    return {key: value for key, value in vars(record).items() if key not in OWN}


class AsJson(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Moment, level, logger, event, then what the event said."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        head = {"at": moment, "level": record.levelname.lower(), "logger": record.name, "event": record.getMessage()}
        return orjson.dumps({**head, **fields(record), **kind(record)}, default=str).decode()


class AsText(logging.Formatter):
    """One line for a person."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, event, then what it said as `key=value`."""
        moment = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S.%f")[:-3]
        said = " ".join(f"{key}={value}" for key, value in {**fields(record), **kind(record)}.items())
        head = f"{moment} {record.levelname.lower():7} {record.name.removeprefix('gateway.')}"
        return console.printable(f"{head}: {record.getMessage()} {said}".rstrip())


def kind(record: logging.LogRecord) -> dict[str, str]:
    """The kind of a fault; its text may quote a message and is never written."""
    fault = record.exc_info[0] if record.exc_info else None
    return {"fault": fault.__name__} if fault else {}


def set_up(level: str, form: str) -> None:
    """Everything below `gateway.` to standard error; libraries only from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson() if form == "json" else AsText())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("gateway").setLevel(level.upper())
