"""For generated cases: what a person takes back is in nothing sent from then on; letters show no more either."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import assume, event, given
from hypothesis import strategies as st

from gateway.adapters.pdf.render import pdf
from gateway.domain.ledger import Delivery
from gateway.domain.road import Parcel
from gateway.pipeline.link.post import Desk, sender
from gateway.transports.folder import drop
from tests.disclosure.generated import CLASSES, cases, examples
from tests.disclosure.outputs import envelope, stands
from tests.disclosure.plainly import Case, Given, withheld
from tests.disclosure.town import RECIPIENTS, played
from tests.pipeline.agreeing.agreed import arrive, consent
from tests.pipeline.line.world import World, bundle
from tests.pipeline.link.posted import SITE, WRITTEN, words

REFUSALS = st.lists(st.sampled_from(CLASSES), unique=True, max_size=3).map(tuple)


@examples(5, 400)
@given(cases(), REFUSALS, st.booleans())
def test_what_a_person_takes_back_is_in_nothing_sent_from_then_on(
    case: Case,
    classes: tuple[str, ...],
    arrived: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    world, party = played(case), case.partners[0]
    if arrived:
        arrive(world)
    before = {delivery.id for delivery in world.outbox()}
    world.sends("stelle-senne", bundle(consent(world, key="later", to=(party,), type="deny", of=classes)))
    now = replace(case, given=(*case.given, Given(party, "deny", classes=classes)))
    fresh = [delivery for delivery in world.outbox() if delivery.id not in before]
    event(f"{min(len(fresh), 3)} more were sent")
    for name in RECIPIENTS:
        data = b"\n".join(envelope(delivery) for delivery in fresh if delivery.partner == name)
        assert [word for word in withheld(now, name) if stands(word, data)] == [], (name, now)
    kept = [d for d in world.outbox(party) if d.standing == "waiting" and d.id in before]
    data = b"\n".join(envelope(delivery) for delivery in kept)
    assert [word for word in withheld(now, party) if stands(word, data)] == [], now


@examples(3, 100)
@given(cases())
def test_no_withheld_word_is_in_a_letter_or_the_name_of_its_file(case: Case) -> None:
    assume("nachbarn" in case.partners)
    world = played(case)
    sent = [delivery for delivery in world.outbox("nachbarn") if delivery.about == "measures"]
    assume(sent)
    world.change("nachbarn", **{key: WRITTEN[key] for key in ("address", "receives")})
    world.change("stelle-senne", **SITE)
    with tempfile.TemporaryDirectory() as folder:
        text = letter(sent[0], world, Path(folder))
    assert "Zq" in text or not text
    assert [word for word in withheld(case, "nachbarn") if stands(word, text.encode())] == [], case


def letter(sent: Delivery, world: World, folder: Path) -> str:
    """The letter of a delivery: the words of its pages, and the names of its files."""
    desk = Desk("https://hilfe.example.org/", 60, pdf, drop.send)
    address = {"path": str(folder)}
    sender(world.rooms, desk)(
        Parcel(sent.key, sent.partner, sent.data, sent.media_type, address, {}, sent.about, sent.created)
    )
    files = sorted(folder.iterdir())
    pages = [words(file.read_bytes()) if file.suffix == ".pdf" else file.read_text() for file in files]
    return "\n".join([*pages, *(file.name for file in files)])
