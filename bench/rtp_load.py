"""Place many calls of the benchmark shape at once and print what became of them, as JSON.

A call: INVITE, answer, RTP of 50 packets a second each way, one key pressed by telephone-event
(RFC 4733), sound until the far side hangs up. One process carries about a thousand calls: a
connected socket a call, and one 20 ms clock in ten phases. Lost INVITEs and BYEs are sent again.

    python -m bench.rtp_load --target 127.0.0.1:5060 --to +442079460000 \\
        --concurrent 700 --calls 2000
"""

import argparse
import enum
import gc
import heapq
import itertools
import json
import math
import resource
import select
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.load_dialog import Dialog, call_id_of, media_of, method_of, ok_to, status_of
from bench.load_stream import Stream

PHASES = 10
TICK_S = 0.002
LATE_TICK_S = 0.010
T1_S = 0.5
TIMEOUT_S = 64 * T1_S
LINGER_S = 0.5
"""How long the last BYE is still answered, should its 200 get lost."""
SIP_BUFFER = 8 << 20


@dataclass(frozen=True, slots=True)
class Load:
    """What to place."""

    target: tuple[str, int]
    to: str
    caller: str
    calls: int
    concurrent: int
    rate: float
    """New calls a second."""
    key: str
    key_at_s: float
    """After the answer."""
    max_s: float
    """We hang up so long after the answer."""


@dataclass(slots=True)
class Tally:
    """What was counted over all calls."""

    failed: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    ended_by_callee: int = 0
    ended_by_us: int = 0
    retransmitted: int = 0
    most_at_once: int = 0
    sent: int = 0
    unsent: int = 0
    lost: int = 0
    late: int = 0
    setup_s: list[float] = field(default_factory=list)
    lasted_s: list[float] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    ticks_late: int = 0
    worst_tick_s: float = 0.0


class Stage(enum.Enum):
    """How far a call is."""

    INVITING = enum.auto()
    PROCEEDING = enum.auto()
    TALKING = enum.auto()
    LEAVING = enum.auto()
    """Our BYE is out."""
    OVER = enum.auto()


class Call:
    """One call under way."""

    __slots__ = ("answered_s", "dialog", "invited_s", "phase", "stage", "stream")

    def __init__(self, dialog: Dialog, stream: Stream, now_s: float) -> None:
        self.dialog = dialog
        self.stream = stream
        self.stage = Stage.INVITING
        self.invited_s = now_s
        self.answered_s = 0.0
        self.phase: list[Call] = []


