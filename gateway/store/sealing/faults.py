"""What a sealed store cannot do."""

from gateway.store.port import StoreError


class UnreadableError(StoreError):
    """A sealed record cannot be opened: its key is not here (`lost`), or it was changed or put elsewhere."""

    def __init__(self, why: str, *, lost: bool = False) -> None:
        super().__init__(why)
        self.lost = lost


class UnsearchableError(StoreError):
    """A sealed store cannot look for this, or only among too many: ask for less."""
