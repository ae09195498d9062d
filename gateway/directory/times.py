"""The times of its own that a site has in partner.yaml (`timers:`)."""

from collections.abc import Iterator

from gateway.directory.known import Known
from gateway.directory.party import Party
from gateway.domain.problem import Problem
from gateway.domain.timers import timers
from gateway.domain.working_time import duration
from gateway.mapping.typed import Document, nearest


def times(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """Timers that exist, lengths that can be read, and a site that has them."""
    if party.timers and party.kind != "site":
        repair = "write `kind: site`, or drop it; the clocks of a case go by its site"
        yield document.finding("directory.timers", ("timers",), "only a site has times of its own", repair)
    known = {timer.name: str(timer.allowed) for timer in timers()}
    for name, length in party.timers.items():
        if name not in known:
            sentence = f"there is no timer `{name}`"
            yield document.finding("directory.timer", ("timers", name), sentence, nearest(name, sorted(known)))
        elif duration(length) is None:
            repair = f"write a whole number and minutes, hours, days or working-days; usual here: `{known[name]}`"
            yield document.finding("directory.time", ("timers", name), "this is no length of time", repair)
