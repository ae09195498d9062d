"""The links of a Bundle by which a client pages (chapter 3.1.1.4.5)."""

from collections.abc import Iterable
from urllib.parse import quote, urlencode

from gateway.web.fhir.call import Call

CURSOR = "_cursor"
"""The parameter of a link that says where a page begins; its value is ours and means nothing to anybody else."""


def links(call: Call, used: Iterable[tuple[str, str]], cursor: str = "") -> list[dict[str, str]]:
    """self, first where this is not it, and next where there is more; `used` are the parameters that were heeded."""
    kept = [pair for pair in used if pair[0] != CURSOR]
    here = call.said(CURSOR)
    found = [{"relation": "self", "url": url(call, [*kept, *([(CURSOR, here)] if here else [])])}]
    found += [{"relation": "first", "url": url(call, kept)}] if here else []
    found += [{"relation": "next", "url": url(call, [*kept, (CURSOR, cursor)])}] if cursor else []
    return found


def url(call: Call, pairs: list[tuple[str, str]]) -> str:
    """The address of this search or history with these parameters."""
    where = call.base + call.path.removesuffix("_search").rstrip("/")
    query = urlencode(pairs, safe=":,|/$", quote_via=quote)
    return f"{where.rstrip('/')}?{query}" if query else where.rstrip("/")
