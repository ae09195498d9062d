"""The two secrets of a link: a key in its address and a code that travels another way; only hashes of them are kept."""

import hashlib
import hmac
import secrets
from base64 import b32encode

ALPHABET = "23456789"
"""Digits that are read aloud and typed without doubt."""
DIGITS = 8
COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
"""Of scrypt (RFC 7914): about 50 ms and 16 MB a try."""


def fresh_key() -> str:
    """A new key: 160 random bits in 32 letters and digits (RFC 4648, chapter 6)."""
    return b32encode(secrets.token_bytes(20)).decode().lower()


def fresh_code() -> str:
    """A new code, as two groups of four digits."""
    digits = "".join(secrets.choice(ALPHABET) for _ in range(DIGITS))
    return f"{digits[:4]} {digits[4:]}"


def cleaned(text: str) -> str:
    """A key or code as somebody types it, without blanks, hyphens and large letters."""
    return "".join(letter for letter in text.lower() if letter.isalnum())[:64]


def scrambled(code: str) -> str:
    """A code that can be guessed, made slow to guess: salt and scrypt, both in hex."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_scrypt(code, salt)}"


def fits(code: str, kept: str) -> bool:
    """Whether this is the code; takes as long where there is none to compare with."""
    salt, _, digest = (kept or f"{'00' * 16}:").partition(":")
    return hmac.compare_digest(_scrypt(code, bytes.fromhex(salt)), digest) and bool(kept)


def _scrypt(code: str, salt: bytes) -> str:
    return hashlib.scrypt(cleaned(code).encode(), salt=salt, **COST).hex()
