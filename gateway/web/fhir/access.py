"""Who looked at what: a line of the audit for each read, search and history, written before anything is answered."""

from collections.abc import Callable

from gateway.domain.ledger import Audit, Note
from gateway.web.fhir.call import Answer, Call

DESK = "desk"
"""How the audit calls whoever shows no credentials: the desk of the gateway itself."""
OPEN = frozenset({"metadata", "openapi.json", "Basic", "$transform", "$explain", "$process-message"})
"""First parts of paths under which nothing stored is shown."""
CONTROLS = frozenset({
    "_count", "_cursor", "_elements", "_format", "_has", "_include", "_pretty", "_revinclude", "_sort", "_summary",
    "_total", "_type", "_since", "_at", "_id", "_lastUpdated", "_tag", "_profile", "_security", "_source",
})  # fmt: skip
MOST = 20
"""Names of parameters that one line tells."""


def watched(handler: Callable[[Call], Answer], call: Call) -> Answer:
    """What a handler answers, with a line for the audit where something stored was looked at."""
    answer = handler(call)
    if looks(call):
        call.seen.append(line(call, answer))
    return answer


def written(call: Call) -> None:
    """The lines of a call, in one commit; `StoreError` where they cannot be written: then nothing is shown."""
    if call.seen:
        call.desk.rooms.store.commit([Note(line) for line in call.seen]).result()


def looks(call: Call) -> bool:
    """Whether a call shows what is stored; what it changes is noted by whoever changes it."""
    first, last = call.path.partition("/")[0], call.path.rpartition("/")[2]
    if first in OPEN or (last == "$validate" and not call.id):
        return False
    return call.method in {"GET", "HEAD"} or last == "_search" or last.startswith("$")


def line(call: Call, answer: Answer) -> Audit:
    """Actor, interaction, `Type/id` or type, status; of a search the names of its parameters, never a value."""
    about = f"{call.type}/{call.id}" if call.id else call.type or "system"
    detail = " ".join(names(call))
    what, said = interaction(call)
    told = " ".join(word for word in (said, detail) if word)
    return Audit(call.desk.rooms.now(), call.caller.who or DESK, f"fhir {what}", about, str(answer.status), told)


def interaction(call: Call) -> tuple[str, str]:
    """The interaction (chapter 3.1.0), and what is to be said of it."""
    last = call.path.rpartition("/")[2]
    if last.startswith("$"):
        return "operation", last
    if "version" in call.where:
        return "vread", f"version {call.where['version']}"
    if last == "_history":
        return "history", ""
    return ("read", "") if call.id else ("search", "")


def names(call: Call) -> list[str]:
    """The names of the parameters that are known; another name may be anything, and counts as `?`."""
    if not call.query:
        return []
    known = CONTROLS
    if call.type:
        from gateway.fhir.searching.parameters import parameters  # noqa: PLC0415 - the tables take a moment

        known = known | parameters(call.type).keys()
    plain = [name.partition(":")[0].partition(".")[0] for name, _ in call.query]
    return list(dict.fromkeys(name if name in known else "?" for name in plain))[:MOST]
