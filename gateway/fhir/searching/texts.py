"""Texts as they are compared: strings without case and accents (chapter 3.1.1.4.8), codes, phone numbers."""

import re
import unicodedata

EXACT = "\x1f"
"""Between what is compared and the text as it stands, in the term of a string; no FHIR string holds it."""
UNSAID = re.compile(r"[\s()/.\-]")
APART = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """A text without case, accents, punctuation and doubled spaces."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in parts if not unicodedata.combining(sign))
    text = text.casefold()
    return text if text.isalnum() else APART.sub(" ", text).strip()


def bare(code: str) -> str:
    """A code without its system; it cannot be taken for one with a system."""
    return code.replace("|", "%7C") if "|" in code else code


def reachable(contact: str) -> str:
    """A phone number without what only helps to read it; an e-mail address without case."""
    return contact.strip().casefold() if "@" in contact else UNSAID.sub("", contact)
