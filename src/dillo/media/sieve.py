"""Keeps audio that nobody listens to in the kernel, which drops and counts it (socket(7))."""

import socket
import struct
from array import array
from contextlib import suppress
from functools import cache

from dillo.rtp.packet import HEADER_SIZE, PLAIN

PASSED = 16
"""Of plain audio one packet in so many comes through: for jitter, losses, and signs of life."""

_SO_ATTACH_FILTER, _SO_DETACH_FILTER, _SO_MEMINFO = 26, 27, 55  # asm-generic/socket.h
_PROGRAM = struct.Struct("@HP")  # struct sock_fprog: how many instructions, and where
_INSTRUCTION = struct.Struct("@HBBI")
_MEMINFO = struct.Struct("@9I")
_DROPS = 8
_UDP_HEADER = 8
_LOAD_SIZE, _LOAD_OCTET, _LOAD_SHORT, _RETURN = 0x80, 0x30, 0x28, 0x06  # linux/filter.h
_IF_AT_LEAST, _IF_EQUAL, _IF_SET = 0x35, 0x15, 0x45
_ALL, _NOTHING = 0xFFFF_FFFF, 0


class Sieve:
    """A filter on a connected RTP socket; keys, and all that is no plain audio, always pass.

    To have a packet dropped costs a small part of what it costs to read it. Where the kernel cannot
    do it, everything passes.
    """

    __slots__ = ("_drops_before", "_kept_back", "_socket", "kind")

    def __init__(self, udp: socket.socket) -> None:
        self._socket = udp
        self.kind: int | None = None
        """The payload type that is kept back."""
        self._kept_back = self._drops_before = 0

    @property
    def is_on(self) -> bool:
        """Whether anything is kept back."""
        return self.kind is not None

    def keep_back(self, kind: int) -> None:
        """Keep back plain audio of a payload type from now on, but for every sixteenth packet."""
        octets, instructions = _program(kind)
        where, _ = octets.buffer_info()
        program = _PROGRAM.pack(instructions, where)
        self._drops_before = self._drops()
        with suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
            self.kind = kind

    def let_pass(self) -> int:
        """Let everything pass from now on; return what was kept back since the last note."""
        if not self.is_on:
            return 0
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)
        self.kind = None
        return self._drops() - self._drops_before

    def note(self) -> None:
        """Note what has been kept back up to now, when a packet was just read."""
        drops = self._drops()
        self._kept_back += drops - self._drops_before
        self._drops_before = drops

    def take(self) -> int:
        """Return how many packets were noted since the last time."""
        kept_back, self._kept_back = self._kept_back, 0
        return kept_back

    def _drops(self) -> int:
        option = self._socket.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
        drops: int = _MEMINFO.unpack(option)[_DROPS]
        return drops


@cache
def _program(kind: int) -> "tuple[array[int], int]":
    """Return the instructions (classic BPF) for a payload type, and how many there are.

    They see a datagram from its UDP header on; jumps tell how many instructions to leave out where
    the condition holds, and where it does not.
    """
    octets = b"".join(
        _INSTRUCTION.pack(*instruction)
        for instruction in (
            (_LOAD_SIZE, 0, 0, 0),
            (_IF_AT_LEAST, 0, 6, _UDP_HEADER + HEADER_SIZE),
            (_LOAD_OCTET, 0, 0, _UDP_HEADER),
            (_IF_EQUAL, 0, 4, PLAIN),
            (_LOAD_OCTET, 0, 0, _UDP_HEADER + 1),
            (_IF_EQUAL, 0, 2, kind),
            (_LOAD_SHORT, 0, 0, _UDP_HEADER + 2),
            (_IF_SET, 1, 0, PASSED - 1),
            (_RETURN, 0, 0, _ALL),
            (_RETURN, 0, 0, _NOTHING),
        )
    )
    return array("B", octets), len(octets) // _INSTRUCTION.size
