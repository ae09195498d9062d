"""gateway.yaml -> settings: types, then what types cannot say, each finding at its line; paths made absolute."""

import re
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.domain.problem import Problem, worst
from gateway.mapping.typed import Document, Key, is_file, is_folder, open_document, typed
from gateway.settings import environment
from gateway.settings.fhir import interface, subscribers
from gateway.settings.keys import keys
from gateway.settings.model import Settings
from gateway.settings.policy import policy
from gateway.settings.retention import retention
from gateway.settings.secrets import shown
from gateway.settings.section import LISTEN, LOOPBACK, Door, Section, revoked, safe, split
from gateway.settings.staff import staff

STORES = ("sqlite", "postgresql", "postgresql+psycopg")
SQLITE = "sqlite:///"


def load(path: Path, base: Path | None = None) -> tuple[Settings | None, list[Problem]]:
    """The settings of a file with the environment laid over them; None with an error.

    Places are shown relative to `base` (the working directory), paths in the file start from the file's own folder.
    """
    settings, problems = examine(path, base)
    return (None if worst(problems) == "error" else settings), problems


def examine(path: Path, base: Path | None = None) -> tuple[Settings | None, list[Problem]]:
    """The same, and with errors the sections that are sound, so that all findings are told at once."""
    document, values, problems = open_document(path, shown(path, base or Path.cwd()))
    if document is None:
        return None, problems
    over, found = environment.overrides()
    problems += found
    sources = {way: f"environment {name}" for name, way in environment.names()} if over else {}
    document = replace(document, elsewhere=sources)
    whole = environment.merged(values, over)
    settings, found = typed(Settings, whole, document)
    problems += found
    if settings is None:
        sound = {key: value for key, value in whole.items() if not typed(Settings, {key: value}, document)[1]}
        settings = Settings.model_validate(sound)
    settings = rooted(settings, path.resolve().parent)
    problems += [problem for check in CHECKS for problem in check(settings, document)]
    return settings, problems


def rooted(settings: Settings, root: Path) -> Settings:
    """The settings with all paths absolute."""
    changes: dict[str, Any] = {
        "mappings": tuple(root / folder for folder in settings.mappings),
        "secrets": str(root / settings.secrets) if settings.secrets else "",
        "policy": str(root / settings.policy) if settings.policy else "",
        "store": settings.store.model_copy(update={"url": rooted_url(settings.store.url, root)}),
        "http": _rooted_door(settings.http, root),
        "fhir": _rooted_door(settings.fhir, root),
        "audit": _rooted(settings.audit, "anchor", root),
        "keys": _rooted(settings.keys, "folder", root),
        "link": _rooted_door(settings.link, root),
        "staff": _rooted_door(settings.staff, root),
        "mllp": tuple(_rooted_door(door, root) for door in settings.mllp),
    }
    found = settings.model_copy(update=changes)
    found._root = root  # noqa: SLF001 - it is no setting, but where they start from
    return found


def rooted_url(url: str, root: Path) -> str:
    """An SQLite URL with the file's absolute path; any other one as it is."""
    file, mark, query = url.removeprefix(SQLITE).partition("?")
    if not url.startswith(SQLITE) or file in {"", ":memory:"}:
        return url
    return f"{SQLITE}{(root / file).resolve()}{mark}{query}"


def _rooted(section: Section, key: str, root: Path) -> Section:
    """A section with the absolute path of a file or folder that it names."""
    named = getattr(section, key)
    return section.model_copy(update={key: str(root / named)}) if named else section


def _rooted_door(door: Door, root: Path) -> Door:
    if door.tls is None:
        return door
    files = {word: str(root / file) for word, file in door.tls.files.items()}
    return door.model_copy(update={"tls": door.tls.model_copy(update=files)})


def doors(settings: Settings) -> Iterator[tuple[tuple[Key, ...], Door]]:
    """All addresses listened on, with their paths in the file."""
    yield ("http",), settings.http
    if settings.link.listen:
        yield ("link",), settings.link
    if settings.staff.listen:
        yield ("staff",), settings.staff
    for number, door in enumerate(settings.mllp):
        yield ("mllp", number), door


def secured(settings: Settings) -> Iterator[tuple[tuple[Key, ...], Door]]:
    """All doors that may have TLS, the FHIR interface too, whose address has rules of its own."""
    yield from doors(settings)
    if settings.fhir.listen:
        yield ("fhir",), settings.fhir


