"""What an operator types about who a message is about, as the decision that `match` reads."""

import re
from collections.abc import Sequence

from gateway.cli import console
from gateway.domain.ledger import Entry

TYPED = re.compile(r"(?:(?P<number>\d+)=)?(?:Patient/)?(?P<who>new|[A-Za-z0-9\-.]{1,64})")


def about(entry: Entry, said: Sequence[str]) -> str:
    """`person=Patient/<id>`, `person=new`, `person[2]=...`; the beginning of a candidate's id is enough."""
    words = []
    for text in said:
        match = TYPED.fullmatch(text)
        if match is None:
            console.wrong_call("--person takes an id, or `new`; where a file has several, `2=ID`")
        name = f"person[{match['number']}]" if match["number"] else "person"
        words.append(f"{name}={meant(match['who'], entry)}")
    if len({word.partition("=")[0] for word in words}) < len(words):
        console.wrong_call("one person cannot be decided twice; where a file has several, write `--person 2=ID`")
    return " ".join(words)


def meant(start: str, entry: Entry) -> str:
    """The candidate whose id begins so; else the id as it was typed."""
    if start == "new":
        return start
    known = {str(candidate["person"]) for candidate in entry.outcome.get("candidates", ())}
    found = sorted(person for person in known if person.removeprefix("Patient/").startswith(start))
    if len(found) > 1:
        console.wrong_call(f"{len(found)} candidates begin with {start}; write more of it")
    return found[0] if found else f"Patient/{start}"
