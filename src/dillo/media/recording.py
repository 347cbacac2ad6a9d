"""One recording: its timeline, when it ends, and what of it goes to the disk when."""

from collections.abc import Callable

from dillo.media.disk import Disk, RecordingFile
from dillo.media.timeline import Timeline
from dillo.media.wav import SAMPLE_RATE
from dillo.model.media import StartRecording
from dillo.rtp.g711 import LOUD, Law

_SPEECH_SHARE = 8
"""A packet is speech when at least one sample in so many is loud."""
_FLUSH_EVERY = SAMPLE_RATE

Place = Callable[[int, memoryview, int, bool], None]


class Recording:
    """A recording under way. Clocks are in samples."""

    __slots__ = (
        "_disk",
        "_flush_at",
        "_last_loud",
        "_loud",
        "_origin",
        "_samples_max",
        "_silence",
        "duration_ms",
        "ended_by",
        "file",
        "law",
        "recording_id",
        "timeline",
        "wake_at",
    )

    def __init__(self, command: StartRecording, law: Law, clock: int, disk: Disk) -> None:
        """Begin at `clock`, in a new file."""
        self.recording_id = command.recording_id
        self.law = law
        self.ended_by = ""
        self.duration_ms = 0
        self.timeline = Timeline(clock, law.silence)
        self._origin = self._last_loud = clock
        self._samples_max = command.max_ms * SAMPLE_RATE // 1000
        self._silence = command.silence_ms and command.silence_ms * SAMPLE_RATE // 1000
        self._loud = LOUD[law]
        self._disk = disk
        self._flush_at = clock + _FLUSH_EVERY
        self.wake_at = self._next_wake()
        self.file = RecordingFile(command.path, law)
        disk.open(self.file)

    @property
    def place(self) -> Place:
        """What takes a packet's timestamp, audio, arrival, and whether it is the newest."""
        return self._place_and_listen if self._silence else self.timeline.place

    def _place_and_listen(
        self, timestamp: int, octets: memoryview, clock: int, is_newest: bool
    ) -> None:
        loud = bytes(octets).translate(self._loud).count(1)
        if loud * _SPEECH_SHARE >= len(octets):
            self._last_loud = clock
        self.timeline.place(timestamp, octets, clock, is_newest)

    def _next_wake(self) -> int:
        wake_at = min(self._flush_at, self._origin + self._samples_max)
        return min(wake_at, self._last_loud + self._silence) if self._silence else wake_at

    def wake(self, clock: int) -> str:
        """Do what is due; return why the recording must end now, or nothing."""
        if self.file.error:
            return "error"
        if clock >= self._origin + self._samples_max:
            return "max-length"
        if self._silence and clock >= self._last_loud + self._silence:
            return "silence"
        if clock >= self._flush_at:
            self._disk.append(self.file, self.timeline.take_settled(clock))
            self._flush_at += _FLUSH_EVERY
        self.wake_at = self._next_wake()
        return ""

    def finish(self, clock: int, ended_by: str, trim_tail_ms: int = 0) -> None:
        """End at `clock`, less the trimmed tail. The disk then closes the file."""
        samples = min(clock - self._origin, self._samples_max)
        samples = max(0, samples - trim_tail_ms * SAMPLE_RATE // 1000)
        self.ended_by = ended_by
        self.duration_ms = samples * 1000 // SAMPLE_RATE
        self._disk.finish(self.file, self.timeline.finish(samples), samples)
