"""What is seen of an XML document before a parser begins it: size, charset, how much of what costs a parser time."""

import re

from gateway.domain.problem import Problem
from gateway.fhir.json import Limits

ATTRIBUTES = 1_000
"""Of one element; each is compared with all others."""
_LONG = re.compile(rb"<[^<]{4000,}+")
_ATTRIBUTE = re.compile(rb"=[\s\0]*+[\"']")
_ENCODING = re.compile(rb"\bencoding\s*=\s*[\"']([^\"']*)")
_CHARSET = re.compile(rb"utf-?(8|16(le|be)?)|(us-)?ascii|iso-8859-\d+|latin-?\d|(windows-|cp)125\d", re.IGNORECASE)
"""Charsets in which `<`, `=` and quotes are what they look like."""


def heavy(data: bytes, limits: Limits) -> Problem | None:
    """Why a document is not even begun: its size, or what takes a parser longer the more there is of it."""
    if len(data) > limits.bytes:
        sentence = f"The file has more than {limits.bytes} bytes."
        return Problem("xml.bytes", "file", sentence, "Send it in parts or raise `limits.bytes`.")
    said = _ENCODING.search(data[:400].replace(b"\0", b""))
    if said and not _CHARSET.fullmatch(said[1]):
        return Problem("xml.syntax", "file", "The text is no readable XML.", "Declare its encoding, best UTF-8.")
    if data.count(b"<") > limits.values:
        return Problem("xml.values", "file", f"The file has more than {limits.values} elements.", "Send it in parts.")
    if any(len(_ATTRIBUTE.findall(tag[0])) > ATTRIBUTES for tag in _LONG.finditer(data)):
        return Problem("xml.attributes", "file", "An element has too many attributes.", "Look at the sender.")
    return None
