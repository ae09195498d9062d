"""Until when a certificate holds, read from its file."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.cli import certificates, checkup
from tests.authority import DAY, HOSTS, builder, named


def self_signed(folder: Path, days: int, name: str = "c") -> Path:
    """A certificate that holds for so many days and vouches for itself, beside its key."""
    key, own = ec.generate_private_key(ec.SECP256R1()), named("127.0.0.1")
    made = builder(own, own, key, -DAY, timedelta(days=days)).add_extension(HOSTS, critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem, pkcs8, bare = Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    (folder / f"{name}.key").write_bytes(key.private_bytes(pem, pkcs8, bare))
    (folder / f"{name}.pem").write_bytes(made.sign(key, SHA256()).public_bytes(pem))
    return folder / f"{name}.pem"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")
@pytest.mark.parametrize("days", [5, 90, 365 * 40])
def test_the_end_is_that_which_openssl_says(tmp_path: Path, days: int) -> None:
    """Beyond 2049 it is written as GeneralizedTime (RFC 5280, 4.1.2.5)."""
    file = self_signed(tmp_path, days)
    said = subprocess.run(
        ["openssl", "x509", "-in", file, "-noout", "-enddate"], capture_output=True, text=True, check=True
    ).stdout
    end = datetime.strptime(said.strip().partition("=")[2], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
    assert certificates.ends(file) == end


def test_of_several_certificates_the_first_end_counts(tmp_path: Path) -> None:
    long, short = self_signed(tmp_path, 90, "long"), self_signed(tmp_path, 5, "short")
    both = tmp_path / "both.pem"
    both.write_text(long.read_text("ascii") + short.read_text("ascii"), "ascii")
    assert certificates.ends(both) == certificates.ends(short)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    ],
)
def test_what_is_no_certificate_has_no_end(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.pem"
    file.write_text(text, "ascii")
    assert certificates.ends(file) is None
    assert checkup.certificate("tls", file).verdict == "bad"
    assert certificates.ends(tmp_path / "nix.pem") is None


@pytest.mark.parametrize(("days", "verdict"), [(-1, "bad"), (5, "warn"), (90, "ok")])
def test_an_end_that_comes_soon_is_a_warning_and_one_that_was_is_bad(days: int, verdict: str) -> None:
    assert checkup.until("tls", datetime.now(UTC) + timedelta(days=days), "ours").verdict == verdict
