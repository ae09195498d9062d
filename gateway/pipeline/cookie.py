"""What a browser shows again to be known, and how such secrets are kept: as hashes, by the link and by staff."""

import hashlib
import secrets


def fresh_cookie() -> str:
    """What a browser shows again: 256 random bits."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """SHA-256 of a secret that nobody can guess; empty for none."""
    return hashlib.sha256(secret.encode()).hexdigest() if secret else ""
