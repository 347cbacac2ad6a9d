"""One call's media: its sockets, its commands, and the chores between packets."""

import socket
from collections.abc import Callable
from typing import Protocol

from dillo.media.disk import Disk, RecordingFile
from dillo.media.ear import Judge
from dillo.media.incoming import Incoming
from dillo.media.library import PromptLibrary
from dillo.media.outgoing import Outgoing
from dillo.media.peer import Address, Peer
from dillo.media.playlist import Playlist
from dillo.media.port_range import PortRange, bind_udp
from dillo.media.recording import Recording
from dillo.media.reporter import Reporter
from dillo.media.tones import ToneBench
from dillo.media.wav import SAMPLE_RATE
from dillo.model.media import (
    ChangePeer,
    Event,
    ExtendPlaying,
    MediaTimedOut,
    OpenPort,
    PlayFiles,
    PlayFinished,
    PortClosed,
    PortOpened,
    RecordingDone,
    StartRecording,
    StopPlaying,
    StopRecording,
)
from dillo.rtp.packet import HEADER

_NOT_YET = float("inf")
_ROUTINE_S = 1.0
_TOGETHER_S = 0.5
"""Routines are done together, twice a second: one after the other each would find cold caches."""
_REPORT_EVERY = 5
_SILENT_S = 1.0
_MAX_DATAGRAM = 2048


class Host(Protocol):
    """What a call needs of the loop it lives in."""

    prompts: PromptLibrary
    disk: Disk

    tones: ToneBench
    finishing: "dict[RecordingFile, tuple[Call, Recording]]"
    """Files on their way to the disk, and whose they are."""

    @property
    def judge(self) -> Judge:
        """Who tells speech from noise."""

    def emit(self, event: Event) -> None:
        """Tell the other side of the Unix socket."""

    def watch(self, descriptor: int, receive: Callable[[float], None], call: "Call") -> None:
        """Call `receive` with the time when the descriptor of a call is readable."""

    def follow(self, descriptor: int, call: "Call") -> None:
        """Read the call's packets from this descriptor, now connected, the fast way."""

    def unwatch(self, descriptor: int) -> None:
        """Forget a descriptor that is about to be closed."""

    def leave(self, call: "Call") -> None:
        """Stop the clock and the bridges of a call that is closed."""

    def find(self, call_id: str) -> "Call | None":
        """Return another call of the loop."""


