"""A TCP server in threads that ends when it is told to, with every connection closed; and being told so by a signal."""

import contextlib
import signal
import socket
import socketserver
import sys
import threading
from typing import Any


class Stop:
    """Being told to stop by Ctrl-C or SIGTERM; made before anything is started, so that no signal comes too early."""

    def __init__(self) -> None:
        self._signals = (signal.SIGINT, signal.SIGTERM)
        self._told = False
        signal.pthread_sigmask(signal.SIG_BLOCK, self._signals)

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it was told so, after waiting for that; without `seconds` for ever."""
        if not self._told and seconds is None:
            self._told = bool(signal.sigwait(self._signals))
        elif not self._told:
            self._told = signal.sigtimedwait(self._signals, seconds or 0) is not None
        return self._told


class Server(socketserver.ThreadingTCPServer):
    """Serves from `start` to `stop`; `port` is the one it really got."""

    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[socketserver.BaseRequestHandler]) -> None:
        super().__init__(address, handler)
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        """A connection, remembered until it is closed."""
        connection, address = super().get_request()
        with self._guard:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """The connection is over."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that the other side broke off is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def start(self) -> None:
        """Accept connections from now on."""
        self._thread.start()

    def stop(self) -> None:
        """No more connections; the open ones end, their threads too."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
