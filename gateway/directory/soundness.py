"""What is wrong with one partner.yaml beyond its types: numbers, networks, fingerprints, roads that lack something."""

import re
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_network
from string import Formatter
from urllib.parse import urlsplit

from gateway.directory.clients import clients
from gateway.directory.concerns import parents
from gateway.directory.known import Known
from gateway.directory.links import links
from gateway.directory.needs import needs, roads
from gateway.directory.party import IDENTIFIERS, Party, Receives
from gateway.directory.routing import span
from gateway.directory.times import times
from gateway.domain import foreign
from gateway.domain.problem import Problem
from gateway.mapping.typed import Document, Key, is_file, is_folder, nearest

Check = Callable[[Party, Document, Known], Iterator[Problem]]
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
RESERVED = frozenset({"delivery", "desk", "gateway", "nobody", "operator", "staff", "unknown"})
"""Who acts in the audit and is no partner."""
DIGEST = re.compile(r"[0-9a-fA-F]{64}")
POSTCODE = re.compile(r"\d{5}(\s*-\s*\d{5})?")
AGS = re.compile(r"(0[1-9]|1[0-6])\d{6}")
FORMS = {
    "ik": (re.compile(r"\d{9}"), "9 digits"),
    "bsnr": (re.compile(r"\d{9}"), "9 digits"),
    "ags": (AGS, "8 digits, the first two the Land (05 is Nordrhein-Westfalen)"),
    "telematik-id": (re.compile(r"\d{1,2}-[!-~]{1,120}"), "digits of the sector, `-`, and the rest"),
    "standortnummer": (re.compile(r"77\d{4}(\d{3})?"), "77 and 4 or 7 further digits"),
    "vknr": (re.compile(r"\d{5}"), "5 digits"),
}
PLACEHOLDERS = ("key", "about", "date")


def found(party: Party, document: Document, known: Known) -> list[Problem]:
    """All findings about one partner."""
    return [problem for check in CHECKS for problem in check(party, document, known)]


