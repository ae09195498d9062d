"""A sealed store of a running gateway: sealed anew in the background, with other keys after a reload."""

import logging

from gateway.domain.problem import Problem
from gateway.store.port import Store, StoreError
from gateway.store.sql.sealed.sealer import Sealer
from gateway.store.sql.store import SqlStore

log = logging.getLogger(__name__)


class AtRest:
    """Does nothing where the store is plain."""

    def __init__(self, store: Store, url: str) -> None:
        self._sealing = store.sealing if isinstance(store, SqlStore) else None
        self._sealer = Sealer(self._sealing, url) if self._sealing else None

    def start(self) -> None:
        """Say how it is, and seal what is not as it should be."""
        if self._sealer is None:
            log.warning("the store is not sealed: whoever has its file can read it", extra={"code": "store.plain"})
            return
        log.info("the store is sealed")
        self._sealer.start()

    def rekey(self) -> list[Problem]:
        """The keys as they are now; those of before stay where they are of no use."""
        if self._sealing is None or self._sealer is None:
            return []
        try:
            self._sealing.rekey()
        except StoreError:
            repair = "gateway keys status says which key is missing; bring it back and reload"
            return [Problem("settings.keys-reload", "keys", "the keys cannot be changed to these", repair)]
        self._sealer.wake()
        return []

    def stop(self, grace: float) -> None:
        """Ends after the commit under way."""
        if self._sealer is not None:
            self._sealer.stop(grace)
