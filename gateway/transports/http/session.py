"""Kept connections: one requests session per thread, origin and certificate, and an end to every exchange in time."""

import select
import socket
import ssl
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

SESSIONS = 32
"""Per thread; the one unused longest is closed first."""
IDLE = 4.0
"""Seconds after which a connection is not used again: many servers close theirs after five, and a request that
crosses their goodbye would be one of which nobody knows whether it arrived."""

WORD = 0.3
"""Seconds a new connection waits for a server that says nothing behind the handshake."""

Name = tuple[str, str, str, str]
"""Origin, and the files of authorities, certificate and key."""


class Here(threading.local):
    """What belongs to one thread: its sessions by name with the moment of their last use, and its running exchange."""

    def __init__(self) -> None:
        self.sessions: OrderedDict[Name, tuple[requests.Session, float]] = OrderedDict()
        self.exchange: Exchange | None = None


class Exchange:
    """One request and its answer; told that time is up, it shuts the socket they run on."""

    def __init__(self) -> None:
        self.connection: HTTPConnection | None = None
        self.lock = threading.Lock()
        self.over = False
        self.late = False
        self.pin = ""
        """The address to connect to, whatever a name server says now; empty: as the name server says."""

    def cut(self) -> None:
        """Time is up: whoever reads the socket now reads its end."""
        with self.lock:
            held = getattr(self.connection, "sock", None)
            self.late = not self.over
            if self.late and isinstance(held, socket.socket):
                try:
                    socket.socket.shutdown(held, socket.SHUT_RDWR)
                except OSError:
                    return

    def end(self) -> None:
        """From here on the connection is somebody else's."""
        with self.lock:
            self.over = True


HERE = Here()
ALL: "weakref.WeakSet[requests.Session]" = weakref.WeakSet()
LOCK = threading.Lock()


class Plain(HTTPConnection):
    """A connection that tells the running exchange about itself."""

    def connect(self) -> None:
        """Open it."""
        noticed(self)
        super().connect()

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Use it."""
        noticed(self)
        super().request(*args, **kwargs)

    def _new_conn(self) -> socket.socket:
        with pinned(self):
            return super()._new_conn()


class Secure(HTTPSConnection):
    """The same with TLS."""

    def connect(self) -> None:
        """Open it, and hear whether the other side takes our certificate before anything is sent."""
        noticed(self)
        super().connect()
        if isinstance(self.sock, ssl.SSLSocket) and self.sock.version() == "TLSv1.3":
            heard(self.sock)

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Use it."""
        noticed(self)
        super().request(*args, **kwargs)

    def _new_conn(self) -> socket.socket:
        with pinned(self):
            return super()._new_conn()


@contextmanager
def pinned(connection: HTTPConnection) -> Iterator[None]:
    """While a socket is opened, its name stands for the address that was looked at; certificates see the name."""
    pin = HERE.exchange.pin if HERE.exchange is not None else ""
    name = connection.host
    if pin:
        connection.host = pin
    try:
        yield
    finally:
        connection.host = name


def heard(line: ssl.SSLSocket) -> None:
    """Wait a moment for the server's word on our side of the handshake (RFC 8446, 4.6.1).

    With TLS 1.3 a server judges our certificate after we think that we are connected. Most then send a ticket; one that
    refuses sends an alert, and a request on its way by then would be one of which nobody knows whether it arrived.
    """
    if not select.select([line], [], [], WORD)[0]:
        return
    wait = line.gettimeout()
    line.settimeout(0.0)
    try:
        if not line.recv(1):
            raise ssl.SSLError("closed behind the handshake")
    except (ssl.SSLWantReadError, BlockingIOError):
        return
    except ConnectionError as fault:
        raise ssl.SSLError("closed behind the handshake") from fault
    finally:
        line.settimeout(wait)


def noticed(connection: HTTPConnection) -> None:
    """The connection on which this thread's exchange runs."""
    if HERE.exchange is not None:
        HERE.exchange.connection = connection


class PlainPool(HTTPConnectionPool):
    """Connections of the kind above."""

    ConnectionCls = Plain


class SecurePool(HTTPSConnectionPool):
    """The same with TLS."""

    ConnectionCls = Secure


class Adapter(HTTPAdapter):
    """requests' way to urllib3, over our pools; it never tries twice by itself."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """The pools."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def session(name: Name) -> requests.Session:
    """This thread's session of a name: no cookies, and nothing from the environment (proxies, .netrc)."""
    made, used = HERE.sessions.pop(name, (None, 0.0))
    if made is None:
        made = requests.Session()
        made.trust_env = False
        made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        made.mount("http://", Adapter(max_retries=0))
        made.mount("https://", Adapter(max_retries=0))
        with LOCK:
            ALL.add(made)
    elif time.monotonic() - used > IDLE:
        made.close()
    HERE.sessions[name] = (made, time.monotonic())
    while len(HERE.sessions) > SESSIONS:
        HERE.sessions.popitem(last=False)[1][0].close()
    return made


@contextmanager
def limited(seconds: float, name: Name) -> Iterator[Exchange]:
    """An exchange that is cut after so many seconds, however slowly the other side drips."""
    exchange = HERE.exchange = Exchange()
    clock = threading.Timer(seconds, exchange.cut)
    clock.daemon = True
    clock.start()
    try:
        yield exchange
    finally:
        exchange.end()
        clock.cancel()
        HERE.exchange = None
        if name in HERE.sessions:
            HERE.sessions[name] = (HERE.sessions[name][0], time.monotonic())


def close() -> None:
    """Close all kept connections of all threads; they open again when needed."""
    with LOCK:
        kept = list(ALL)
    for made in kept:
        made.close()
