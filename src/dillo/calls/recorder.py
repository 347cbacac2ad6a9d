"""A call's recordings: where they go, and what the journal is told of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from dillo.behavior import events as inputs
from dillo.behavior.effects import StartRecording as Wanted
from dillo.calls.ports import MediaPort
from dillo.model.clock import now_us
from dillo.model.events import CallEvent, RecordingFinished, RecordingStarted
from dillo.model.ids import new_id
from dillo.model.media import RecordingDone, StartRecording, StopRecording
from dillo.model.moments import iso_ms


@dataclass(frozen=True, slots=True)
class _Running:
    recording_id: str
    path: Path
    started_us: int


class Recorder:
    """Records the caller, one recording at a time.

    `note` takes facts for the journal, `tell` what the flow must hear: RecordingEnded, or
    ActionFailed; nothing where the call is over.
    """

    def __init__(
        self,
        folder: Path,
        customer_id: str,
        note: Callable[[CallEvent], None],
        tell: Callable[[inputs.Event], None],
    ) -> None:
        self._folder = folder
        self._customer_id = customer_id
        self._note = note
        self._tell = tell
        self._running: _Running | None = None
        self._broken: list[_Running] = []

    def start(self, port: MediaPort, wanted: Wanted, beside: str | None = None) -> None:
        """Begin a recording, in stereo where `beside` is the port of a callee.

        Raises OSError where its folder cannot be made.
        """
        started_us = now_us()
        recording_id = new_id()
        relative = f"{self._customer_id}/{iso_ms(started_us)[:10]}/{recording_id}.wav"
        path = self._folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        self._running = _Running(recording_id, path, started_us)
        self._note(
            RecordingStarted(
                at_us=started_us,
                recording_id=recording_id,
                node=wanted.node,
                storage_key=wanted.storage_key,
                path=relative,
                storage_period=wanted.storage_period,
                transcribe=wanted.transcribe,
                language=wanted.language,
            )
        )
        silence_s = wanted.silence_timeout_s
        port.send(
            StartRecording(
                call_id=port.call_id,
                recording_id=recording_id,
                path=str(path),
                max_ms=round(wanted.max_length_s * 1000),
                silence_ms=None if silence_s is None else round(silence_s * 1000),
                right_call_id=beside,
            )
        )

    def stop(self, port: MediaPort, ended_by: str, trim_tail_ms: int = 0) -> None:
        """End the recording now; RecordingDone follows. Harmless where none runs."""
        if self._running is not None:
            recording_id = self._running.recording_id
            port.send(StopRecording(port.call_id, recording_id, ended_by, trim_tail_ms))

    def done(self, event: RecordingDone) -> None:
        """Take the media worker's word that the file is complete, or as complete as it gets."""
        if event.error:
            self._tell(inputs.ActionFailed(now_us(), event.error))
        elif event.ended_by != "hang-up":
            self._tell(inputs.RecordingEnded(now_us(), event.duration_ms, event.ended_by))
        running = self._running
        if running is not None and running.recording_id == event.recording_id:
            self._running = None
            if event.error:
                self._broken.append(running)
                return
        self._note(
            RecordingFinished(
                at_us=now_us(),
                recording_id=event.recording_id,
                duration_ms=event.duration_ms,
                size=event.size,
                ended_by=event.ended_by,
            )
        )

    async def salvage(self, repair: Callable[[Path], Awaitable[tuple[int, int]]]) -> None:
        """Close with what is on disk: a recording whose worker is gone, those that had errors."""
        if self._running is not None:
            self._broken.append(self._running)
            self._running = None
        for cut in self._broken:
            duration_ms, size = await repair(cut.path)
            self._note(
                RecordingFinished(now_us(), cut.recording_id, duration_ms, size, "interrupted")
            )
        self._broken.clear()
