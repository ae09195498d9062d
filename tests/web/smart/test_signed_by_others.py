"""An assertion that was signed without our library: openssl and nothing else (RFC 7515, appendix A.2)."""

import base64
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from gateway.directory.parties import Directory, Party
from tests.web.smart.place import Place

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def openssl(*words: str, data: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *words], input=data, capture_output=True, check=True).stdout


def pair(folder: Path) -> tuple[str, dict[str, Any]]:
    """A private key in a file, and its public half as a JWK."""
    file = str(folder / "key.pem")
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", file)
    modulus = openssl("rsa", "-in", file, "-noout", "-modulus").decode().strip().removeprefix("Modulus=")
    return file, {"kty": "RSA", "kid": "o", "alg": "RS384", "n": coded(bytes.fromhex(modulus)), "e": "AQAB"}


def test_what_openssl_signs_counts_once_and_only_unchanged(place: Place, tmp_path: Path) -> None:
    file, key = pair(tmp_path)
    client = {"id": "app-o", "jwks": {"keys": [key]}, "scopes": ["system/Task.read"]}
    party = Party.model_validate({"partner": "elsey", "kind": "care-service", "phone": "1", "clients": [client]})
    place.world.rooms.directory = Directory.of([party])
    head = {"alg": "RS384", "kid": "o", "typ": "JWT"}
    endpoint, now = f"{place.base}/auth/token", int(time.time())
    claims = {"iss": "app-o", "sub": "app-o", "aud": endpoint, "exp": now + 200, "iat": now, "jti": "eins"}
    body = f"{coded(json.dumps(head).encode())}.{coded(json.dumps(claims).encode())}"
    signed = f"{body}.{coded(openssl('dgst', '-sha384', '-sign', file, data=body.encode()))}"
    other = coded(json.dumps({**claims, "jti": "zwei"}).encode())
    changed = ".".join([signed.split(".", maxsplit=1)[0], other, signed.split(".")[2]])
    assert [place.asks(text).status_code for text in (changed, signed, signed)] == [401, 200, 401]
