"""The keys that the store is sealed with: files in a folder, or a secret; read anew whenever they are asked for."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from gateway.domain.problem import Problem
from gateway.mapping.typed import Document
from gateway.settings.section import Section

if TYPE_CHECKING:  # the settings have these keys as a section
    from gateway.settings.model import Settings
    from gateway.store.sealing.ring import Key, Ring

SUFFIX = ".key"
OTHERS = 0o077


class Keys(Section):
    """Under which keys the store is sealed."""

    folder: str = Field(
        default="",
        description="Folder of keys: `index.key`, `gateway/<name>.key`, `<site>/<name>.key`, each 32 bytes in base64; "
        "of several the last by name writes, all read; further ones of the index (`index/<name>.key`) are laid over "
        "those before. Empty, and no `secret`: the store is not sealed.",
    )
    secret: str = Field(
        default="",
        description="Name of a secret that holds keys, instead or besides: `index=... gateway/2026-11=... site/1=...`.",
    )


def ring(settings: "Settings") -> "Ring | None":
    """The keys of the settings, None where there shall be none; `StoreError` where they are of no use."""
    if not (settings.keys.folder or settings.keys.secret):
        return None
    from gateway.store.sealing.ring import Ring  # noqa: PLC0415 - cryptography, and a plain store needs none

    return Ring(lambda: list(read(settings)))


def read(settings: "Settings") -> "Iterator[Key]":
    """All keys there are now; `StoreError` where one cannot be read."""
    from gateway.settings.secrets import Secrets  # noqa: PLC0415 - as below
    from gateway.store.port import StoreError  # noqa: PLC0415 - as above

    for file in files(settings.keys.folder):
        try:
            text = file.read_text("ascii")
        except (OSError, UnicodeDecodeError):
            raise StoreError(f"the key {named(file, settings)} cannot be read") from None
        yield key(named(file, settings), text.strip())
    if settings.keys.secret:
        said = Secrets(settings.secrets).get(settings.keys.secret)
        if not said:
            raise StoreError(f"there is no secret `{settings.keys.secret}` with keys")
        for word in said.split():
            name, _, text = word.partition("=")
            yield key(name, text)


def files(folder: str) -> list[Path]:
    """The files of keys in a folder."""
    return sorted(Path(folder).glob(f"**/*{SUFFIX}")) if folder else []


def named(file: Path, settings: "Settings") -> str:
    """`owner/name` of a file."""
    return file.relative_to(settings.keys.folder).as_posix().removesuffix(SUFFIX)


def key(name: str, text: str) -> "Key":
    """A key from its name and base64."""
    from gateway.store.port import StoreError  # noqa: PLC0415 - as above
    from gateway.store.sealing.ring import Key  # noqa: PLC0415 - as above

    owner, _, called = name.partition("/")
    try:
        return Key(owner, called or owner, base64.b64decode(text, validate=True))
    except ValueError:
        raise StoreError(f"the key {name} is not in base64") from None


def keys(settings: "Settings", document: Document) -> Iterator[Problem]:
    """Keys that can be read, by this user alone, of which one is the gateway's and one the index's."""
    from gateway.store.port import StoreError  # noqa: PLC0415 - as above

    for file in files(settings.keys.folder):
        if file.is_file() and file.stat().st_mode & OTHERS:
            sentence = f"others may read the key {named(file, settings)}"
            yield document.finding(
                "settings.key-open", ("keys", "folder"), sentence, f"chmod 600 {file.name}", "warning"
            )
    try:
        ring(settings)
    except StoreError as fault:
        repair = "gateway keys new makes those that are missing; bring back from the copy what was lost"
        yield document.finding("settings.keys", ("keys",), f"the store cannot be sealed: {fault}", repair)


def write(file: Path) -> None:
    """A new key in a file that only its owner reads; `FileExistsError` where there is one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(base64.b64encode(os.urandom(32)).decode() + "\n")
        out.flush()
        os.fsync(out.fileno())
