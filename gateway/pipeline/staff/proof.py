"""Password and second factor: argon2id (RFC 9106) and codes of the moment that each count once (RFC 6238)."""

import secrets
from datetime import datetime
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from gateway.domain.problem import Problem

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 200
"""Characters of a password (NIST SP 800-63B, 3.1.1: length, and no rules about kinds of characters)."""
STEP, DIGITS = 30, 6
"""Seconds and digits of a code, as every app on a telephone knows them."""
DRIFT = 1
"""Steps by which a telephone's clock may be early or late."""
ISSUER = "Kümmerer Gateway"
GATE = BoundedSemaphore(2)
"""So many passwords are looked at at one time: each takes 64 MiB, and nobody is to take all of it."""


@cache
def hasher() -> "PasswordHasher":
    """argon2id with the parameters of RFC 9106, 4, second choice: 64 MiB, three passes, four lanes."""
    from argon2 import PasswordHasher  # noqa: PLC0415 - only a gateway with staff needs it

    return PasswordHasher()


@cache
def nobody() -> str:
    """What a password is held against where there is no account: takes as long, and fits none."""
    return hasher().hash(secrets.token_urlsafe(32))


def scrambled(password: str) -> str:
    """A password as it is kept."""
    return hasher().hash(password)


def fits(password: str, kept: str) -> bool:
    """Whether this is the password; takes as long where there is none to compare with."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - as above

    try:
        with GATE:
            return hasher().verify(kept or nobody(), password[:LONGEST]) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def weak(password: str, login: str) -> Problem | None:
    """Why a password is not taken."""
    if not SHORTEST <= len(password) <= LONGEST:
        sentence = f"a password has {SHORTEST} to {LONGEST} characters"
        return Problem("staff.password.length", "password", sentence, "take four words that do not belong together")
    if login.lower() in password.lower() or len(set(password)) < SHORTEST // 2:
        sentence = "this password can be guessed from the name, or repeats itself"
        return Problem("staff.password.weak", "password", sentence, "take four words that do not belong together")
    return None


def fresh_seed() -> str:
    """A new secret of the second factor: 160 random bits (RFC 4226, 4, R6)."""
    import pyotp  # noqa: PLC0415 - only a gateway with staff needs it

    return pyotp.random_base32()


def address(seed: str, login: str) -> str:
    """What the picture for the telephone says (`otpauth://totp/...`)."""
    import pyotp  # noqa: PLC0415 - as above

    return pyotp.TOTP(seed, digits=DIGITS, interval=STEP).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(code: str, seed: str, after: int, now: datetime) -> int:
    """The time step that a code belongs to, 0 where it is wrong or not later than the last one that was used."""
    import hmac  # noqa: PLC0415 - as above

    import pyotp  # noqa: PLC0415 - as above

    typed = "".join(letter for letter in code if letter.isascii() and letter.isdigit())
    if not seed or len(typed) != DIGITS:
        return 0
    clock, here = pyotp.TOTP(seed, digits=DIGITS, interval=STEP), int(now.timestamp()) // STEP
    near = [
        step for step in range(here - DRIFT, here + DRIFT + 1) if hmac.compare_digest(clock.generate_otp(step), typed)
    ]
    return max((step for step in near if step > after), default=0)
