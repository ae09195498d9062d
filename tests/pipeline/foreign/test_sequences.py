"""The sequences that others have published (sequences.csv), each status a message of its own through the line."""

import csv
from pathlib import Path

import pytest

from tests.pipeline.foreign.stage import Stage, codes

LINES = (Path(__file__).parent / "sequences.csv").read_text(encoding="utf-8").splitlines()
SEQUENCES = {
    name: (system, [tuple(step.split(" = ")) for step in steps.split(" > ")])
    for name, system, steps in list(csv.reader(LINES, delimiter=";"))[1:]
}
AS_SENT = "requested/dispatched"
"""Where a measure is before anybody says anything; who repeats it says nothing."""


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_sequence_of_theirs_goes_through_the_line_status_by_status(name: str) -> None:
    system, steps = SEQUENCES[name]
    stage = Stage(system).planned()
    for code, place in steps:
        message = stage.say(code)
        assert (codes(message), message.stopped) == ([], ""), code
        assert stage.stand() == place


@pytest.mark.parametrize("name", SEQUENCES)
def test_what_was_said_last_stays_beside_ours(name: str) -> None:
    system, steps = SEQUENCES[name]
    stage, before = Stage(system).planned(), AS_SENT
    for code, place in steps:
        stage.say(code)
        assert place == before or code in stage.theirs()
        before = place