def listening(settings: Settings, document: Document) -> Iterator[Problem]:
    """Addresses with a port, each once; an open one without TLS is said so."""
    taken: dict[str, str] = {}
    for path, door in doors(settings):
        at = (*path, "listen")
        match = LISTEN.fullmatch(door.listen)
        if match is None or int(match["port"]) > 65535:
            repair = "write `127.0.0.1:2575`, `[::1]:2575` or `0.0.0.0:2575`"
            yield document.finding("settings.listen", at, "this is no address with a port", repair)
            continue
        if match["port"] != "0" and door.listen in taken:
            sentence = f"`{taken[door.listen]}` listens there already"
            yield document.finding("settings.listen-twice", at, sentence, "give each its own port")
        taken[door.listen] = str(path[0])
        if door.tls is None and path not in {("link",), ("staff",)} and not LOOPBACK.fullmatch(match["host"]):
            sentence = "others can reach this address, and what travels over it can be read on the way"
            repair = "add `tls:`, or keep it to a network of its own (a container's, a VPN)"
            yield document.finding("settings.open", at, sentence, repair, "information")


def files(settings: Settings, document: Document) -> Iterator[Problem]:
    """Files and folders that are named exist."""
    named: list[tuple[tuple[Key, ...], str]] = [
        ((*path, "tls", word), file)
        for path, door in secured(settings)
        if door.tls
        for word, file in door.tls.files.items()
    ]
    for path, file in named:
        if not is_file(file):
            yield document.finding("settings.file", path, "there is no such file", "put it there, or mend the path")
    given = document.find(("mappings",))[1] or ("mappings",) in document.elsewhere
    folders: list[tuple[tuple[Key, ...], Path]] = [
        (("mappings", number), folder) for number, folder in enumerate(settings.mappings) if given
    ]
    folders += [(("secrets",), Path(settings.secrets))] if settings.secrets else []
    for path, folder in folders:
        if not is_folder(folder):
            yield document.finding("settings.folder", path, "there is no such folder", "make it, or mend the path")


def certificates(settings: Settings, document: Document) -> Iterator[Problem]:
    """Certificates that can be read, each with its own key."""
    for path, door in secured(settings):
        yield from revoked(door.tls, document, path)
        if door.tls is None or not all(is_file(file) for file in door.tls.files.values()):
            continue
        tried = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            tried.load_cert_chain(door.tls.certificate, door.tls.key or None, lambda: "")
        except (OSError, ValueError):
            repair = "name the key that this certificate was made for, both in PEM, the key without a passphrase"
            sentence = "certificate and key cannot be used together"
            yield document.finding("settings.tls", (*path, "tls", "key"), sentence, repair)
        try:
            tried.load_verify_locations(door.tls.client_ca or door.tls.certificate)
        except (OSError, ValueError):
            at = (*path, "tls", "client_ca" if door.tls.client_ca else "certificate")
            sentence = "there is no certificate in it that can be read"
            yield document.finding("settings.certificate", at, sentence, "put it there, in PEM")


def store(settings: Settings, document: Document) -> Iterator[Problem]:
    """A database of a kind that the gateway can use, in a folder that is there."""
    file = settings.store.url.removeprefix(SQLITE)
    if file not in {"", ":memory:", settings.store.url} and not is_folder(Path(file).parent):
        sentence = f"there is no folder {Path(file).parent} for the store"
        yield document.finding("settings.folder", ("store", "url"), sentence, "make it, or mend the path", "warning")
    scheme = split(settings.store.url).scheme
    if scheme not in STORES:
        repair = "write `sqlite:///gateway.db`"
        yield document.finding("settings.store", ("store", "url"), "this is no database for a gateway", repair)


def base(settings: Settings, document: Document) -> Iterator[Problem]:
    """Addresses that references can be built on."""
    for section in ("http", "fhir", "link", "staff"):
        said = getattr(settings, section).base
        if said and not (re.fullmatch(r"https?://[^\s?#]+/", said) and split(said).hostname):
            repair = "write `https://gateway.example.org/fhir/`, with the `/` at the end"
            yield document.finding("settings.base", (section, "base"), "no reference can be built on this", repair)


def page(settings: Settings, document: Document) -> Iterator[Problem]:
    """The page of the secure link is reached by https, or from this machine only."""
    link = settings.link
    if link.listen and not safe(link.reached()):
        sentence = "what people see and answer there could be read and changed on the way"
        repair = "add `tls:`, or write the https address of the proxy before it as `base`"
        yield document.finding("settings.link.open", ("link", "listen"), sentence, repair)


CHECKS = (listening, interface, page, files, certificates, store, base, subscribers, policy, staff, keys, retention)
