"""A gateway that runs gets keys, then others: messages come by MLLP and HTTP, and its files say nothing of a person."""

import json
import signal
import sqlite3
from contextlib import closing

from tests.faults.conftest import Make, Town
from tests.faults.hospital import positive
from tests.faults.people import discharge, person
from tests.faults.running import until


def files(town: Town) -> dict[str, bytes]:
    """The database with its companions, as a thief would take them while it runs."""
    return {path.name: path.read_bytes() for path in town.gateway.folder.glob("gateway.db*")}


def words(count: int) -> set[bytes]:
    """What tells a person: number, insurance, names, street, date of birth as it came and as it is kept."""
    people = [person(nth) for nth in range(count)]
    said = [(p.number, p.kvnr, p.family, p.street, p.born, f"{p.born[:4]}-{p.born[4:6]}-{p.born[6:]}") for p in people]
    return {word.encode(code) for each in said for word in each for code in ("utf-8", "iso8859-1")}


def seen(town: Town, count: int) -> list[tuple[str, bytes]]:
    return [(name, word) for name, data in files(town).items() for word in words(count) if word in data]


def standing(town: Town) -> dict[str, tuple[str, int]]:
    """Key -> how it stands, how much is under it."""
    found = json.loads(town.gateway.verb("keys", "status", "--json"))
    return {row["key"]: (row["stands"], sum(row["under"].values())) for row in found["keys"]}


def state(town: Town) -> str:
    with closing(sqlite3.connect(town.gateway.folder / "gateway.db")) as database:
        row = database.execute("SELECT state FROM seal WHERE owner = 'index'").fetchone()
    return str(row[0])


def test_a_gateway_is_sealed_gets_a_new_key_and_never_stops(make: Make) -> None:
    town = make()
    town.gateway.start()
    with town.gateway.line() as line:
        assert positive(line.ask(discharge(0)))
    assert town.gateway.hand_in("klinik", discharge(1), "eins")[0] in {200, 202}
    town.gateway.quiet()
    assert seen(town, 2)
    assert town.gateway.stop() == 0

    with town.gateway.config.open("a", encoding="utf-8") as config:
        config.write("keys: {folder: keys}\n")
    town.gateway.verb("keys", "new", "--name", "1")
    town.gateway.start()
    until(lambda: state(town) == "clean", "all that was plain is sealed, and the files are written anew")
    assert seen(town, 2) == []
    with town.gateway.line() as line:
        assert positive(line.ask(discharge(2)))
        town.gateway.verb("keys", "new", "--name", "2")
        assert town.gateway.process
        town.gateway.process.send_signal(signal.SIGHUP)
        until(lambda: standing(town)["gateway/1"] == ("reads", 0), "all is under the new key", pause=0.2)
        assert positive(line.ask(discharge(3)))
    town.gateway.quiet()
    assert standing(town)["gateway/2"][0] == "writes"
    assert {came.number for came in town.site.received} == {person(nth).number for nth in range(4)}
    assert seen(town, 4) == []
    town.gateway.kill()
    (town.gateway.folder / "keys" / "gateway" / "1.key").unlink()
    town.gateway.start()
    with town.gateway.line() as line:
        assert positive(line.ask(discharge(4)))
    town.gateway.quiet()
    assert seen(town, 5) == []


def persons(town: Town) -> int:
    with closing(sqlite3.connect(town.gateway.folder / "gateway.db")) as database:
        row = database.execute("SELECT count(*) FROM resource WHERE type = 'Patient'").fetchone()
    return int(row[0])


def test_a_further_key_of_the_index_is_laid_beside_a_gateway_that_runs_and_it_knows_everybody_still(make: Make) -> None:
    town = make(keys={"folder": "keys"})
    town.gateway.verb("keys", "new", "--name", "1")
    town.gateway.start()
    with town.gateway.line() as line:
        for nth in range(3):
            assert positive(line.ask(discharge(nth)))
        town.gateway.quiet()
        assert "all is sealed" in town.gateway.verb("keys", "index", "--name", "2")
        assert positive(line.ask(discharge(1).replace(b"|K000001|", b"|X000001|")))  # before it was told
        assert town.gateway.process
        town.gateway.process.send_signal(signal.SIGHUP)
        assert positive(line.ask(discharge(2).replace(b"|K000002|", b"|X000002|")))
        assert positive(line.ask(discharge(3)))
    town.gateway.quiet()
    assert persons(town) == 4
    assert standing(town)["index/2"] == standing(town)["index/index"]
    assert standing(town)["index/2"][0] == "stays"


def test_a_gateway_without_its_key_does_not_start(make: Make) -> None:
    town = make(keys={"folder": "keys"})
    town.gateway.verb("keys", "new", "--name", "1")
    town.gateway.start()
    assert town.gateway.stop() == 0
    (town.gateway.folder / "keys" / "gateway" / "1.key").rename(town.gateway.folder / "away")
    town.gateway.verb("keys", "new", "--name", "2")
    town.gateway.launch()
    assert town.gateway.process
    assert town.gateway.process.wait(40) != 0
    assert "gateway/1" in town.gateway.log.read_text(encoding="utf-8")
