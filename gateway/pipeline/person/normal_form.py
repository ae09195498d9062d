"""Names, streets and dates as they are compared: what differs only in spelling becomes the same text."""

import re
import unicodedata

SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe", "ł": "l"})
PARTICLES = frozenset(
    [
        "von",
        "van",
        "vom",
        "zu",
        "zum",
        "zur",
        "der",
        "den",
        "dem",
        "de",
        "da",
        "di",
        "del",
        "dos",
        "und",
        "of",
        "freiherr",
        "freifrau",
        "graf",
        "graefin",
        "baron",
        "dr",
        "prof",
    ]
)
"""Words of a family name that one sender writes and the next leaves out."""
NOBODY = frozenset(
    [
        "nn",
        "n",
        "unbekannt",
        "unknown",
        "ohne",
        "keine",
        "sohn",
        "tochter",
        "knabe",
        "maedchen",
        "junge",
        "kind",
        "baby",
        "saeugling",
        "neugeborenes",
        "maennlich",
        "weiblich",
        "zwilling",
        "drilling",
        "namenlos",
        "vorname",
        "nachname",
        "name",
        "a",
        "b",
        "c",
        "d",
        "i",
        "ii",
        "iii",
        "1",
        "2",
        "3",
    ]
)
"""What stands in the place of a given name that nobody gave yet."""
NO_FAMILY = frozenset({"nn", "n n", "unbekannt", "unknown", "ohne"})
"""The same for a family name."""
DEFAULT_DATES = frozenset({"1900-01-01", "1901-01-01", "1111-11-11", "1800-01-01", "9999-12-31", "0001-01-01"})
"""Birth dates that say a field had to be filled."""

_WORD = re.compile(r"[a-z0-9]+")
_HOUSE = re.compile(r"(.*?[^\d\s/-])[\s,]*(\d+\s*[a-zA-Z]?(?:\s*[-/+]\s*\d*\s*[a-zA-Z]?)?)\s*")
_STREET = re.compile(r"(?:strasse|str)$")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def words(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents and punctuation; ä is ae, ß is ss."""
    spelled = unicodedata.normalize("NFC", text).casefold().translate(SPELLED)
    plain = "".join(c for c in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(c))
    return tuple(_WORD.findall(plain))


def family(text: str) -> str:
    """A family name without particles and titles, its parts in one order: `Müller-von der Heide` -> `heide mueller`."""
    parts = words(text)
    return " ".join(sorted(part for part in parts if part not in PARTICLES) or parts)


def given(texts: list[str]) -> tuple[str, ...]:
    """Given names one by one: `Karl-Heinz` -> `karl`, `heinz`; none where only a word for a missing name stands."""
    parts = [part for text in texts for part in words(text) if part not in ("dr", "prof")]
    full = [part for part in parts if part not in NOBODY]
    initials = [part for part in parts if len(part) == 1 and part.isalpha()]
    return tuple(parts) if full else tuple(initials) if len(initials) == len(parts) == 1 else ()


def street(line: str) -> tuple[str, str]:
    """A line of an address as street and house number: `Senner Str. 12 A` -> (`sennerstr`, `12a`)."""
    found = _HOUSE.fullmatch(line.strip())
    name, house = (found[1], found[2]) if found else (line, "")
    return _STREET.sub("str", "".join(words(name))), "".join(words(house))


def date(text: object) -> str:
    """A FHIR date as it is, empty for what is none or says nothing."""
    said = text if isinstance(text, str) else ""
    return said if _DATE.fullmatch(said) and said not in DEFAULT_DATES else ""


# --- Kölner Phonetik (Postel 1969) -----------------------------------------------------------------------------------

_PLAIN = {
    **dict.fromkeys("aeijouy", "0"), "b": "1", **dict.fromkeys("fvw", "3"), **dict.fromkeys("gkq", "4"), "l": "5",
    **dict.fromkeys("mn", "6"), "r": "7", **dict.fromkeys("sz", "8"), "h": "",
}  # fmt: skip


def sound(text: str) -> str:
    """How a word sounds, as digits: `mueller`, `miller` and `moeller` are 657."""
    letters = [letter for letter in text if letter.isalpha()]
    codes: list[str] = []
    for n, letter in enumerate(letters):
        before = letters[n - 1] if n else ""
        after = letters[n + 1] if n + 1 < len(letters) else ""
        codes += _code(letter, before, after)
    kept = [code for n, code in enumerate(codes) if n == 0 or code != codes[n - 1]]
    return "".join(code for n, code in enumerate(kept) if n == 0 or code != "0")


def _code(letter: str, before: str, after: str) -> str:
    """The digits of one letter between its neighbours."""
    if letter == "p":
        return "3" if after == "h" else "1"
    if letter in "dt":
        return "8" if after and after in "csz" else "2"
    if letter == "x":
        return "8" if before and before in "ckq" else "48"
    if letter == "c":
        return _code_of_c(before, after)
    return _PLAIN.get(letter, "")


def _code_of_c(before: str, after: str) -> str:
    """C sounds like K before some letters, but at the beginning of a word before others, and never after S and Z."""
    hard = "ahkloqrux" if not before else "ahkoqux"
    return "4" if after and after in hard and before not in ("s", "z") else "8"
