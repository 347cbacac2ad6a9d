"""What the kernel keeps back of audio that nobody listens to, on real sockets."""

import socket
from collections.abc import Iterator

import pytest

from dillo.media.sieve import Sieve
from dillo.rtp.packet import RtpPacket

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture(params=["127.0.0.1", "::1"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """Two sockets that are connected to each other."""
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with (
        socket.socket(family, socket.SOCK_DGRAM) as phone,
        socket.socket(family, socket.SOCK_DGRAM) as ours,
    ):
        for each in (phone, ours):
            each.bind((request.param, 0))
            each.setblocking(False)
        phone.connect(ours.getsockname())
        ours.connect(phone.getsockname())
        yield phone, ours


def audio(sequence: int, kind: int = 0, *, marker: bool = False) -> bytes:
    return bytes(RtpPacket(kind, sequence, sequence * 160, 9, b"x" * 160, marker))


def heard(ours: socket.socket) -> list[bytes]:
    datagrams = []
    try:
        while True:
            datagrams.append(ours.recv(2048))
    except BlockingIOError:
        return datagrams


def test_one_packet_of_audio_in_sixteen_passes_and_the_others_are_counted(pair: Pair) -> None:
    phone, ours = pair
    sieve = Sieve(ours)
    sieve.keep_back(0)
    for sequence in range(65_530, 65_636):
        phone.send(audio(sequence & 0xFFFF))
    passed = [RtpPacket.parse(datagram).sequence for datagram in heard(ours)]
    assert passed == [0, 16, 32, 48, 64, 80, 96]
    assert sieve.take() == 0
    sieve.note()
    assert (sieve.take(), sieve.take()) == (99, 0)


def test_all_else_passes(pair: Pair) -> None:
    phone, ours = pair
    sieve = Sieve(ours)
    sieve.keep_back(0)
    others = [
        audio(1, kind=101),
        audio(2, kind=8),
        audio(3, marker=True),
        b"\x90" + audio(4)[1:],
        audio(5)[:11],
        b"\x80",
        b"",
    ]
    for datagram in others:
        phone.send(datagram)
    assert heard(ours) == others
    assert sieve.let_pass() == 0


def test_afterwards_everything_passes_again(pair: Pair) -> None:
    phone, ours = pair
    sieve = Sieve(ours)
    sieve.keep_back(8)
    phone.send(audio(1, kind=8))
    assert sieve.let_pass() == 1
    phone.send(audio(2, kind=8))
    assert heard(ours) == [audio(2, kind=8)]
    sieve.keep_back(0)
    phone.send(audio(3))
    assert heard(ours) == []
    assert sieve.let_pass() == 1


def test_what_was_lost_otherwise_was_not_kept_back(pair: Pair) -> None:
    phone, ours = pair
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    sieve = Sieve(ours)
    for sequence in range(50):
        phone.send(audio(sequence))  # more than fit
    assert len(heard(ours)) < 50
    sieve.keep_back(0)
    phone.send(audio(51))
    assert sieve.let_pass() == 1
