"""Plays a page: files it shows are written, commands are run in order, and what they say is compared with the page.

In what a page shows, `…` stands for anything; ids of eight hex digits and moments differ from run to run. An id that a
page shows is remembered, so that a later command of the page may name it. Ports are free ones instead of those shown.
"""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.house.source import ROOT
from tests.ports import free_port

BLOCK = re.compile(
    r"^(?:`(?P<file>[^`\n]+)`:\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$|^<!-- play: (?P<hidden>.+?) -->$",
    re.MULTILINE | re.DOTALL,
)
GOES_ON = re.compile(r"^<!-- goes on from: (\S+) -->$", re.MULTILINE)
MAIN = "from gateway.cli.main import main; main()"
PORT = re.compile(r"127\.0\.0\.1:(\d{4})\b|(?<=port: )(\d{4})\b")
ID = re.compile(r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{8}\b")
VARIES = {
    ID.pattern: "([0-9a-f]{8})",
    r"(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d(?:\.\d+)?": r"[\d :.-]+",
    r"\b\d+ (?:ms|bytes)\b": r"\d+ (?:ms|bytes)",
    "…": ".*",
}
"""What is another each time, and what stands for it."""
LOOKS = ("gateway messages list", "gateway messages why", "gateway trace", "ls ", "cat ", "curl -s http")
"""Commands that only look: they are repeated while what they show is still on its way."""
FHIR = "8081"
"""Where the FHIR interface listens if nothing else is said."""
PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Said:
    """A command of a page, what the page shows of its answer, and the whole answer."""

    command: str
    shown: list[str]
    answer: list[str]
    ids: Collection[str] = ()
    """Ids that are known already, and so stand for themselves."""

    def missing(self) -> list[str]:
        """Lines shown that the answer lacks."""
        return [line for line in self.shown if not any(matches(line, found, self.ids) for found in self.answer)]


def levelled(line: str) -> str:
    return " ".join(line.split())


def matches(shown: str, found: str, known: Collection[str] = ()) -> re.Match[str] | None:
    """Whether a line is the one shown; the groups of the match are the ids that are not known yet, in their order."""
    pieces = re.split(f"({'|'.join(VARIES)})", levelled(shown))
    return re.fullmatch("".join(piece(text, known) for text in pieces), found)


def piece(text: str, known: Collection[str]) -> str:
    """A piece of a line as a pattern."""
    if text in known:
        return re.escape(text)
    return next((pattern for varies, pattern in VARIES.items() if re.match(f"(?:{varies})$", text)), re.escape(text))


@dataclass
class Player:
    """One page in a folder of its own, with the ids and ports it has met and the programs it has started."""

    folder: Path
    ids: dict[str, str] = field(default_factory=dict)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    fhir: str = "0"
    """The port of the FHIR interface, which listens although no page sets it."""

    def page(self, path: Path) -> list[Said]:
        """A page, after what it goes on from."""
        return self.played(whole(path))

    def played(self, text: str) -> list[Said]:
        """Everything a text shows, done in its order."""
        self.tool()
        said = []
        free = ports(text)
        self.fhir = free[FHIR]
        for block in BLOCK.finditer(renumbered(text, free)):
            if block["hidden"]:
                self.begin(block["hidden"])
            elif block["file"]:
                path = self.folder / block["file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block["text"], encoding="utf-8")
            elif block["kind"] == "console":
                said += [self.say(part) for part in re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:]]
        return said

    def say(self, part: str) -> Said:
        """One command with what the page shows below it."""
        command, *shown = part.rstrip("\n").split("\n")
        command, shown = self.known(command), [self.known(line) for line in shown]
        answer = self.begin(command) if command.startswith("gateway serve") else self.run(command)
        said = Said(command, shown, answer, self.ids.values())
        end = time.monotonic() + PATIENCE
        while said.missing() and command.startswith(LOOKS) and time.monotonic() < end:
            time.sleep(0.2)
            said = replace(said, answer=self.run(command))
        self.learn(said)
        return said

    def known(self, text: str) -> str:
        """A text with the ids of this run, as far as they are known."""
        return ID.sub(lambda match: self.ids.get(match[0], match[0]), text)

    def learn(self, said: Said) -> None:
        """The ids that stand where the page shows others."""
        for line in said.shown:
            match = next(filter(None, (matches(line, found, said.ids) for found in said.answer)), None)
            fresh = [name for name in ID.findall(line) if name not in self.ids.values()]
            self.ids |= zip(fresh, match.groups(), strict=False) if match else ()

    def run(self, command: str) -> list[str]:
        """A command that ends."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            capture_output=True,
            check=False,
            env=self.environment(),
            timeout=60,
        )
        return lines(done.stdout + b"\n" + done.stderr)

    def begin(self, command: str) -> list[str]:
        """A program that runs on; what it says until it is ready."""
        log = self.folder / f".said-{len(self.running)}"
        with log.open("wb") as out:
            self.running.append(
                subprocess.Popen(
                    ["bash", "-c", f"exec {command}"], cwd=self.folder, stdout=out, stderr=out, env=self.environment()
                )
            )
        end = time.monotonic() + PATIENCE
        while b"ready" not in log.read_bytes() and self.running[-1].poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        return lines(log.read_bytes())

    def end(self) -> list[int]:
        """Everything that still runs is asked to end, the last first; the exit codes of the gateways."""
        codes = []
        for process in reversed(self.running):
            process.send_signal(signal.SIGTERM)
            code = process.wait(PATIENCE)
            codes += [code] if "gateway serve" in str(process.args) else []
        return codes

    def tool(self) -> None:
        """The command `gateway`, whether it is installed or not."""
        tool = self.folder / ".bin" / "gateway"
        tool.parent.mkdir(exist_ok=True)
        tool.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{MAIN}" "$@"\n', encoding="utf-8")
        tool.chmod(0o755)

    def environment(self) -> dict[str, str]:
        """As little as possible, so that a page does not depend on whoever tests it."""
        path = f"{self.folder / '.bin'}:{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
        fhir = {"GATEWAY__FHIR__LISTEN": f"127.0.0.1:{self.fhir}"}
        own = {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "TZ": "Europe/Berlin", "USER": "betrieb"}
        return {"PATH": path, **own, **fhir}


def whole(path: Path) -> str:
    """A page, and before it the files and folders of the page it goes on from."""
    text = path.read_text(encoding="utf-8")
    before = GOES_ON.search(text)
    earlier = whole(path.parent / f"{before[1]}.md") if before else ""
    return "\n".join([*(b[0] for b in BLOCK.finditer(earlier) if b["file"] or "\n$ mkdir" in b[0]), text])


def lines(said: bytes) -> list[str]:
    return [levelled(line) for line in said.decode("utf-8").splitlines()]


def ports(text: str) -> dict[str, str]:
    """A free port for each one that a page shows, and for the FHIR interface."""
    shown = {FHIR, *(match[1] or match[2] for match in PORT.finditer(text))}
    return dict(zip(sorted(shown), (str(free_port()) for _ in shown), strict=True))


def renumbered(text: str, free: dict[str, str]) -> str:
    """A page with these ports instead of its own."""
    return re.sub("|".join(rf"\b{port}\b" for port in free), lambda match: free[match[0]], text)
