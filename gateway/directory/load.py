"""The folders of partners -> the directory; a broken file leaves the version that runs in place."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from gateway.directory import soundness
from gateway.directory.claims import Listed, clashes, overlaps
from gateway.directory.known import Known
from gateway.directory.parties import Directory
from gateway.directory.party import Client, Party, Receives, Sends
from gateway.domain.problem import Problem, worst
from gateway.mapping.keys import DIRECTORY, PARTNER
from gateway.mapping.language import finding
from gateway.mapping.typed import Document, open_document, typed

SHARED = {"partner", "title"}
"""Keys that the directory and the mapping engine both read."""
FORMAT_ALONE = {"extends", "codec"}
"""Keys of a partner that is a format of its own; it need be nothing else."""


def load(
    folders: Sequence[Path], base: Path, known: Known | None = None, running: Directory | None = None
) -> tuple[Directory, list[Problem]]:
    """All partners below `partners/` of some folders, and every finding; places are shown relative to `base`.

    A partner with an error is the one of `running` still, and left out where there was none; a file that is gone is a
    partner that is gone.
    """
    known = known or Known()
    listed, names, problems = [], [], []
    for path in files(folders):
        read, found = read_partner(path, shown(path, base), known.root or base, known)
        names.append(path.parent.name)
        problems += found
        listed += [read] if read else []
    parties, found = settled(listed, names, running or Directory())
    directory = Directory.of(parties, known.fallback)
    return directory, [*problems, *found, *fallback(directory, known)]


def files(folders: Sequence[Path]) -> list[Path]:
    """Every partner.yaml; of two partners with one name that of the first folder."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("partners/*/partner.yaml")):
            found.setdefault(path.parent.name, path)
    return [found[name] for name in sorted(found)]


def shown(path: Path, base: Path) -> str:
    """A path as places show it."""
    try:
        return path.resolve().relative_to(base.resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def read_partner(path: Path, name: str, root: Path, known: Known) -> tuple[Listed | None, list[Problem]]:
    """One partner.yaml; None where it is broken, and where it only adapts a format (no key of the directory in it)."""
    document, values, problems = open_document(path, name, tuple(DIRECTORY))
    if document is None:
        return None, problems
    if values.keys() & FORMAT_ALONE and not values.keys() & DIRECTORY.keys():
        return None, problems
    own = {word: value for word, value in values.items() if word in SHARED or word in DIRECTORY or word not in PARTNER}
    party, found = typed(Party, own, document)
    problems += found
    if party is None:
        return None, problems
    if party.id != path.parent.name:
        sentence = f"the folder is called `{path.parent.name}`, the partner `{party.id}`"
        repair = "give both the same name"
        problems.append(document.finding("directory.folder-name", ("partner",), sentence, repair))
    party = rooted(party, root)
    problems += soundness.found(party, document, known)
    return (None if worst(problems) == "error" else Listed(party, document)), problems


def rooted(party: Party, root: Path) -> Party:
    """The partner with the paths of its roads made absolute."""
    sends = tuple(_rooted_in(road, root) for road in party.sends)
    receives = tuple(_rooted_out(road, root) for road in party.receives)
    clients = tuple(_rooted_client(client, root) for client in party.clients)
    return party.model_copy(update={"sends": sends, "receives": receives, "clients": clients})


def rooted_path(path: str, root: Path) -> str:
    """A path from the root, one spelling for one folder."""
    return os.path.normpath(root.absolute() / path)


def _rooted_client(client: Client, root: Path) -> Client:
    named = isinstance(client.jwks, str)
    return client.model_copy(update={"jwks": rooted_path(str(client.jwks), root)}) if named else client


def _rooted_in(road: Sends, root: Path) -> Sends:
    return road.model_copy(update={"path": rooted_path(road.path, root)}) if road.path else road


def _rooted_out(road: Receives, root: Path) -> Receives:
    changes: dict[str, object] = {"path": rooted_path(road.path, root)} if road.path else {}
    if road.tls:
        named = {word: rooted_path(file, root) for word, file in road.tls.model_dump().items() if file}
        changes["tls"] = road.tls.model_copy(update=named)
    return road.model_copy(update=changes) if changes else road


def settled(listed: Sequence[Listed], names: Sequence[str], running: Directory) -> tuple[list[Party], list[Problem]]:
    """The partners that can be together: what runs unchanged comes first; who clashes with it stays as it was."""
    unchanged = [entry for entry in listed if entry.party == running.get(entry.party.id)]
    changed = [entry for entry in listed if entry not in unchanged]
    parties: list[Party] = []
    problems: list[Problem] = []
    for entry in (*unchanged, *changed):
        found = list(clashes(entry, parties))
        problems += found
        if not found:
            problems += overlaps(entry, parties)
            parties.append(entry.party)
    there = {party.id for party in parties}
    parties += [party for party in _kept(names, running) if party.id not in there and not _against(party, parties)]
    return parties, problems


def _kept(names: Sequence[str], running: Directory) -> Iterator[Party]:
    """The running partners whose files are still there."""
    return (party for party in running.parties if party.id in names)


def _against(party: Party, others: Sequence[Party]) -> bool:
    """Whether a partner that ran can no longer be beside the others."""
    return any(clashes(Listed(party, Document.blank(party.id)), others))


def fallback(directory: Directory, known: Known) -> Iterator[Problem]:
    """The fallback is a site of the directory."""
    named = directory.get(known.fallback)
    if known.fallback and (named is None or named.kind != "site"):
        sentence = f"the fallback `{known.fallback}` is no site of the directory"
        repair = f"known: {', '.join(site.id for site in directory.sites) or 'none'}"
        yield finding("directory.fallback", "routing.fallback", sentence, repair)
    elif not known.fallback and directory.sites:
        sentence = "no fallback is named: what no site is surely responsible for waits for a person"
        repair = f"add `routing: {{fallback: {directory.sites[0].id}}}` to gateway.yaml"
        yield finding("directory.fallback-missing", "routing.fallback", sentence, repair, "information")
