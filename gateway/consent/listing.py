"""What of a type is shown whatever a resource holds, so that a search by it tells no more than reading does."""

from gateway.consent.trie import Node, down, granted, refused, shows, top, withholds


def listed(kind: str, above: Node) -> bool:
    """Whether resources of a type may be listed and counted: none of them is withheld for what it holds."""
    places = top(kind, above)
    return refused(tuple(node for _, node in places)) is None and any(shows(n) for step, n in places if not step.where)


def element(kind: str, path: tuple[str, ...], above: Node) -> bool:
    """Whether an element, all of it, is shown of every resource of a type that is shown at all."""
    pairs = top(kind, above)
    places, sure = tuple(n for _, n in pairs), tuple(n for step, n in pairs if not step.where)
    grant = granted(sure) is not None
    for key in path:
        if refused(places):
            return False
        places = tuple(node for _, node in down(places, key))
        sure = tuple(node for step, node in down(sure, key) if not step.where)
        grant = grant or granted(sure) is not None
    return grant and not any(withholds(node) for node in places)
