"""Frames of the minimal lower layer protocol: VT, content, FS, CR (HL7 MLLP release 1, chapter 3).

What stands between frames is noise and left out. FS ends a frame if CR, LF or VT follows. If nothing follows, the frame
is complete once the peer stays silent (`flush`): some senders leave the CR out. FS before anything else is content, so
that a stray one does not cut a message in two. Bytes of one message may come in any pieces.
"""

from dataclasses import dataclass

VT, FS, CR = b"\x0b", b"\x1c", b"\x0d"
TAIL = FS + CR
ENDS = (0x0A, 0x0B, 0x0D)
"""What may follow FS at the end of a frame."""
BEGUN = b"\x0bMSH"
"""A frame that begins again inside another one: the peer gave up the first."""
HEAD = 65536
"""Bytes that are kept of a frame over the cap, to answer it."""
MAX_FRAME = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """The content of one frame.

    excess  the frame has more bytes than allowed; `data` is its beginning, the rest is skipped
    torn    bytes of an unfinished frame that stood before this one
    """

    data: bytes
    excess: bool = False
    torn: int = 0


def framed(data: bytes) -> bytes:
    """A message in its frame."""
    return VT + data + TAIL


class Framer:
    """Takes bytes as they come from one peer, gives frames; costs each byte once, whatever the pieces."""

    def __init__(self, max_frame: int = MAX_FRAME) -> None:
        self.max_frame = max_frame
        self._kept = min(HEAD, max_frame)
        self._buffer = bytearray()
        self._inside = False
        self._skipping = False
        self._seen = 0

    @property
    def unfinished(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._inside

    @property
    def ending(self) -> bool:
        """Whether the last byte so far is an FS that may be the end of a frame."""
        return self._inside and self._buffer.endswith(FS)

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that `chunk` completes."""
        if not self._inside and chunk.startswith(VT) and chunk.find(FS) == len(chunk) - 2 and chunk.endswith(TAIL):
            return [self._whole(chunk[1:-2])]
        self._buffer += chunk
        frames: list[Frame] = []
        while self._step(frames):
            pass
        return frames

    def flush(self) -> list[Frame]:
        """The frame that ends without CR; to be asked when the peer has been silent for a moment."""
        return self._end(len(self._buffer) - 1) if self.ending else []

    def _step(self, frames: list[Frame]) -> bool:
        """Goes on as far as the buffer says; False when it needs more bytes."""
        if not self._inside:
            return self._begin()
        at = self._buffer.find(FS, self._seen)
        if at >= 0 and at + 1 < len(self._buffer):
            if self._buffer[at + 1] in ENDS:
                frames += self._end(at)
            else:
                self._seen = at + 1
            return True
        self._seen = at if at >= 0 else len(self._buffer)
        frames += self._cap()
        return False

    def _begin(self) -> bool:
        at = self._buffer.find(VT)
        if at < 0:
            self._buffer.clear()
            return False
        del self._buffer[: at + 1]
        self._inside, self._skipping, self._seen = True, False, 0
        return True

    def _end(self, at: int) -> list[Frame]:
        """The frame before position `at`; a CR behind it becomes noise."""
        data, skipped = bytes(self._buffer[:at]), self._skipping
        del self._buffer[: at + 1]
        self._inside = self._skipping = False
        self._seen = 0
        return [] if skipped else [self._whole(data)]

    def _cap(self) -> list[Frame]:
        """Refuses a frame as soon as it is too long, and from then on keeps nothing but a last FS."""
        if self._skipping:
            del self._buffer[: self._seen]
            self._seen = 0
        elif self._seen > self.max_frame:
            head = bytes(self._buffer[: self._kept])
            self._skipping = True
            del self._buffer[: self._seen]
            self._seen = 0
            return [Frame(head, excess=True)]
        return []

    def _whole(self, data: bytes) -> Frame:
        """A frame's content; if another message begins inside it, that one, and how much was torn."""
        if len(data) > self.max_frame:
            return Frame(data[: self._kept], excess=True)
        if VT not in data:
            return Frame(data)
        at = data.rfind(BEGUN)
        return Frame(data) if at < 0 else Frame(data[at + 1 :], torn=at)
