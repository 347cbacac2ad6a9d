"""The media worker process: `python -m dillo.media.worker --socket PATH --ports LOW-HIGH`."""

import argparse
import gc
import logging
import os
import resource
import signal
import time
from pathlib import Path
from types import FrameType

from dillo.media.link import ClientLink
from dillo.media.loop import MediaLoop
from dillo.media.port_range import PortRange
from dillo.model.priority import set_niceness

_log = logging.getLogger(__name__)
_GRACE_S = 10.0
_NICENESS = -11


class Worker:
    """Turns the loop until it is told to stop, or the process that started it is gone."""

    def __init__(self, path: Path, ports: PortRange, supervisor: int) -> None:
        self._loop = MediaLoop(ports)
        self._link = ClientLink(path, self._loop)
        self._supervisor = supervisor
        self._must_stop = False

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Signal handler: finish what is under way and exit."""
        self._must_stop = True
        self._loop.wake()

    def run(self) -> None:
        """Serve; return when everything is finished."""
        is_tidy = True
        while not self._must_stop and os.getppid() == self._supervisor:
            self._turn()
            if not self._loop.is_idle:
                is_tidy = False
            elif not is_tidy:
                gc.collect()  # nothing is due now; see `settle_memory`
                is_tidy = True
        self._finish()

    def _turn(self) -> None:
        self._loop.turn()
        self._link.flush()

    def _finish(self) -> None:
        self._loop.close_all()
        deadline = time.monotonic() + _GRACE_S
        while not self._loop.is_idle and time.monotonic() < deadline:
            self._turn()
        self._link.flush()
        self._link.close()


def settle_memory() -> None:
    """Keep the garbage collector from ever pausing the clock.

    Calls are freed by reference counting: they hold no cycles, which a test watches. What an
    exception leaves behind is collected when the worker is idle.
    """
    gc.collect()
    gc.freeze()
    gc.disable()


def go_first() -> None:
    """Let the clock's thread run before other work of the machine, where that is permitted.

    The disk's threads, started before, keep the usual priority.
    """
    set_niceness(_NICENESS)


def allow_many_sockets() -> None:
    """Raise the limit of open files as far as permitted: a call takes two, and one to record."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _port_range(text: str) -> PortRange:
    low, high = map(int, text.split("-"))
    return PortRange(low, high)


def main() -> None:
    """Run a worker with the arguments of the command line."""
    parser = argparse.ArgumentParser(description="Dillo media worker")
    parser.add_argument("--socket", type=Path, required=True, help="Unix socket to listen on")
    parser.add_argument("--ports", type=_port_range, required=True, help="UDP ports, LOW-HIGH")
    parser.add_argument("--supervisor", type=int, help="process to end with [default: the parent]")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="media[%(process)d] %(message)s")
    allow_many_sockets()
    worker = Worker(arguments.socket, arguments.ports, arguments.supervisor or os.getppid())
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to pass on
    settle_memory()
    go_first()
    worker.run()


if __name__ == "__main__":
    main()
