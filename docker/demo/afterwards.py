"""The last chapters: what an operator sees, a stolen database in which nobody is found, and the next person."""

import json
import shutil
from pathlib import Path

from desk import Sitting
from standins import v2
from telling import Story, until

SHE = ("Käthe", "Grünewälder", "Föhrenweg", "G405718932", "471188", "5550188", "Mittagstisch", "kommt zu Hause zurecht")
"""What would tell of her: name, street, numbers, telephone, what helps her, what came of it."""
CHARSETS = ("utf-8", "iso8859-1", "utf-16-le")
NEXT = Path(__file__).parent / "standins" / "messages" / "later" / "06-next.hl7"


def explained(story: Story) -> None:
    """What an operator sees."""
    demo = story.demo
    story.chapter("14  What an operator sees: gateway messages list")
    listed = demo.verb("messages", "list")
    story.show(listed, 14)
    rows = json.loads(demo.verb("messages", "list", "--json"))
    refused = [row for row in rows if row["state"] == "refused"]
    story.verify(
        "all are done, but the refused one and the closing that came too early",
        sorted(r["state"] for r in rows if r["state"] != "done") == ["parked", "refused"] and refused,
    )
    first = next(row for row in rows if row["kind"].startswith("ADT") and row["state"] == "done")
    story.chapter(f"   and of this referral: gateway trace {first['tracking'][:8]}")
    traced = demo.verb("trace", first["tracking"][:8])
    story.show(traced, 40)
    story.verify("the trace leads from the message to the outcome", "completed" in traced)


def stolen(story: Story) -> None:
    """Somebody takes the database away: it names nobody, and nobody can work with it."""
    demo = story.demo
    story.chapter("15  Somebody takes the disk with the database away, but not the keys.")
    keys = sorted((demo.data / "keys").rglob("*.key"))
    shut = keys and all(key.stat().st_mode & 0o077 == 0 for key in keys)
    story.verify(f"{len(keys)} keys, made when this telling began, in files that nobody else may read", shut)
    folder = demo.data / "stolen"
    folder.mkdir()
    files = [Path(shutil.copy(file, folder)) for file in sorted(demo.data.glob("gateway.db*"))]
    size = sum(file.stat().st_size for file in files)
    hers, theirs = found([demo.data / "site" / "received.jsonl"]), found(files)
    story.verify(f"what the site itself keeps names her: {', '.join(hers[:3])} ...", len(hers) > 1)
    story.verify(f"in {size:,} bytes of the stolen database stands nothing of her", size and not theirs)
    alone = {"GATEWAY__STORE__URL": f"sqlite:///{folder}/gateway.db", "GATEWAY__KEYS__FOLDER": str(folder / "keys")}
    opened = demo.tried("messages", "list", **alone)
    story.show(opened.stderr)
    story.verify("and the gateway does not open it without the keys", opened.returncode)
    shutil.rmtree(folder)


def found(files: list[Path]) -> list[str]:
    """Which words of hers stand in files, however they are written."""
    data = b"".join(file.read_bytes() for file in files)
    return [word for word in SHE if any(word.encode(charset) in data for charset in CHARSETS)]


def next_one(story: Story, desk: Sitting) -> None:
    """Another person's discharge: the desk has a case again."""
    demo = story.demo
    story.chapter("16  The next person is on the way home already.")
    message = NEXT.read_bytes()
    answer = demo.hospital.send(message, demo.mllp)
    name = v2.read(message).field("PID", 5).split("^")[0]
    story.verify(f"ADT^A03 acknowledged: {answer.code}", answer.code == "CA")
    seen = until(lambda: desk.see("desk"), lambda seen: name in seen)
    story.verify("at the desk of the Kümmerer stands this case, and hers no more", name in seen and SHE[1] not in seen)