class Generator:
    """Runs a load to its end; its own clock is measured too, so that its stalls are seen."""

    def __init__(self, load: Load) -> None:
        self.tally = Tally()
        self._load = load
        self._sip = _connect(load.target)
        ip, port = self._sip.getsockname()
        self._ip = ip
        self._local = f"{ip}:{port}"
        self._uri = f"sip:{load.to}@{load.target[0]}:{load.target[1]}"
        self._sip_poll = select.epoll()
        self._sip_poll.register(self._sip, select.EPOLLIN)
        self._rtp_poll = select.epoll()
        self._calls: dict[str, Call] = {}
        self._talking: dict[int, Call] = {}
        self._phases: list[list[Call]] = [[] for _ in range(PHASES)]
        self._next_phase = itertools.cycle(self._phases)
        self._timers: list[tuple[float, int, Callable[[float], None]]] = []
        self._numbers = itertools.count()
        self._placed = 0
        self._under_way = 0

    def run(self) -> None:
        """Place all calls and return when the last one is over."""
        self._place_next(time.monotonic())
        due_s = time.monotonic()
        over_s = math.inf
        for phase in itertools.cycle(self._phases):
            due_s += TICK_S
            self._listen_until(due_s)
            now_s = time.monotonic()
            self._note_tick(now_s - due_s)
            for call in phase:
                call.stream.send_next()
            self._fire_timers(now_s)
            if self._placed == self._load.calls and not self._under_way:
                over_s = min(over_s, now_s + LINGER_S)
            if now_s > over_s:
                break
        self._sip.close()
        self._sip_poll.close()
        self._rtp_poll.close()

    def _listen_until(self, due_s: float) -> None:
        """Take in SIP at once and RTP each 2 ms: a wake-up for every packet would cost too much."""
        while True:
            wait_s = due_s - time.monotonic()
            if self._sip_poll.poll(max(0.0, wait_s)):
                self._read_sip()
            if wait_s <= 0:
                break
        talking, now_s = self._talking, time.monotonic()
        for fd, _ in self._rtp_poll.poll(0):
            talking[fd].stream.hear(now_s)

    def _note_tick(self, late_s: float) -> None:
        self.tally.ticks_late += late_s > LATE_TICK_S
        self.tally.worst_tick_s = max(self.tally.worst_tick_s, late_s)

    def _at(self, when_s: float, act: Callable[[float], None]) -> None:
        heapq.heappush(self._timers, (when_s, next(self._numbers), act))

    def _fire_timers(self, now_s: float) -> None:
        while self._timers and self._timers[0][0] <= now_s:
            due_s, _, act = heapq.heappop(self._timers)
            act(due_s)

    def _place_next(self, due_s: float) -> None:
        """Place a call if there is room, and come back when the next one is due."""
        if self._under_way < self._load.concurrent:
            self._place(time.monotonic())
        if self._placed < self._load.calls:
            self._at(due_s + 1 / self._load.rate, self._place_next)

    def _place(self, now_s: float) -> None:
        self._placed += 1
        self._under_way += 1
        self.tally.most_at_once = max(self.tally.most_at_once, self._under_way)
        dialog = Dialog(self._uri, self._load.caller, self._local)
        call = self._calls[dialog.key] = Call(dialog, Stream(self._ip), now_s)
        self._repeat(call, Stage.INVITING, dialog.invite(call.stream.port), now_s)

    def _repeat(
        self, call: Call, stage: Stage, request: bytes, now_s: float, interval_s: float = T1_S
    ) -> None:
        """Send a request again at doubling intervals while the call is at that stage."""
        self._send(request)
        started_s = now_s

        def again(now_s: float, interval_s: float = interval_s) -> None:
            if call.stage is not stage:
                return
            if now_s - started_s > TIMEOUT_S:
                self._end(call, f"no response when {stage.name.lower()}")
                return
            self._send(request)
            self.tally.retransmitted += 1
            self._at(now_s + 2 * interval_s, lambda now_s: again(now_s, 2 * interval_s))

        self._at(now_s + interval_s, again)

    def _send(self, message: bytes) -> None:
        try:
            self._sip.send(message)
        except OSError:
            self.tally.failed["SIP not sent"] += 1

    def _read_sip(self) -> None:
        while True:
            try:
                message = self._sip.recv(65536)
            except OSError:
                return
            call = self._calls.get(call_id_of(message))
            status = status_of(message)
            if status and call is not None and call.stage is not Stage.OVER:
                self._take_response(call, status, message)
            elif not status and method_of(message) == "BYE":
                self._send(ok_to(message))
                if call is not None and call.stage is Stage.TALKING:
                    self.tally.ended_by_callee += 1
                    self._end(call)

    def _take_response(self, call: Call, status: int, message: bytes) -> None:
        if method_of(message) == "BYE":
            if call.stage is Stage.LEAVING:
                self._end(call)
        elif status < 200:
            if call.stage is Stage.INVITING:
                call.stage = Stage.PROCEEDING
        elif call.dialog.ack:
            self._send(call.dialog.ack)
        else:
            call.dialog.take_final(message)
            self._send(call.dialog.ack)
            if status < 300:
                self._answer(call, message, time.monotonic())
            else:
                self._end(call, str(status))

    def _answer(self, call: Call, message: bytes, now_s: float) -> None:
        self.tally.answered += 1
        self.tally.setup_s.append(now_s - call.invited_s)
        call.answered_s = now_s
        media = media_of(message)
        if media is None:
            self.tally.failed["answer without RTP and telephone-event"] += 1
            self._leave(call, now_s)
            return
        call.stage = Stage.TALKING
        call.stream.connect(*media)
        self._talking[call.stream.fileno()] = call
        self._rtp_poll.register(call.stream, select.EPOLLIN)
        call.phase = next(self._next_phase)
        call.phase.append(call)
        if self._load.key:
            self._at(now_s + self._load.key_at_s, lambda _: call.stream.press(self._load.key))
        self._at(now_s + self._load.max_s, lambda now_s: self._leave(call, now_s))

    def _leave(self, call: Call, now_s: float) -> None:
        """Hang up, unless the callee has."""
        if call.stage is not Stage.OVER:
            call.stage = Stage.LEAVING
            self.tally.ended_by_us += 1
            self._repeat(call, Stage.LEAVING, call.dialog.bye(), now_s)

    def _end(self, call: Call, failure: str = "") -> None:
        call.stage = Stage.OVER
        self._under_way -= 1
        if failure:
            self.tally.failed[failure] += 1
        if call in call.phase:
            call.phase.remove(call)
            self._rtp_poll.unregister(call.stream)
            del self._talking[call.stream.fileno()]
            self._count(call)
        call.stream.close()

    def _count(self, call: Call) -> None:
        tally, stream = self.tally, call.stream
        tally.lasted_s.append(time.monotonic() - call.answered_s)
        tally.received.append(stream.received)
        tally.sent += stream.sent
        tally.unsent += stream.unsent
        tally.lost += stream.lost
        tally.late += stream.late


