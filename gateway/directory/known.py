"""What partner files may refer to, as far as it is known where they are read."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Known:
    """None: not known here, so nothing is said about it.

    root      folder that relative paths of roads start from; None: the `base` of the places
    fallback  id of the site that gets what no other is surely responsible for
    formats   names of formats, with the partners that are formats of their own
    secrets   names of secrets
    asked     whether an MLLP port asks for client certificates
    roles     what the policy in force knows as `role`, with those that mean somebody besides
    """

    root: Path | None = None
    fallback: str = ""
    formats: Collection[str] | None = None
    secrets: Collection[str] | None = None
    asked: bool | None = None
    roles: Collection[str] | None = None
