"""Where clients of others live: environments of their own below the peers' folder, filled once, never committed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.bench.peers import HOME

HERE = Path(__file__).resolve().parent
PATIENCE = 600


class AbsentError(RuntimeError):
    """A client cannot be had here; the sentence says why."""


def python() -> Path:
    """The interpreter that has fhirpy."""
    home = HOME / "clients"
    wanted = HERE / "python" / "requirements.txt"
    found = home / "bin" / "python"
    if not same(home / wanted.name, wanted):
        done([sys.executable, "-m", "venv", home], HERE, "a virtual environment cannot be made")
        done([found, "-m", "pip", "install", "--quiet", "-r", wanted], HERE, "fhirpy cannot be installed here")
        shutil.copy(wanted, home)
    return found


def node() -> tuple[list[str], Path]:
    """How node is called, and the folder of our scripts beside Medplum's packages."""
    needs("node", "npm")
    home = HOME / "node"
    home.mkdir(parents=True, exist_ok=True)
    lock = HERE / "node" / "package-lock.json"
    if not same(home / lock.name, lock) or not (home / "node_modules").is_dir():
        (home / lock.name).unlink(missing_ok=True)
        shutil.copy(HERE / "node" / "package.json", home)
        shutil.copy(lock, home)
        done(["npm", "ci", "--no-audit", "--no-fund"], home, "Medplum cannot be installed here", (home / lock.name,))
    for script in (HERE / "node").glob("*.mjs"):
        shutil.copy(script, home)
    return ["node", *socket_flag()], home


def socket_flag() -> list[str]:
    """What gives node 20 the WebSocket that Medplum expects and later versions have."""
    command = ["node", "--print", "typeof WebSocket"]
    found = subprocess.run(command, capture_output=True, check=False, text=True, timeout=PATIENCE)
    return [] if found.stdout.strip() == "function" else ["--experimental-websocket"]


def java() -> list[str]:
    """How HAPI's client is called, built where it has to be."""
    needs("java", "mvn")
    home = HERE / "java"
    jar = home / "target" / "client.jar"
    newest = max(path.stat().st_mtime for path in [home / "pom.xml", *home.glob("src/**/*.java")])
    if not jar.exists() or jar.stat().st_mtime < newest:
        done(["mvn", "-q", "-B", "-ntp", "package"], home, "HAPI's client cannot be built here")
    classes = os.pathsep.join((str(jar), f"{home / 'target' / 'lib'}/*"))
    return ["java", "-cp", classes, "de.kuemmerer.client.Talk"]


def needs(*tools: str) -> None:
    """Tools of the machine."""
    for tool in tools:
        if shutil.which(tool) is None:
            raise AbsentError(f"{tool} is not installed")


def same(one: Path, other: Path) -> bool:
    """Whether what was installed is what is asked for."""
    return one.exists() and one.read_bytes() == other.read_bytes()


def done(command: list[object] | list[str], folder: Path, sentence: str, undo: tuple[Path, ...] = ()) -> None:
    """Runs a command that must succeed."""
    words = [str(word) for word in command]
    try:
        subprocess.run(words, cwd=folder, capture_output=True, check=True, timeout=PATIENCE)
    except (OSError, subprocess.SubprocessError) as reason:
        for path in undo:
            path.unlink(missing_ok=True)
        raise AbsentError(sentence) from reason
