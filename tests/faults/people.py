"""Invented persons, each unlike all others, and the messages that discharge them into care."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from gateway.pipeline.person.kvnr import kvnr

BEGIN, MIDDLE, END = (
    ["Ar", "Bel", "Dor", "Fen", "Gis", "Hol", "Kru", "Lam", "Mor", "Nie"],
    ["a", "e", "i", "o", "u", "ä", "ö", "ü"],
    ["bert", "gard", "mann", "sen"],
)
DISCHARGE = r"""
MSH|^~\&|KIS|{facility}|GATEWAY|OWL|20260312110500||ADT^A03^ADT_A03|{id}|P|2.5^DEU&&HL70399|||{wish}|DEU|8859/1
EVN|A03|20260312110500||||20260312103000
PID|1||{number}^^^{facility}^PI~{kvnr}^^^GKV^GKV||{family}^{given}^^^^^L||{born}|F|||{home}||^PRN^PH^^49^521^{number}
PV1|1|I|GER^204^1^{facility}^^N^A^2|N|||100234^Brackwede^Hilko^^^Dr.^^^{facility}^L||||||||||||{visit}{end}
""".lstrip()
END_OF_STAY = "|" * 17 + "109" + "|" * 8 + "20260302091500|20260312103000"
"""PV1-36.1 (discharged into care), PV1-44 and PV1-45."""
ORIGINAL, ENHANCED = "|", "AL|NE"
"""MSH-15 and MSH-16: how the sender wants to be answered (chapter 2.9.2)."""


@dataclass(frozen=True)
class Person:
    """One person; `number` is what the hospital calls her."""

    number: str
    kvnr: str
    family: str
    given: str
    born: str
    street: str
    house: int


def person(nth: int) -> Person:
    """The n-th person; the same for the same n."""
    chance = random.Random(nth)

    def word(parts: int) -> str:
        return chance.choice(BEGIN) + "".join(chance.choice(MIDDLE) + chance.choice("ltnrsk") for _ in range(parts))

    digits = f"{chance.choice('ABCDEFGHIJ')}{nth:08d}"
    insured = next(found for check in range(10) if (found := kvnr(f"{digits}{check}")))
    born = date(1928, 1, 1) + timedelta(days=7 * nth)
    family = word(3) + chance.choice(END)
    return Person(f"{7_000_000 + nth}", insured, family, word(2), f"{born:%Y%m%d}", f"{word(2)}weg", nth % 90 + 1)


@dataclass(frozen=True)
class Place:
    """Where somebody lives."""

    postcode: str = "33659"
    city: str = "Bielefeld"


SENNE, GUETERSLOH = Place(), Place("33330", "Gütersloh")


def discharge(nth: int, place: Place = SENNE, wish: str = ENHANCED, facility: str = "KLINIK") -> bytes:
    """The n-th person leaves for a place and needs care; MSH-10 is `K<n>`."""
    whom = person(nth)
    home = f"{whom.street} {whom.house}&{whom.street}&{whom.house}^^{place.city}^^{place.postcode}^DEU^H"
    visit = f"{whom.number}9^^^{facility}^VN"
    told = {"id": f"K{nth:06d}", "home": home, "visit": visit, "end": END_OF_STAY, "wish": wish, "facility": facility}
    return DISCHARGE.format(**vars(whom), **told).replace("\n", "\r").encode("iso8859-1")
