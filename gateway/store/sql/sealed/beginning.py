"""The first meeting of a database and its keys: do they fit, is it sealed already, shall it be."""

from sqlalchemy import Engine

from gateway.store import migrations
from gateway.store.port import StoreError
from gateway.store.sealing.ring import Ring
from gateway.store.sql.connect import demand_durable, engine_of, link_of
from gateway.store.sql.link import Link, Texts
from gateway.store.sql.sealed import known
from gateway.store.sql.sealed.indexing import made, there
from gateway.store.sql.sealed.terms import seal_terms

NO_KEYS = "the database is sealed, and no keys are named (`keys:` in gateway.yaml)"
HALF = "the database is being sealed; `gateway serve` or `gateway keys seal` goes on with it"


def fitted(engine: Engine, texts: Texts, ring: Ring | None, *, begin: bool) -> Ring | None:
    """The keys to work with, None where the store is plain; StoreError where they do not fit."""
    with link_of(engine, texts) as link:
        began = known.began(link)
        if ring is None and began:
            raise StoreError(NO_KEYS)
        if ring is None or not (began or begin):
            return None
        meet(link, ring)
        if not known.state(link):
            if not begin:
                raise StoreError(HALF)
            seal_terms(link, made(there(link), ring))
            known.got(link, known.SEALED)
    return ring


def meet(link: Link, ring: Ring) -> None:
    """Keys that fit; new ones are remembered before they write."""
    new = known.fit(link, ring)
    if new:
        link.say("BEGIN IMMEDIATE")
        known.remember(link, new)
        link.say("COMMIT")


def is_ready(url: str) -> bool:
    """Whether a database that is there is sealed so far that several processes may share it."""
    engine = engine_of(url)
    demand_durable(engine)
    migrations.ensure(engine)
    with link_of(engine, Texts(engine)) as link:
        return bool(known.state(link))
