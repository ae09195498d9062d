"""Terms and dates that would show a person, as words that only the index's key can make (HMAC-SHA-256, 128 bits).

Plain stay links (`Type/id`), codes, and dates that are not a person's own: they are followed, sorted and counted.
All else that a resource is found by is sealed; of texts beginnings too (`EACH`, `SOME`).

A further key of the index is laid over those before: its words are made of theirs. So words under fewer keys come under
all of them without what they stand for, of which much is written down nowhere else.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Literal

from gateway.fhir.searching.parameters import Parameter, parameters
from gateway.fhir.searching.texts import EXACT
from gateway.store.sealing.dates import words

Way = Literal["plain", "link", "token", "text"]
NAMES = frozenset({"name", "family", "fhir:family"})
"""Texts that are asked for most: each beginning has a word."""
EACH, SOME = tuple(range(1, 25)), (1, 3, 6, 12)
"""Lengths of the beginnings that have words: of names, of other texts; between them, what is found is compared."""
MARK = "\x7f"
"""How a sealed word begins; it ends with the number of the keys it was made with, unless that is one."""
WORD = re.compile(r"\x7f[A-Za-z0-9_-]{22}[0-9]{0,3}", re.ASCII)
BYTES, END = 16, 23
"""How many bytes of a digest a word holds; where these end, and the number of the keys begins."""
OWN_DATES = frozenset({("Patient", "birthdate"), ("Patient", "death-date"), ("RelatedPerson", "birthdate")})
"""Dates that tell a person."""
SECRET = frozenset({"Identifier", "ContactPoint", "phone", "email", "string", "markdown"})
"""Types of elements whose values tell a person where a token searches them."""
TAGS = "_tag"
"""Tags say by which numbers senders know a person (pipeline/person/terms.py)."""
LINK = re.compile(r"[A-Z][A-Za-z]*/[A-Za-z0-9\-.]{1,64}", re.ASCII)
THERE = "date"
"""The word of a date that there is one."""
Terms = Iterable[tuple[str, str]]
Spans = Iterable[tuple[str, str, str]]


def way(kind: str, name: str) -> Way:
    """How the terms of a name are stored."""
    return ways(kind).get(name) or ("token" if name.endswith(":identifier") else "link")


@cache
def ways(kind: str) -> dict[str, Way]:
    """The same for all parameters of a type."""
    found: dict[str, Way] = {}
    for parameter in parameters(kind).values():
        mine = _way(parameter)
        found[parameter.stored] = mine if found.get(parameter.stored, "plain") == "plain" else found[parameter.stored]
    return found


def _way(parameter: Parameter) -> Way:
    if parameter.kind == "string":
        return "text"
    secret = (
        parameter.kind == "date"
        or parameter.stored == TAGS
        or (parameter.kind == "token" and not SECRET.isdisjoint(parameter.of))
    )
    return "token" if secret else "plain"


class Index:
    """Sealed words of one gateway, under one key or several laid over each other.

    `used`: what words have to be looked for under, the oldest first; more than this one while a key is being laid.
    """

    def __init__(self, *secrets: bytes, before: Sequence["Index"] = ()) -> None:
        self._secrets = secrets
        self._end = "" if len(secrets) == 1 else str(len(secrets))
        self.used: tuple[Index, ...] = (*before, self)

    def word(self, name: str, how: str, value: str) -> str:
        """The word of a value of a parameter, taken in one way (`is`, `starts`, `low`, `high`)."""
        said = f"{name}\0{how}\0{value}".encode("utf-8", "surrogatepass")
        return self._laid(hmac.digest(self._secrets[0], said, "sha256"), 1)

    def words(self, name: str, how: str, value: str) -> tuple[str, ...]:
        """The words of a value under each of `used`."""
        return tuple(each.word(name, how, value) for each in self.used)

    def has_made(self, word: str) -> bool:
        """Whether a word is under all of the keys."""
        return word[END:] == self._end

    def over(self, word: str) -> str:
        """A word under the first of the keys, or some, under all of them."""
        return self._laid(base64.urlsafe_b64decode(word[1:END] + "=="), int(word[END:] or 1))

    def _laid(self, digest: bytes, keys: int) -> str:
        """The word of a digest under so many keys."""
        for secret in self._secrets[keys:]:
            digest = hmac.digest(secret, digest[:BYTES], "sha256")
        return MARK + base64.urlsafe_b64encode(digest[:BYTES])[: END - 1].decode() + self._end

    def plain(self, kind: str, name: str, value: str) -> bool:
        """Whether a value of a name is stored as it is."""
        mine = way(kind, name)
        return mine == "plain" or (mine == "link" and LINK.fullmatch(value) is not None)

    def value(self, kind: str, name: str, value: str) -> str:
        """A value as it is stored, for who asks for it whole."""
        return value if self.plain(kind, name, value) else self.word(name, "is", value)

    def terms(self, kind: str, terms: Terms, spans: Spans) -> set[tuple[str, str]]:
        """All terms of a resource as they are stored; those of sealed dates among them."""
        known, found = ways(kind), set[tuple[str, str]]()
        for name, value in terms:
            if known.get(name) == "plain":
                found.add((name, value))
            else:
                found.update(self.term(kind, name, value))
        for name, low, high in spans:
            if (kind, name) in OWN_DATES:
                found.update(self.date(name, low, high))
        return found

    def term(self, kind: str, name: str, value: str) -> Iterator[tuple[str, str]]:
        """One term as it is stored, and the beginnings it is found by."""
        if self.plain(kind, name, value):
            yield name, value
            return
        yield name, self.word(name, "is", value)
        for start in starts(kind, name, value):
            yield name, self.word(name, "starts", start)

    def date(self, name: str, low: str, high: str) -> Iterator[tuple[str, str]]:
        """A date as words."""
        yield name, self.word(name, THERE, "")
        for side, moment in (("low", low), ("high", high)):
            for said in words(moment):
                yield name, self.word(name, side, said)

    @staticmethod
    def spans(kind: str, spans: Spans) -> set[tuple[str, str, str]]:
        """The spans that stay as they are."""
        return {span for span in spans if (kind, span[0]) not in OWN_DATES}


def is_word(value: str) -> bool:
    """Whether a stored value is one of our words; others may begin like one."""
    return WORD.fullmatch(value) is not None


def lengths(name: str) -> tuple[int, ...]:
    """How long the beginnings of a text are that have words."""
    return EACH if name in NAMES else SOME


def starts(kind: str, name: str, value: str) -> Iterator[str]:
    """The beginnings of a value that are looked for: of a text, of a number its system."""
    if way(kind, name) == "text":
        whole = value.partition(EXACT)[0]
        yield from (whole[:length] for length in lengths(name) if length <= len(whole))
    elif "|" in value:
        yield value[: value.index("|") + 1]