def _connect(target: tuple[str, int]) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SIP_BUFFER)
    opened.connect(target)
    opened.setblocking(False)
    return opened


def spread(values: list[float], scale: float = 1.0) -> dict[str, float] | None:
    """Return least, median, 99th percentile and greatest; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    last = len(ordered) - 1
    picks = {"min": 0, "p50": last // 2, "p99": math.ceil(last * 0.99), "max": last}
    return {name: round(ordered[at] * scale, 3) for name, at in picks.items()}


def report(load: Load, tally: Tally, wall_s: float, cpu_s: float) -> dict[str, object]:
    """Return the measurement as a JSON object."""
    return {
        "calls": load.calls,
        "answered": tally.answered,
        "failed": dict(tally.failed),
        "ended_by_callee": tally.ended_by_callee,
        "ended_by_us": tally.ended_by_us,
        "most_at_once": tally.most_at_once,
        "sip_retransmitted": tally.retransmitted,
        "setup_ms": spread(tally.setup_s, 1000),
        "call_s": spread(tally.lasted_s),
        "packets_sent": tally.sent,
        "packets_unsent": tally.unsent,
        "packets_received": sum(tally.received),
        "packets_received_per_call": spread([float(count) for count in tally.received]),
        "packets_lost": tally.lost,
        "packets_late_over_40_ms": tally.late,
        "wall_s": round(wall_s, 2),
        "generator": {
            "cpu_s": round(cpu_s, 2),
            "ticks_late_over_10_ms": tally.ticks_late,
            "worst_tick_ms": round(tally.worst_tick_s * 1000, 1),
        },
    }


def parse_arguments() -> Load:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", default="127.0.0.1:5060", help="HOST:PORT of the SIP service")
    parser.add_argument("--to", required=True, help="number to call")
    parser.add_argument("--caller", default="+393703188051", help="calling number")
    parser.add_argument("--calls", type=int, default=100, help="how many calls in all")
    parser.add_argument("--concurrent", type=int, default=100, help="at most so many at once")
    parser.add_argument("--rate", type=float, help="new calls a second (default: concurrent / 12)")
    parser.add_argument("--key", default="1", help="key to press once; empty for none")
    parser.add_argument("--key-at", type=float, default=2.0, help="seconds after the answer")
    parser.add_argument("--max-s", type=float, default=30.0, help="hang up after so many seconds")
    given = parser.parse_args()
    host, _, port = given.target.rpartition(":")
    return Load(
        target=(host, int(port)),
        to=given.to,
        caller=given.caller,
        calls=given.calls,
        concurrent=given.concurrent,
        rate=given.rate or given.concurrent / 12,
        key=given.key,
        key_at_s=given.key_at,
        max_s=given.max_s,
    )


def main() -> None:
    """Run the load and print the report."""
    load = parse_arguments()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    generator = Generator(load)
    gc.collect()
    gc.freeze()
    gc.disable()
    started_s, started_cpu_s = time.monotonic(), time.process_time()
    generator.run()
    wall_s, cpu_s = time.monotonic() - started_s, time.process_time() - started_cpu_s
    print(json.dumps(report(load, generator.tally, wall_s, cpu_s), indent=2))


if __name__ == "__main__":
    main()
