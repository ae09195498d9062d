"""A few bad inputs at every entrance, the same in every run; `make fuzz` takes its time."""

import random

import pytest

from tests.fuzz.entrances import ENTRANCES
from tests.fuzz.mutations import mutated
from tests.fuzz.one import tried

SECONDS, MOST = 0.4, 30


@pytest.mark.parametrize("name", ENTRANCES)
def test_no_bad_input_makes_an_entrance_give_way(name: str) -> None:
    figures = tried(name, SECONDS, 1, MOST)
    assert figures.found == "", figures
    assert figures.inputs > 0


@pytest.mark.parametrize("name", ENTRANCES)
def test_there_are_good_inputs_to_begin_with(name: str) -> None:
    assert ENTRANCES[name].seeds()


def test_one_seed_makes_the_same_inputs() -> None:
    seeds = [b'{"resourceType": "Task", "note": [{"text": "a"}]}', b"MSH|^~\\&|A\rPID|1\r"]
    made = [
        [mutated(seeds[n % 2], seeds, chance) for n in range(200)] for chance in (random.Random(3), random.Random(3))
    ]
    assert made[0] == made[1]
    assert len(set(made[0])) > 100
