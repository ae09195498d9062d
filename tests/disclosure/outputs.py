"""Everything that leaves a gateway, and whether a word stands in it, however it is written there."""

import base64
import quopri
from urllib.parse import quote

from gateway.domain.ledger import Delivery
from tests.pipeline.line.world import World


def spelled(word: str) -> set[bytes]:
    """A word as it may be written: plain, in URLs, in entities, in mail, in base64 at each of its three places."""
    plain = {word, quote(word), quote(word, safe=""), "".join(f"&#{ord(sign)};" for sign in word)}
    plain |= {"".join(f"&#x{ord(sign):x};" for sign in word), "".join(f"\\u{ord(sign):04x}" for sign in word)}
    data = {text.encode(charset) for text in plain for charset in ("utf-8", "utf-16-le", "latin-1")}
    data |= {quopri.encodestring(word.encode(), quotetabs=True).rstrip(b"=\n")}
    return {one.lower() for one in data} | encoded(word.encode())


def encoded(data: bytes) -> set[bytes]:
    """What of its base64 is the same whatever stands around it."""
    found = set()
    for before in range(3):
        text = base64.b64encode(b"\0" * before + data)
        found.add(text[-(-before * 8 // 6) : len(text) - (4 if (len(data) + before) % 3 else 0)])
    return {one for one in found if len(one) > 5}


def stands(word: str, data: bytes) -> bool:
    """Whether a word stands in something."""
    small = data.lower()
    return any(one in (data if one in encoded(word.encode()) else small) for one in spelled(word))


def sent(world: World, party: str) -> bytes:
    """All that a party is sent: bytes, and what goes in the envelope."""
    return b"\n".join(map(envelope, world.outbox(party)))


def envelope(sent: Delivery) -> bytes:
    """A delivery with its envelope."""
    return sent.data + repr((sent.key, sent.id, sent.headers, sent.media_type, sent.code, sent.reason)).encode()


def told_operators(world: World) -> bytes:
    """What people read who run the gateway: journal and outbox without bodies, audit, counts."""
    entries = [world.store.entry(each.id) for each in world.store.entries({}, 0, 1000)]
    said = [(e.id, e.kind, e.step, e.problems, e.person, e.case, e.outcome, e.decision, e.state) for e in entries]
    out = [(d.id, d.key, d.lane, d.about, d.task, d.case, d.code, d.reason, d.headers) for d in world.outbox()]
    return repr((said, out, world.store.audit(limit=10_000), world.store.counts())).encode()
