"""The media worker's loop: the clock, the sockets, the disk, and one client, on one epoll."""

import logging
import os
import select
import time
from collections.abc import Callable
from typing import assert_never

from dillo.media.call import Call
from dillo.media.clock import Clock
from dillo.media.disk import Disk, RecordingFile
from dillo.media.ear import VoiceJudge
from dillo.media.intake import MAX_READY, Intake
from dillo.media.library import PromptLibrary
from dillo.media.port_range import NoPort, PortRange
from dillo.media.recording import Recording
from dillo.media.switchboard import Switchboard
from dillo.media.tones import ToneBench
from dillo.model.errors import MisuseError
from dillo.model.media import (
    Bridge,
    CallCommand,
    ChangePeer,
    ClosePort,
    Command,
    DigitHeard,
    Event,
    ExtendPlaying,
    OpenPort,
    PlayFiles,
    PortLost,
    PortOpened,
    StartRecording,
    StopPlaying,
    StopRecording,
    Unbridge,
)

_log = logging.getLogger(__name__)
_IDLE_S = 1.0
_URGENT = (PortOpened, DigitHeard)
"""What somebody waits for: the caller for an answer, or for a key to be heard."""
_PATIENT_TURNS = 5
"""Everything else is told with the next urgent event, or after so many steps of the clock."""


class MediaLoop:
    """Owns the calls; `turn` does what is due and waits for at most a step of the clock.

    With calls it wakes every 4 ms and reads what came meanwhile in one go: cheaper than waking
    for each packet, and soon enough. So arrival times are known to 4 ms. Only what must be
    forwarded is read when it arrives.
    """

    def __init__(self, ports: PortRange) -> None:
        self.prompts = PromptLibrary()
        self.finishing: dict[RecordingFile, tuple[Call, Recording]] = {}
        self.outbox: list[Event] = []
        self._turns_kept = 0
        self.judge = VoiceJudge()
        self.tones = ToneBench()
        self._ports = ports
        self._epoll = select.epoll()
        self._intake = Intake(self._contain)
        self._switchboard = Switchboard(self._epoll, self._intake)
        self._others: dict[int, Callable[[float], None]] = {}
        self._calls: dict[str, Call] = {}
        self._broken: dict[Call, Exception] = {}
        self._clock = Clock()
        self._wake_up = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.attend(self._wake_up, self._woken)
        self.disk = Disk(self.wake)

    def wake(self) -> None:
        """End the wait; may be called from any thread or a signal handler."""
        os.eventfd_write(self._wake_up, 1)

    def _woken(self, now: float) -> None:
        os.eventfd_read(self._wake_up)

    @property
    def is_idle(self) -> bool:
        """No call is open, and no recording on its way to the disk."""
        return not self._calls and not self.finishing

    # Descriptors

    def attend(self, descriptor: int, receive: Callable[[float], None]) -> None:
        """Call `receive` with the time whenever the descriptor is readable."""
        self._others[descriptor] = receive
        self._epoll.register(descriptor, select.EPOLLIN)

    def watch(self, descriptor: int, receive: Callable[[float], None], call: Call) -> None:
        """As `attend`, for a socket of a call, which alone pays for what goes wrong there."""

        def guarded(now: float) -> None:
            try:
                receive(now)
            except Exception as error:
                self._contain(call, error)

        self.attend(descriptor, guarded)

    def follow(self, descriptor: int, call: Call) -> None:
        """Read a watched descriptor, now connected, as a stream of RTP."""
        del self._others[descriptor]
        self._switchboard.follow(descriptor, call)

    def unwatch(self, descriptor: int) -> None:
        """Forget a descriptor that is about to be closed."""
        self._others.pop(descriptor, None)
        self._switchboard.unfollow(descriptor)
        self._epoll.unregister(descriptor)

    # Turns

    def turn(self) -> None:
        """Wait until something is due, and do it."""
        self._turns_kept += 1
        if self._clock.calls:
            self._switchboard.wait(self._clock.due, self._contain)
            self._clock.run_due(self._contain)
            ready = self._epoll.poll(0, MAX_READY)
        else:
            ready = self._epoll.poll(_IDLE_S, MAX_READY)
        self._intake.receive(ready, self._others, time.monotonic())
        if self.tones.waiting:
            self.tones.listen()
        if self._broken:
            self._drop_broken()
        self.disk.submit()
        for file in self.disk.closed():
            call, recording = self.finishing.pop(file)
            call.recording_done(recording)

    def _contain(self, call: Call, error: Exception) -> None:
        """The boundary of a call: what goes wrong in one ends that one only."""
        self._broken[call] = error

    def _drop_broken(self) -> None:
        for call, error in self._broken.items():
            _log.error("call %s failed", call.call_id, exc_info=error)
            if self._calls.get(call.call_id) is call:
                call.abandon(time.monotonic())
                self.emit(PortLost(call.call_id, repr(error)))
        self._broken.clear()

    def leave(self, call: Call) -> None:
        """Forget a call that is closed."""
        self._switchboard.leave(call)
        self._clock.leave(call)
        del self._calls[call.call_id]

    def find(self, call_id: str) -> Call | None:
        """Return an open call."""
        return self._calls.get(call_id)

    # Commands and events

    def emit(self, event: Event) -> None:
        """Tell the client with the next burst."""
        if not self.outbox:
            self._turns_kept = 0
        self.outbox.append(event)
        if isinstance(event, _URGENT):
            self._turns_kept = _PATIENT_TURNS

    @property
    def has_news(self) -> bool:
        """Whether it is time for a burst, which wakes the client."""
        return bool(self.outbox) and (self._turns_kept >= _PATIENT_TURNS or not self._calls)

    def close_all(self) -> None:
        """Close every call."""
        now = time.monotonic()
        for call in list(self._calls.values()):
            call.close(now)
        self.disk.submit()

    def execute(self, command: Command) -> None:
        """Do what the client asks; a call that is gone is asked in vain."""
        now = time.monotonic()
        if isinstance(command, OpenPort):
            self._open(command, now)
            return
        call = self._calls.get(command.call_id)
        if call is None:
            return
        try:
            self._perform(call, command, now)
        except Exception as error:
            self._contain(call, error)

    def _perform(self, call: Call, command: CallCommand, now: float) -> None:
        match command:
            case ChangePeer():
                call.change_peer(command, now)
            case PlayFiles():
                call.play(command, now)
            case ExtendPlaying():
                call.extend_playing(command, now)
            case StopPlaying():
                call.stop_playing(command, now)
            case StartRecording():
                call.start_recording(command, now)
            case StopRecording():
                call.stop_recording(command, now)
            case Bridge():
                self._bridge(call, command.to_call_id)
            case Unbridge():
                self._switchboard.disconnect(call)
            case ClosePort():
                call.close(now)
            case _:
                assert_never(command)

    def _bridge(self, source: Call, to_call_id: str) -> None:
        target = self.find(to_call_id)
        if target is not None:
            self._switchboard.connect(source, target)

    def _open(self, command: OpenPort, now: float) -> None:
        if command.call_id in self._calls:
            self.emit(PortOpened(command.call_id, 0, "this call has a port already"))
            return
        try:
            call = Call(command, self._ports, self, now)
        except (NoPort, MisuseError) as error:
            self.emit(PortOpened(command.call_id, 0, str(error)))
            return
        self._calls[command.call_id] = call
        self._clock.join(call)
