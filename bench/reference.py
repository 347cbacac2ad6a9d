"""The cost of a bare packet pair just now, to hold other costs against; prints JSON when stopped.

On a shared machine the same work costs twice as much from one minute to the next. So this sends and
receives packets of RTP's size on two connected sockets, a few thousand a second, on the core and
during the time of another measurement.
"""

import json
import signal
import socket
import time
from types import FrameType

PAIRS, PAUSE_S = 500, 0.25


class Reference:
    """Measures until it is told to stop."""

    def __init__(self) -> None:
        self._must_stop = False
        self._pairs = 0
        self._cpu_s = 0.0

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Signal handler."""
        self._must_stop = True

    def run(self) -> dict[str, float]:
        """Return the microseconds of CPU that one `send` and one `recv_into` took."""
        here, there = _connected_pair()
        packet, buffer = bytes(172), bytearray(2048)
        while not self._must_stop:
            began_s = time.process_time()
            for _ in range(PAIRS):
                here.send(packet)
                there.recv_into(buffer)
            self._cpu_s += time.process_time() - began_s
            self._pairs += PAIRS
            time.sleep(PAUSE_S)
        return {"bare_pair_us": round(self._cpu_s / self._pairs * 1e6, 2)}


def _connected_pair() -> tuple[socket.socket, socket.socket]:
    here, there = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for end in (here, there):
        end.bind(("127.0.0.1", 0))
    here.connect(there.getsockname())
    there.connect(here.getsockname())
    return here, there


def main() -> None:
    """Measure until SIGTERM."""
    reference = Reference()
    signal.signal(signal.SIGTERM, reference.stop)
    print(json.dumps(reference.run()))


if __name__ == "__main__":
    main()
