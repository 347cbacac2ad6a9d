"""Many datagrams in one system call, to and from many ports: `sendmmsg` and `recvmmsg` (Linux).

A load generator in Python that sends and reads packets one by one takes more of its core than what
it measures takes of another. Here the packets of many telephones share a socket; each is told from
the others by the port at the far end.
"""

import ctypes
import os
import socket

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]

_SO_TIMESTAMPNS = 35
_BUFFER = 16 << 20
_CONTROL = np.dtype([("header", "V16"), ("seconds", "<i8"), ("nanoseconds", "<i8")])
_ADDRESS = np.dtype([("family", "<u2"), ("port", ">u2"), ("ip", "V4"), ("rest", "V8")])
_MESSAGE = np.dtype(
    {
        "names": ["name", "name_size", "parts", "part_count", "control", "control_size", "size"],
        "formats": ["<u8", "<u4", "<u8", "<u8", "<u8", "<u8", "<u4"],
        "offsets": [0, 8, 16, 24, 32, 40, 56],
        "itemsize": 64,
    }
)
"""struct mmsghdr of a 64-bit Linux."""
_PART = np.dtype([("base", "<u8"), ("size", "<u8")])

_libc = ctypes.CDLL(None, use_errno=True)


class Messages:
    """Room for some datagrams of one size: `packets`, and the `ports` they go to or come from."""

    def __init__(self, count: int, size: int) -> None:
        self.packets: Bytes = np.zeros((count, size), np.uint8)
        self._addresses = np.zeros(count, _ADDRESS)
        self._addresses["family"] = socket.AF_INET
        self._addresses["ip"] = np.void(socket.inet_aton("127.0.0.1"))
        self._controls = np.zeros(count, _CONTROL)
        self._parts = np.zeros(count, _PART)
        self._messages = np.zeros(count, _MESSAGE)
        for field, rows in (
            ("name", self._addresses),
            ("parts", self._parts),
            ("control", self._controls),
        ):
            self._messages[field] = _addresses_of(rows)
        self._parts["base"] = _addresses_of(self.packets)
        self._parts["size"] = size
        self._messages["part_count"] = 1
        self._messages["name_size"] = _ADDRESS.itemsize

    @property
    def ports(self) -> npt.NDArray[np.uint16]:
        """The ports at the far end, on the loopback."""
        return self._addresses["port"]

    @property
    def sizes(self) -> npt.NDArray[np.uint32]:
        """Octets of each datagram received."""
        return self._messages["size"]

    @property
    def arrived_ns(self) -> Numbers:
        """When the kernel took each datagram in, in nanoseconds since the epoch."""
        arrived: Numbers = self._controls["seconds"] * 1_000_000_000 + self._controls["nanoseconds"]
        return arrived

    def send(self, udp: socket.socket, count: int) -> int:
        """Send the first ones; return how many were. Raises OSError where not even one was."""
        sent: int = _libc.sendmmsg(udp.fileno(), _pointer(self._messages), count, 0)
        return _checked(sent)

    def receive(self, udp: socket.socket) -> int:
        """Read what is there, as far as there is room; return how many datagrams."""
        self._messages["name_size"] = _ADDRESS.itemsize
        self._messages["control_size"] = _CONTROL.itemsize
        count = len(self._messages)
        flags = socket.MSG_DONTWAIT
        try:
            return _checked(_libc.recvmmsg(udp.fileno(), _pointer(self._messages), count, flags, 0))
        except BlockingIOError:
            return 0


def shared_socket() -> socket.socket:
    """Return a socket with a port of its own and room for what comes between two looks at it."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    udp.bind(("127.0.0.1", 0))
    return udp


def _addresses_of(rows: npt.NDArray[np.void] | Bytes) -> Numbers:
    return rows.ctypes.data + rows.strides[0] * np.arange(len(rows))


def _pointer(rows: npt.NDArray[np.void]) -> ctypes.c_void_p:
    return ctypes.c_void_p(rows.ctypes.data)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
