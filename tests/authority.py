"""An authority of a test's own, and certificates for this machine of every kind a door has to tell apart."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DAY = timedelta(days=1)
EXPIRED = (-3 * DAY, -DAY)
HOSTS = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, in PEM."""

    certificate: Path
    key: Path

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the certificate."""
        made = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        return hashlib.sha256(made.public_bytes(serialization.Encoding.DER)).hexdigest()

    @property
    def fingerprint(self) -> str:
        """As partner.yaml names it."""
        return f"sha256:{self.digest}"

    @property
    def files(self) -> tuple[str, str]:
        return str(self.certificate), str(self.key)


@dataclass(frozen=True)
class Files:
    """What a door shows, and whom it trusts."""

    certificate: str
    key: str
    client_ca: str = ""
    revoked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Authority:
    """Signs into its folder."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @cached_property
    def name(self) -> x509.Name:
        return named(f"authority {self.folder.name}")

    @cached_property
    def ca(self) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        made = builder(self.name, self.name, self.key, -DAY, 30 * DAY)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        file = self.folder / "ca.pem"
        file.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return str(file)

    def signs(self, name: str, begins: timedelta = -DAY, ends: timedelta = 2 * DAY) -> Pair:
        """A certificate that counts from and until so long from now."""
        assert self.ca
        key = ec.generate_private_key(ec.SECP256R1())
        made = builder(named(name), self.name, key, begins, ends).add_extension(HOSTS, critical=False)
        pair = Pair(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        pair.certificate.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        pair.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return pair


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begins: timedelta, ends: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    return made.not_valid_before(now + begins).not_valid_after(now + ends)