def names(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """The id: what a URL, a lane and a folder can carry."""
    if not NAME.fullmatch(party.id):
        repair = "use small letters, digits and hyphens, at most 63, as the name of the folder"
        yield document.finding("directory.name", ("partner",), "this is no name for a partner", repair)
    if party.id in RESERVED:
        sentence, repair = "the audit calls somebody else by this name", "give the partner, and its folder, another one"
        yield document.finding("directory.reserved", ("partner",), sentence, repair)


def role(party: Party, document: Document, known: Known) -> Iterator[Problem]:
    """A role that the policy knows; whoever has another is shown nothing."""
    if party.role and known.roles is not None and party.role not in known.roles:
        sentence = f"the policy in force knows no role `{party.role}`, so this partner is shown nothing"
        repair = f"write one of {', '.join(f'`{name}`' for name in sorted(known.roles))}"
        yield document.finding("directory.role", ("role",), sentence, repair, "warning")


def identifiers(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """Known kinds of numbers, each in its form."""
    for word, value in party.identifiers.items():
        path = ("identifiers", word)
        if word in FORMS and not FORMS[word][0].fullmatch(value):
            yield document.finding("directory.number", path, f"this is no {word}", f"write {FORMS[word][1]}")
        if word not in FORMS and not re.match(r"(https?://|urn:)", word):
            repair = f"write {', '.join(f'`{known}`' for known in IDENTIFIERS)} or the URL of an identifier system"
            yield document.finding("directory.identifier", path, f"there is no kind of identifier `{word}`", repair)


def digits(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """An IK whose check digit fits; numbers made up for a test must not, so it is only noted."""
    ik = party.identifiers.get("ik", "")
    if FORMS["ik"][0].fullmatch(ik) and check_digit(ik) != ik[8]:
        sentence = "the check digit of this ik does not fit: mistyped, or made up for a test"
        repair = "compare it with the partner's own papers"
        yield document.finding("directory.digit", ("identifiers", "ik"), sentence, repair, "information")


def check_digit(ik: str) -> str:
    """The ninth digit of an IK: digits 3 to 8 times 2, 1, 2, 1, 2, 1, their digits added, the last of it."""
    products = (int(digit) * (2 - number % 2) for number, digit in enumerate(ik[2:8]))
    return str(sum(product // 10 + product % 10 for product in products) % 10)


def concerns(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """Areas of concern that exist."""
    for number, code in enumerate(party.concerns):
        if code not in parents():
            sentence = f"there is no area of concern `{code}`"
            yield document.finding("directory.concern", ("concerns", number), sentence, nearest(code, parents()))


def catchment(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """Municipality keys and postcodes in their form; a catchment is a site's."""
    given = bool(party.catchment.ags or party.catchment.postcodes)
    if given and party.kind != "site":
        repair = "write `kind: site`, or drop it"
        yield document.finding("directory.catchment", ("catchment",), "only a site has a catchment", repair)
    if not given and party.kind == "site":
        sentence = "this site is responsible for no place, so it gets only what falls to it as the fallback"
        repair = "add `catchment: {postcodes: [...]}` or `{ags: [...]}`"
        yield document.finding("directory.placeless", ("kind",), sentence, repair, "information")
    for number, code in enumerate(party.catchment.ags):
        if not AGS.fullmatch(code):
            yield document.finding(
                "directory.ags", ("catchment", "ags", number), "this is no AGS", f"write {FORMS['ags'][1]}"
            )
    for number, text in enumerate(party.catchment.postcodes):
        low, high = span(text)
        if not POSTCODE.fullmatch(text) or low > high:
            repair = "write 5 digits (`33602`) or a range from low to high (`33602-33739`)"
            path = ("catchment", "postcodes", number)
            yield document.finding("directory.postcode", path, "these are no postcodes", repair)


def proofs(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """Networks are networks; tokens and certificates are fingerprints, never the thing itself."""
    for number, road in enumerate(party.sends):
        path = ("sends", number)
        for at, text in enumerate(road.from_):
            yield from _network(document, (*path, "from", at), text)
        for at, text in enumerate(road.token):
            if not is_digest(text):
                sentence = "a token never stands here itself, only its SHA-256"
                repair = "write `sha256:` and what `printf %s TOKEN | sha256sum` says; if it is a real one, replace it"
                yield document.finding("directory.token", (*path, "token", at), sentence, repair)
        for at, text in enumerate(road.certificate):
            if not is_digest(text):
                repair = "write `sha256:` and what `openssl x509 -in FILE -noout -fingerprint -sha256` says"
                sentence = "a certificate is named by its SHA-256"
                yield document.finding("directory.certificate", (*path, "certificate", at), sentence, repair)


def is_digest(text: str) -> bool:
    """`sha256:` and 64 hex digits, with or without colons between them."""
    return DIGEST.fullmatch(text.removeprefix("sha256:").replace(":", "")) is not None and text.startswith("sha256:")


def _network(document: Document, path: Sequence[Key], text: str) -> Iterator[Problem]:
    try:
        ip_network(text)
    except ValueError:
        try:
            repair = f"did you mean `{ip_network(text, strict=False)}`?"
        except ValueError:
            repair = "write an address (`10.1.2.3`) or a network (`10.1.2.0/24`)"
        yield document.finding("directory.network", path, "this is no network in CIDR notation", repair)


def addresses(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """URLs that can be called, file names that can be filled in."""
    for number, road in enumerate(party.receives):
        path = ("receives", number)
        if road.url and not callable_url(road.url):
            sentence = "this is no URL that can be called, or it carries a user, password or fragment"
            yield document.finding("directory.url", (*path, "url"), sentence, "write `https://host/path`")
        if not sound_name(road.name):
            repair = f"use letters, digits and {', '.join(f'`{{{word}}}`' for word in PLACEHOLDERS)}, no folders"
            yield document.finding("directory.filename", (*path, "name"), "no file can be called like this", repair)


def callable_url(text: str) -> bool:
    """Scheme, host and nothing secret (RFC 9110, chapters 4.2 and 4.2.4)."""
    try:
        url = urlsplit(text)
        sound = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        return False
    return sound and not (url.username or url.password or url.fragment)


def sound_name(template: str) -> bool:
    """A template of a file name with known placeholders only, one of them `{key}`."""
    try:
        parts = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(template)]
    except ValueError:
        return False
    names = [name for name, *_ in parts if name is not None]
    plain = not any(spec or conversion for _, spec, conversion in parts)
    safe = not re.search(r"[/\\\x00-\x1f]", template) and not template.startswith(".")
    return safe and plain and "key" in names and set(names) <= set(PLACEHOLDERS)


def answers(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """Who wants answers has a road for them."""
    if party.answers.as_ and not party.receiving("answers"):
        repair = "add a road with `for: [answers]` under `receives`, or drop `answers`"
        yield document.finding("directory.answers", ("answers",), "there is no road for the answers", repair)
    takes = {road.road for road in party.receiving("answers")}
    if party.answers.as_ == "Task" and takes == {"mllp"}:
        sentence = "a Task is FHIR, and all roads for the answers are `mllp`, which carries HL7 v2"
        repair = "write `as: MDM^T02` or `as: RRI^I12`, or add a road `http` or `folder` for the answers"
        yield document.finding("directory.answers-as", ("answers", "as"), sentence, repair, "warning")


def statuses(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """A system of statuses that somebody has written a table for."""
    if party.statuses and party.statuses not in foreign.systems():
        sentence = f"there is no table for a system of statuses `{party.statuses}`"
        repair = nearest(party.statuses, foreign.systems())
        yield document.finding("directory.statuses", ("statuses",), sentence, repair)


def asked(party: Party, document: Document, known: Known) -> Iterator[Problem]:
    """Who is known by a certificate is asked for one."""
    for number, road in enumerate(party.sends):
        if known.asked is False and road.road == "mllp" and road.certificate:
            at = ("sends", number, "certificate")
            sentence = "no MLLP port asks for client certificates, so nobody is known by one"
            repair = "add `client_ca` to the `tls` of a port under `mllp` in gateway.yaml"
            yield document.finding("directory.unasked", at, sentence, repair, "warning")


def folders(party: Party, document: Document, known: Known) -> Iterator[Problem]:
    """Folders that are there; nothing is read or written where they are not."""
    for path, road in roads(party):
        if known.root is not None and road.path and not is_folder(road.path):
            sentence = f"there is no folder {road.path}"
            repair = "make it, for the user of the gateway to write in, or mend the path"
            yield document.finding("directory.folder", (*path, "path"), sentence, repair, "warning")


def references(party: Party, document: Document, known: Known) -> Iterator[Problem]:
    """Formats and secrets that exist, files that are there."""
    for path, road in roads(party):
        if known.formats is not None and road.format not in known.formats:
            sentence = f"there is no format `{road.format}`"
            repair = nearest(road.format, sorted(known.formats))
            yield document.finding("directory.format", (*path, "format"), sentence, repair)
        secret = road.secret if isinstance(road, Receives) else ""
        if secret and known.secrets is not None and secret not in known.secrets:
            repair = f"put it into a file `{secret}` of the folder of secrets"
            sentence = f"there is no secret `{secret}`"
            yield document.finding("directory.secret", (*path, "secret"), sentence, repair)
        tls = road.tls if isinstance(road, Receives) else None
        for word, file in tls.model_dump().items() if tls else ():
            if file and not is_file(file):
                repair = "put it there, or mend the path; it starts from the folder of gateway.yaml"
                yield document.finding("directory.file", (*path, "tls", word), "there is no such file", repair)


CHECKS: tuple[Check, ...] = (
    names,
    role,
    identifiers,
    digits,
    concerns,
    catchment,
    needs,
    proofs,
    addresses,
    answers,
    statuses,
    times,
    clients,
    asked,
    folders,
    links,
    references,
)