class Call:
    """The port of one call. Times are seconds of the monotonic clock; `clock` is in samples."""

    __slots__ = (
        "_has_timed_out",
        "_host",
        "_is_closed",
        "_is_connected",
        "_is_held",
        "_peer",
        "_recording",
        "_reporter",
        "_routine_at",
        "_routines",
        "_rtcp",
        "_rtp",
        "_timeout_s",
        "_unfinished",
        "call_id",
        "chores_at",
        "incoming",
        "outgoing",
    )

    def __init__(self, command: OpenPort, ports: PortRange, host: Host, now: float) -> None:
        """Bind the sockets. Raises NoPort, and MisuseError for a codec or packet time not ours."""
        self.call_id = command.call_id
        self._host = host
        self._peer = Peer(command)
        self.outgoing = Outgoing(command, host.emit)
        self.incoming = Incoming(command, host.emit, now, host.tones)
        self._rtp, self._rtcp = ports.bind(command.local_ip)
        name = f"{command.call_id}@{command.local_ip}"
        self._reporter = Reporter(self._rtcp, self.outgoing.ssrc, name)
        self._recording: Recording | None = None
        self._unfinished = 0
        self._is_closed = self._is_connected = False
        self._routines = 0
        self._routine_at = now // _TOGETHER_S * _TOGETHER_S + _ROUTINE_S
        self._timeout_s = command.timeout_s
        self._has_timed_out = self._is_held = False
        self.chores_at = now
        host.watch(self._rtcp.fileno(), self._receive_report, self)
        self._await_peer()
        host.emit(PortOpened(self.call_id, self._rtp.getsockname()[1]))

    # Where the peer is

    def _await_peer(self) -> None:
        """Send to where the peer is thought to be; its first packet decides."""
        self._host.watch(self._rtp.fileno(), self._receive_first, self)
        address = self._peer.address
        self.outgoing.aim(_sender(self._rtp, address) if address else None)

    def _receive_first(self, now: float) -> None:
        try:
            datagram, source = self._rtp.recvfrom(_MAX_DATAGRAM)
        except OSError:
            self.incoming.socket_errors += 1
            return
        if self._is_of_peer(datagram, source[0]):
            self._follow(source[:2])
            self._hear(datagram, now)
            self._drain(now)
        else:
            self.incoming.refused += 1

    def _is_of_peer(self, datagram: bytes, ip: str) -> bool:
        if not self.incoming.knows(datagram):
            return False
        ssrc = HEADER.unpack_from(datagram)[4]
        return self._peer.admits(ip, ssrc, self.incoming.ssrc)

    def _follow(self, address: Address) -> None:
        """Connect: from now on the kernel lets nobody else in, and costs less."""
        self._rtp.connect(address)
        self._is_connected = True
        self._peer.found = address
        self.outgoing.aim(self._rtp.send)
        self.incoming.listen(self._rtp)
        self._host.follow(self._rtp.fileno(), self)

    def _drain(self, now: float) -> None:
        """Read what was queued before the socket was connected, from whomever."""
        while True:
            try:
                datagram, source = self._rtp.recvfrom(_MAX_DATAGRAM)
            except BlockingIOError:
                return
            except OSError:
                self.incoming.socket_errors += 1
                continue
            if source[:2] == self._peer.found:
                self._hear(datagram, now)
            else:
                self.incoming.refused += 1

    def _hear(self, datagram: bytes, now: float) -> None:
        try:
            self.incoming.packet(datagram, now, int(now * SAMPLE_RATE))
        except OSError:
            self.incoming.socket_errors += 1  # of the call that it was forwarded to

    def _let_go(self) -> None:
        """Listen to everyone again, on the same port. Raises OSError if it was snatched."""
        ip, port = self._rtp.getsockname()[:2]
        self._host.unwatch(self._rtp.fileno())
        self._rtp.close()
        self._rtp = bind_udp(ip, port)
        self._is_connected = False
        self._await_peer()

    # Chores, between packets

    def do_chores(self, now: float) -> None:
        """Do what is due at `chores_at`: recordings every second, time-outs, reports."""
        self._tend_recording(int(now * SAMPLE_RATE))
        if now >= self._routine_at:
            self._routine_at += _ROUTINE_S
            self._do_routine(now)
        self._plan_chores()

    def _plan_chores(self) -> None:
        wake_at = self._recording.wake_at / SAMPLE_RATE if self._recording else _NOT_YET
        self.chores_at = min(self._routine_at, wake_at)
        phase = self.outgoing.phase
        if phase is not None:
            phase.plan(self)

    def _do_routine(self, now: float) -> None:
        silent_s = now - self.incoming.last_heard_at
        if self._is_connected and silent_s > _SILENT_S:
            self._let_go()
        if self._timeout_s and silent_s >= self._timeout_s and not self._is_held:
            if not self._has_timed_out:
                self._host.emit(MediaTimedOut(self.call_id))
            self._has_timed_out = True
        self._routines += 1
        if self._routines % _REPORT_EVERY == 0:
            self._send_report()

    def _send_report(self, *, is_last: bool = False) -> None:
        peer, out, heard = self._peer.address, self.outgoing, self.incoming
        if peer is None:
            return
        out.catch_up()
        heard.catch_up()
        sent = (out.timestamp, out.sent, out.octets) if out.sent else None
        source = None
        if heard.reception and heard.ssrc is not None:
            source = (heard.ssrc, heard.reception)
        try:
            self._reporter.send(peer, sent, source, is_last=is_last)
        except OSError:
            self.incoming.socket_errors += 1

    def _receive_report(self, now: float) -> None:
        try:
            if not self._reporter.receive(self._peer.address):
                self.incoming.refused += 1
        except OSError:
            self.incoming.socket_errors += 1

    def _tend_recording(self, clock: int) -> None:
        recording = self._recording
        if recording and clock >= recording.wake_at:
            ended_by = recording.wake(clock)
            if ended_by:
                self._end_recording(clock, ended_by)

    def _end_recording(self, clock: int, ended_by: str, trim_tail_ms: int = 0) -> None:
        recording = self._recording
        if recording:
            self._recording = None
            self.incoming.forget(recording.left)
            other = self._host.find(recording.right_call_id) if recording.right_call_id else None
            if other and recording.right:
                other.incoming.forget(recording.right)
            self._unfinished += 1
            recording.finish(clock, ended_by, trim_tail_ms)
            self._host.finishing[recording.file] = (self, recording)

    def recording_done(self, recording: Recording) -> None:
        """Tell that a recording's file is complete."""
        file = recording.file
        self._unfinished -= 1
        self._host.emit(
            RecordingDone(
                self.call_id,
                recording.recording_id,
                recording.duration_ms,
                file.size,
                recording.ended_by,
                file.error,
            )
        )
        self._tell_closed()

    # Commands

    def change_peer(self, command: ChangePeer, now: float) -> None:
        """Take over a new description of the peer."""
        self.incoming.describe(command)
        self.outgoing.describe(command)
        if self._is_held and command.sends:
            self.incoming.heard_at = now
        if command.restarts_timeout:
            self.incoming.heard_at, self._has_timed_out = now, False
        self._is_held = not command.sends
        if self._peer.change(command):
            self.incoming.ssrc = None
            self._let_go()

    def play(self, command: PlayFiles, now: float) -> None:
        """Play files from the next packet on."""
        try:
            files = [self._host.prompts.load(path) for path in command.paths]
        except OSError as error:
            if not command.interjects:
                self.outgoing.stop()
            detail = f"{error.filename}: {error.strerror}"
            self._host.emit(PlayFinished(self.call_id, command.play_id, False, detail))
            return
        playing = self.outgoing.playlist
        if command.interjects and playing is not None:
            playing.interject(files)
            return
        playlist = Playlist(command.play_id, files, command.loop, is_open=command.is_open)
        self.outgoing.play(playlist)

    def extend_playing(self, command: ExtendPlaying, now: float) -> None:
        """Play more files after those that play, unless something else plays by now."""
        playlist = self.outgoing.playlist
        if playlist is None or playlist.play_id != command.play_id:
            return
        try:
            files = [self._host.prompts.load(path) for path in command.paths]
        except OSError as error:
            self.outgoing.stop()
            detail = f"{error.filename}: {error.strerror}"
            self._host.emit(PlayFinished(self.call_id, command.play_id, False, detail))
            return
        playlist.extend(files, is_last=command.is_last)

    def stop_playing(self, command: StopPlaying, now: float) -> None:
        """Go silent, unless something else plays by now."""
        playlist = self.outgoing.playlist
        if playlist and playlist.play_id == command.play_id:
            self.outgoing.stop()

    def start_recording(self, command: StartRecording, now: float) -> None:
        """Record the peer, and another call's peer beside it; a recording under way ends."""
        clock = int(now * SAMPLE_RATE)
        self._end_recording(clock, "flow")
        laws, other = [self.incoming.law], None
        if command.right_call_id is not None:
            other = self._host.find(command.right_call_id)
            laws.append((other or self).incoming.law)
        recording = self._recording = Recording(
            command, laws, clock, self._host.disk, self._host.judge
        )
        self.incoming.record_to(recording.left)
        if other:
            other.incoming.record_to(recording.right)
        self._plan_chores()

    def stop_recording(self, command: StopRecording, now: float) -> None:
        """End the recording, unless it has ended already."""
        if self._recording and self._recording.recording_id == command.recording_id:
            self._end_recording(int(now * SAMPLE_RATE), command.ended_by, command.trim_tail_ms)

    def close(self, now: float) -> None:
        """Say goodbye; PortClosed follows when the recordings are complete."""
        if not self._is_closed:
            self._send_report(is_last=True)
            self.abandon(now)
            self._tell_closed()

    def abandon(self, now: float) -> None:
        """Finish recordings and close the sockets."""
        self._is_closed = True
        self._end_recording(int(now * SAMPLE_RATE), "hang-up")
        self._host.leave(self)
        for udp in (self._rtp, self._rtcp):
            self._host.unwatch(udp.fileno())
            udp.close()

    def _tell_closed(self) -> None:
        if self._is_closed and not self._unfinished:
            self._host.emit(self._quality())

    def _quality(self) -> PortClosed:
        out, reception = self.outgoing, self.incoming.reception
        return PortClosed(
            self.call_id,
            packets_received=reception.received if reception else 0,
            packets_lost=max(0, reception.lost) if reception else 0,
            packets_sent=out.sent,
            packets_late=out.late,
            jitter_ms=reception.jitter * 1000 / SAMPLE_RATE if reception else 0.0,
            round_trip_ms=self._reporter.round_trip_ms,
            remote_lost=self._reporter.remote_lost,
            packets_refused=self.incoming.refused,
            worst_late_ms=out.worst_late_s * 1000,
            socket_errors=self.incoming.socket_errors + out.socket_errors,
        )


def _sender(udp: socket.socket, address: Address) -> Callable[[bytes | memoryview], int]:
    sendto = udp.sendto
    return lambda packet: sendto(packet, address)
