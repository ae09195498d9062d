"""Every example as a message of a partner that speaks FHIR: accepted, or answered with a reason."""

from pathlib import Path

import pytest

from gateway.domain.ledger import Save
from tests.conformance.referral.corpus import ACCEPTED, FOLDERS, Verdict, files, judged, name, needs_corpus, whole
from tests.pipeline.line.world import HTTP, PARTIES, World

KLINIK = {
    "partner": "klinik-herford", "title": "Klinik Herford", "kind": "hospital",
    "sends": [{"road": "http", "format": "fhir"}], "receives": [{**HTTP, "for": ["answers"]}],
    "answers": {"as": "Task"},
}  # fmt: skip


def said(path: Path) -> Verdict:
    """What the line says of one file, sent by a hospital to an empty gateway."""
    world = World(parties=(*PARTIES, KLINIK))
    message = world.sends("klinik-herford", path.read_bytes())
    errors = [problem for problem in message.problems if problem.severity == "error"]
    assert whole(message.problems), path.name
    assert "line.fault" not in {problem.code for problem in errors}, path.name
    if message.stopped:
        assert errors, path.name
        return Verdict("refused", " ".join(sorted({problem.code for problem in errors})))
    stored = [change.resource for change in message.changes if isinstance(change, Save)]
    return Verdict(ACCEPTED) if stored else Verdict("no effect", str(message.outcome["no effect"]))


@needs_corpus
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_example_is_accepted_or_answered_with_a_reason(folder: str) -> None:
    judged("line", folder, {name(path): said(path) for path in files(folder)})
