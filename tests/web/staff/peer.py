"""Providers to come back from: one by others, run by node, and one of our own that can lie."""

import base64
import fcntl
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.bench.peers import HOME

HERE = Path(__file__).parent / "provider"
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
OTHER = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
EC = ECKey.generate_key("P-256", {"kid": "k2", "use": "sig", "alg": "ES256"})
Claims = dict[str, Any]


@dataclass
class Liar:
    """A provider that signs what it is told to; `claims` are laid over what would be right, None leaves one out."""

    port: int = 0
    keys: list[Any] = field(default_factory=lambda: [KEY, EC])
    signer: Any = field(default_factory=lambda: KEY)
    head: Claims = field(default_factory=lambda: {"alg": "RS256", "kid": "k1"})
    claims: Claims = field(default_factory=dict)
    configured: Claims = field(default_factory=dict)
    nonce: str = ""
    forms: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    keys_asked: int = 0
    down: bool = False

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def configuration(self) -> Claims:
        ways = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/keys"}
        said = {name: f"{self.issuer}{path}" for name, path in ways.items()}
        return {"issuer": self.issuer, **said, **self.configured}

    def token(self) -> str:
        now = int(time.time())
        right = {
            "iss": self.issuer, "aud": "kuemmerer-gateway", "sub": "a-person", "exp": now + 60, "iat": now,
            "nonce": self.nonce, "roles": ["kg-pruefung"],
        }  # fmt: skip
        said = {key: value for key, value in {**right, **self.claims}.items() if value is not None}
        if self.head.get("alg") == "none":
            return f"{encoded(self.head)}.{encoded(said)}."
        return jwt.encode(self.head, said, self.signer, algorithms=[self.head["alg"]])

    def answer(self, path: str) -> Claims:
        if path == "/.well-known/openid-configuration":
            return self.configuration()
        if path == "/keys":
            self.keys_asked += 1
            return {"keys": [key.as_dict(private=False) for key in self.keys]}
        return {"id_token": self.token(), "access_token": "x", "token_type": "Bearer"}


def encoded(value: Claims) -> str:
    """A part of a token (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@contextmanager
def lying() -> Iterator[Liar]:
    """Our own provider, as long as the block lasts."""
    liar = Liar()

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.give()

        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["content-length"])).decode()
            liar.forms.append((self.headers.get("authorization", ""), parse_qs(form)))
            self.give()

        def give(self) -> None:
            data = json.dumps(liar.answer(urlsplit(self.path).path)).encode()
            self.send_response(500 if liar.down else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    liar.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@cache
def installed() -> Path | None:
    """The folder with the provider by others, None where it cannot be had here."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    home = HOME / "oidc"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several runs fill it at once, and none may start what is half there
        return home if filled(home) else None


def filled(home: Path) -> bool:
    """Whether the folder has what the lock file names; it is written down only after npm came to its end."""
    wanted, done = (HERE / "package-lock.json").read_bytes(), home / "filled.json"
    if done.exists() and done.read_bytes() == wanted:
        return True
    done.unlink(missing_ok=True)
    for file in ("package.json", "package-lock.json"):
        shutil.copy(HERE / file, home)
    words = ["npm", "ci", "--no-audit", "--no-fund", "--fetch-retries=0"]
    with suppress(subprocess.SubprocessError):
        subprocess.run(words, cwd=home, capture_output=True, check=True, timeout=60)
        done.write_bytes(wanted)
    return done.exists()


@contextmanager
def by_others(home: Path, back: str, secret: str) -> Iterator[str]:
    """Their provider at work, at any port that it gets; its issuer."""
    words = ["node", "--input-type=module", "-", back, secret]
    with (HERE / "provider.mjs").open() as script:
        running = subprocess.Popen(words, cwd=home, stdin=script, stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout
        issuer = next((line.split()[1] for line in running.stdout if line.startswith("ready ")), "")
        assert issuer, "the provider did not start"
        yield issuer
    finally:
        running.terminate()
        with suppress(subprocess.TimeoutExpired):
            running.wait(10)
        if running.poll() is None:
            running.kill()
            running.wait()
        if running.stdout:
            running.stdout.close()
