"""Where notifications go: looked up once, and never to what only the gateway can reach (SSRF)."""

import socket
import threading
from collections.abc import Sequence

import pytest

from gateway.delivery.notify_address import LOOPBACK, circle, pinned
from gateway.domain.problem import Problem
from gateway.domain.road import Parcel
from gateway.transports.http import session
from gateway.transports.http.send import send
from tests.pipeline.subscribing.world import Receiver

PUBLIC = "93.184.216.34"


def names(*addresses: str) -> object:
    def resolve(_name: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


def verdict(endpoint: str, *addresses: str, allowed: Sequence[str] = LOOPBACK) -> str:
    """The address, or the code of the refusal."""
    found = pinned(endpoint, circle(allowed), names(*addresses))  # type: ignore[arg-type]  # texts of the table
    return found.code if isinstance(found, Problem) else found


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1",
        "fd00::1", "fe80::1", "::", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_a_network_that_strangers_cannot_reach_is_refused(address: str) -> None:
    assert verdict("https://hook.example", address) == "subscription.private"


def test_one_private_address_among_public_ones_is_enough() -> None:
    assert verdict("https://hook.example", PUBLIC, "10.0.0.1") == "subscription.private"


def test_the_public_network_is_reached_by_https_only() -> None:
    assert verdict("https://hook.example/x", PUBLIC) == PUBLIC
    assert verdict("http://hook.example/x", PUBLIC) == "subscription.plain"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_reached_unless_the_setting_says_otherwise(address: str) -> None:
    assert verdict("http://localhost:9/x", address) == address
    assert verdict("http://localhost:9/x", address, allowed=["10.0.0.0/8"]) == "subscription.private"


def test_the_setting_names_networks_addresses_and_hosts() -> None:
    assert verdict("http://a.intern", "10.1.2.3", allowed=["10.1.0.0/16"]) == "10.1.2.3"
    assert verdict("http://a.intern", "10.2.2.3", allowed=["10.1.0.0/16"]) == "subscription.private"
    assert verdict("http://a.intern", "10.2.2.3", allowed=["10.2.2.3"]) == "10.2.2.3"
    assert verdict("http://a.intern", "10.2.2.3", allowed=["A.intern"]) == "10.2.2.3"
    assert verdict("http://b.intern", "10.2.2.3", allowed=["a.intern"]) == "subscription.private"


@pytest.mark.parametrize(
    "endpoint",
    ["", "hook", "file:///etc/passwd", "http://", "http://u:p@h/", "http://h:0/", "http://h\n.x/", "http://ä/"],
)
def test_what_is_no_address_is_refused_without_a_look(endpoint: str) -> None:
    assert verdict(endpoint) == "subscription.endpoint"


def test_a_name_that_nobody_knows_is_no_refusal() -> None:
    with pytest.raises(OSError, match="no address"):
        verdict("https://hook.example")


def test_a_number_in_the_clothes_of_a_name_is_looked_at_as_what_it_means() -> None:
    found = pinned("https://0x7f000001/", circle(["10.0.0.0/8"]))
    assert isinstance(found, Problem)


def test_a_parcel_goes_to_the_address_that_was_looked_at(receiver: Receiver) -> None:
    port = receiver.server.server_address[1]
    address = {"url": f"http://hook.invalid:{port}/x", "pin": "127.0.0.1", "timeout": 5}
    sent = send(Parcel("k", "Subscription/s", b"{}", "application/fhir+json", address))
    session.close()
    assert (sent.outcome, receiver.headers[0]["Host"]) == ("delivered", f"hook.invalid:{port}")


def test_a_receiver_that_points_elsewhere_is_not_followed() -> None:
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        line, _ = server.accept()
        with line:
            line.recv(65536)
            line.sendall(b"HTTP/1.1 307 Elsewhere\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    url = f"http://127.0.0.1:{server.getsockname()[1]}/"
    sent = send(Parcel("k", "Subscription/s", b"{}", "application/fhir+json", {"url": url, "timeout": 5}))
    thread.join()
    server.close()
    session.close()
    assert (sent.outcome, sent.code) == ("refused", "HTTP 307")
