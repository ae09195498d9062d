"""What each road of a partner.yaml cannot do without, and what it makes use of."""

from collections.abc import Iterator

from gateway.directory.known import Known
from gateway.directory.party import Frozen, Party, Receives, Sends
from gateway.domain.problem import Problem
from gateway.mapping.typed import Document, Key, fields

NEEDS: dict[tuple[type[Frozen], str], tuple[tuple[str, ...], ...]] = {
    (Sends, "mllp"): (("from", "certificate"),),
    (Sends, "http"): (("token", "certificate"),),
    (Sends, "folder"): (("path",),),
    (Receives, "mllp"): (("host",), ("port",)),
    (Receives, "http"): (("url",),),
    (Receives, "folder"): (("path",),),
    (Receives, "link"): (),
    (Receives, "letter"): (("path",),),
    (Receives, "phone"): (),
}
"""What a road cannot do without: of each group at least one."""
USES: dict[tuple[type[Frozen], str], str] = {
    (Sends, "mllp"): "from facility certificate",
    (Sends, "http"): "token certificate",
    (Sends, "folder"): "path pattern ready",
    (Receives, "mllp"): "host port tls timeout honours_key",
    (Receives, "http"): "url method headers secret tls timeout honours_key",
    (Receives, "folder"): "path name honours_key",
    (Receives, "link"): "notify path name honours_key",
    (Receives, "letter"): "path honours_key",
    (Receives, "phone"): "honours_key",
}
"""What a road makes use of, besides `road`, `format`, `accept`, `for` and `wait`."""
ALWAYS = {"road", "format", "accept", "for", "wait"}


def roads(party: Party) -> Iterator[tuple[tuple[Key, ...], Sends | Receives]]:
    """All roads with their paths in the file."""
    for number, road_in in enumerate(party.sends):
        yield ("sends", number), road_in
    for number, road_out in enumerate(party.receives):
        yield ("receives", number), road_out


def needs(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """A road has what it needs and nothing it makes no use of."""
    for path, road in roads(party):
        said = {alias for alias, _ in fields(type(road)) if _said(road, alias)}
        for group in NEEDS[type(road), road.road]:
            if not said & set(group):
                sentence = f"a road `{road.road}` under `{path[0]}` needs {' or '.join(f'`{word}`' for word in group)}"
                yield document.finding("directory.road", path, sentence, f"add `{group[0]}: ...`")
        for word in sorted(said - ALWAYS - set(USES[type(road), road.road].split())):
            at = (*path, word)
            yield document.finding("directory.unused", at, f"this road makes no use of `{word}`", "drop it", "warning")


def _said(road: Frozen, alias: str) -> bool:
    """Whether the file gives a key, with anything in it."""
    return any(
        alias == (info.alias or name) and name in road.model_fields_set and getattr(road, name) not in ("", (), 0)
        for name, info in type(road).model_fields.items()
    )
