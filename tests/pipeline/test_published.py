"""Partners are Organizations that can be read, found and included."""

from gateway.domain.question import Question, Term
from gateway.pipeline.published import published
from tests.pipeline.line.world import World


def publish(world: World) -> int:
    changes = published(world.rooms)
    world.store.commit(changes).result()
    return len(changes)


def test_every_partner_is_an_organization_under_its_id() -> None:
    world = World()
    assert publish(world) == len(world.parties)
    stored = world.store.read("Organization", "senneklinik")
    assert stored
    assert (stored.resource["name"], stored.resource["active"]) == ("Senneklinik", True)
    page = world.store.search(Question("Organization", (Term("identifier", ("260570444",)),)))
    assert [found.id for found in page.found] == ["senneklinik"]


def test_what_says_nothing_new_is_no_new_version() -> None:
    world = World()
    publish(world)
    assert publish(world) == 0
    world.change("elsey", title="Sozialstation Elsey-Nord")
    assert publish(world) == 1
    assert [v.resource["name"] for v in world.store.history("Organization", "elsey")] == [
        "Sozialstation Elsey-Nord",
        "Sozialstation Elsey",
    ]


def test_who_left_the_directory_is_no_longer_active() -> None:
    world = World()
    publish(world)
    world.parties = tuple(party for party in world.parties if party["partner"] != "wohnberatung")
    world.change("elsey")
    assert publish(world) == 1
    stored = world.store.read("Organization", "wohnberatung")
    assert stored
    assert stored.resource["active"] is False
    assert publish(world) == 0


def test_the_line_works_with_them_as_before() -> None:
    world = World()
    publish(world)
    message = world.referred()
    assert (message.stopped, world.told(message)) == ("", [("stelle-senne", "referral")])
