"""Whose packets a call takes."""

import pytest

from dillo.media.peer import Peer
from dillo.model.media import ChangePeer, OpenPort

SAID, TRUSTED, OTHER = "192.0.2.1", "198.51.100.1", "203.0.113.9"


def peer(peer_ip: str | None = SAID) -> Peer:
    return Peer(OpenPort("c", "127.0.0.1", peer_ip, 4000, (TRUSTED,), 0, None, 20, 0))


def change(peer_ip: str | None = SAID, port: int = 4000) -> ChangePeer:
    return ChangePeer("c", peer_ip, port, (TRUSTED,), 0, None, 20)


@pytest.mark.parametrize(
    ("ip", "ssrc", "before", "is_admitted"),
    [
        (SAID, 1, None, True),
        (SAID, 2, 1, True),
        (TRUSTED, 1, None, True),
        (TRUSTED, 1, 1, True),
        (TRUSTED, 2, 1, False),
        (OTHER, 1, None, False),
        (OTHER, 1, 1, False),
    ],
)
def test_who_is_admitted(ip: str, ssrc: int, before: int | None, is_admitted: bool) -> None:
    assert peer().admits(ip, ssrc, before) is is_admitted


def test_without_a_description_only_trusted_addresses_count() -> None:
    assert peer(None).address is None
    assert peer(None).admits(TRUSTED, 1, None)
    assert not peer(None).admits(SAID, 1, None)


def test_packets_go_where_they_come_from_once_that_is_known() -> None:
    far = peer()
    assert far.address == (SAID, 4000)
    far.found = (TRUSTED, 9)
    assert far.address == (TRUSTED, 9)


def test_the_same_description_again_changes_nothing() -> None:
    far = peer()
    far.found = (TRUSTED, 9)
    assert not far.change(change())
    assert far.address == (TRUSTED, 9)
    assert far.change(change(port=5000))
    assert far.address == (SAID, 5000)
