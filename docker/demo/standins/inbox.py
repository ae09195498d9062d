"""What a stand-in received: in memory, as lines in a file, and others may wait for it."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Inbox(Sequence[T], Generic[T]):
    """A list that grows from other threads; `file`, where there is one, gets one JSON line for each."""

    def __init__(self, file: Path | None = None) -> None:
        self._items: list[T] = []
        self._file = file
        self._grown = threading.Condition()

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        with self._grown:
            return self._items[index]

    def __len__(self) -> int:
        with self._grown:
            return len(self._items)

    def __iter__(self) -> Iterator[T]:
        with self._grown:
            return iter(tuple(self._items))

    def add(self, item: T, line: Mapping[str, Any] | None = None) -> None:
        """One more; `line` is what the file says of it."""
        with self._grown:
            self._items.append(item)
            if self._file is not None and line is not None:
                with self._file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._grown.notify_all()

    def wait_for(self, count: int, seconds: float = 10) -> list[T]:
        """The first `count`, as soon as they are there; TimeoutError where they are not in time."""
        with self._grown:
            if not self._grown.wait_for(lambda: len(self._items) >= count, seconds):
                raise TimeoutError(f"{len(self._items)} of {count} came within {seconds:g} seconds")
            return self._items[:count]

    def wait_until(self, wanted: Callable[[T], object], seconds: float = 10) -> T:
        """The first that is wanted, as soon as it is there; TimeoutError where none came in time."""
        with self._grown:
            found = self._grown.wait_for(lambda: [item for item in self._items if wanted(item)], seconds)
            if not found:
                raise TimeoutError(f"none of the {len(self._items)} that came within {seconds:g} seconds is the one")
            return found[0]
