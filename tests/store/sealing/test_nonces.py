"""No nonce is used twice: not by two threads, not by a process and its child."""

import os
import threading
import warnings

from gateway.store.sealing.ring import DRAWN, NONCE, fresh


def test_no_two_nonces_of_several_threads_are_alike() -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.extend(fresh() for _ in range(3 * DRAWN))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == len(found) == 12 * DRAWN
    assert {len(nonce) for nonce in found} == {NONCE}


def test_a_child_draws_nonces_of_its_own() -> None:
    fresh()
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of threads; the child does nothing that needs them
        child = os.fork()
    if child == 0:
        os.write(writing, b"".join(fresh() for _ in range(20)))
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reading, 20 * NONCE)
    os.close(reading)
    os.close(writing)
    ours = {fresh() for _ in range(20)}
    assert ours.isdisjoint(theirs[at : at + NONCE] for at in range(0, len(theirs), NONCE))
