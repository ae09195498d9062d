"""Secrets: one file each in a folder, or `GATEWAY_SECRET_<NAME>`; never shown, never in a log."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from gateway.domain.problem import Problem
from gateway.mapping.language import finding

PREFIX = "GATEWAY_SECRET_"
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
DEMO = "demo-"
"""How a text begins that is public anyway."""
OTHERS = 0o007
LIMIT = 65_536


class Secrets(Mapping[str, str]):
    """Secrets by name, read anew each time, so that a changed file counts at once; shown, they are only names."""

    def __init__(self, folder: str | Path = "") -> None:
        self.folder = Path(folder) if folder else None

    def __getitem__(self, name: str) -> str:
        """The secret of a name, the environment first; KeyError where there is none that can be read."""
        value = os.environ.get(variable(name), "")
        if not value and name in self.files():
            value, _ = _read(self.files()[name], name)
        if not value:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        given = (name.removeprefix(PREFIX) for name, value in os.environ.items() if name.startswith(PREFIX) and value)
        yield from sorted({*self.files(), *(name.lower().replace("_", "-") for name in given)})

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __repr__(self) -> str:
        return f"Secrets({', '.join(self)})"

    def files(self) -> dict[str, Path]:
        """The files of the folder that have the name of a secret."""
        if self.folder is None or not self.folder.is_dir():
            return {}
        return {
            path.name: path for path in sorted(self.folder.iterdir()) if NAME.fullmatch(path.name) and path.is_file()
        }

    def problems(self, base: Path) -> list[Problem]:
        """What is wrong with the files; places are shown relative to `base`."""
        return [problem for path in self.files().values() for problem in _read(path, shown(path, base))[1]]


def read_secrets(folder: str | Path, base: Path) -> tuple[Secrets, list[Problem]]:
    """The secrets of a folder (empty: none) and of the environment, and what is wrong with the files."""
    secrets = Secrets(folder)
    return secrets, secrets.problems(base)


def variable(name: str) -> str:
    """The variable of the environment that stands for a secret."""
    return PREFIX + name.upper().replace("-", "_")


def _read(path: Path, place: str) -> tuple[str, list[Problem]]:
    """The text of a secret without the line end; who else may read it is looked at."""
    try:
        mode, data = path.stat().st_mode, path.read_bytes()
        text = data[:LIMIT].decode("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        sentence = "the secret cannot be read"
        return "", [finding("settings.secret", place, sentence, "let the gateway's user read it; save it as UTF-8")]
    if not text or "\n" in text:
        sentence = "a secret is one line, and this is none or more"
        return "", [finding("settings.secret-line", place, sentence, "put the secret alone into its file")]
    if mode & OTHERS and not text.startswith(DEMO):
        repair = f"chmod 600 {path.name}"
        return text, [finding("settings.secret-open", place, "everybody may read this secret", repair, "warning")]
    return text, []


def shown(path: Path, base: Path) -> str:
    """A path as places show it."""
    try:
        return path.resolve().relative_to(base.resolve()).as_posix()
    except ValueError:
        return path.as_posix()
