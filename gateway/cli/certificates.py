"""Until when a certificate holds."""

import re
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
UTC_TIME, EXPLICIT_VERSION = 0x17, 0xA0
BEFORE_VALIDITY = 3
"""serialNumber, signature, issuer."""


def ends(path: Path) -> datetime | None:
    """When the first of the certificates in a PEM file ends; None where it holds none that can be read."""
    try:
        return earliest(BLOCK.findall(path.read_text(encoding="ascii", errors="replace")))
    except OSError:
        return None


def earliest(blocks: Sequence[str]) -> datetime | None:
    """The first end among certificates in PEM."""
    try:
        return min((not_after(ssl.PEM_cert_to_DER_cert(block)) for block in blocks), default=None)
    except (ValueError, IndexError):
        return None


def not_after(der: bytes) -> datetime:
    """tbsCertificate.validity.notAfter (RFC 5280, 4.1.2.5); ValueError or IndexError where it is no certificate."""
    at = piece(der, piece(der, 0)[1])[1]
    if der[at] == EXPLICIT_VERSION:
        at = piece(der, at)[2]
    for _ in range(BEFORE_VALIDITY):
        at = piece(der, at)[2]
    not_before = piece(der, piece(der, at)[1])
    tag, start, end = piece(der, not_before[2])
    form = "%y%m%d%H%M%SZ" if tag == UTC_TIME else "%Y%m%d%H%M%SZ"
    return datetime.strptime(der[start:end].decode("ascii"), form).replace(tzinfo=UTC)


def piece(der: bytes, at: int) -> tuple[int, int, int]:
    """Tag, start and end of the value that begins here (X.690, 8.1)."""
    length, start = der[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(der[start : start + count]), start + count
    return der[at], start, start + length
