"""One recording: its tracks, when it ends, and what of it goes to the disk when."""

from collections.abc import Sequence

from dillo.media.disk import Disk, RecordingFile
from dillo.media.ear import Ear, Judge
from dillo.media.track import Track
from dillo.media.wav import SAMPLE_RATE, interleave
from dillo.model.media import StartRecording
from dillo.rtp.g711 import Law

_FLUSH_EVERY = SAMPLE_RATE
"""What is settled goes to the disk each full second of the clock, of all calls together."""
_TAIL = SAMPLE_RATE // 2
"""What is kept of the silence that ends a recording."""
_DECIDES_IN = SAMPLE_RATE // 20
"""When to look again whether what was heard is speech."""


class Recording:
    """A recording under way, of one peer or of two. Clocks are in samples."""

    __slots__ = (
        "_disk",
        "_ears",
        "_flush_at",
        "_origin",
        "_questions",
        "_samples_max",
        "_silence",
        "_tracks",
        "duration_ms",
        "ended_by",
        "file",
        "recording_id",
        "right_call_id",
        "wake_at",
    )

    def __init__(
        self,
        command: StartRecording,
        laws: Sequence[Law],
        clock: int,
        disk: Disk,
        judge: Judge,
    ) -> None:
        """Begin at `clock`, in a new file of the first law; with two laws it is stereo."""
        self.recording_id = command.recording_id
        self.right_call_id = command.right_call_id
        self.ended_by = ""
        self.duration_ms = 0
        self._origin = clock
        self._samples_max = command.max_ms * SAMPLE_RATE // 1000
        self._silence = command.silence_ms and command.silence_ms * SAMPLE_RATE // 1000
        self._ears = [Ear(law, judge) for law in laws] if self._silence else []
        ears: Sequence[Ear | None] = self._ears or [None] * len(laws)
        self._tracks = [
            Track(law, laws[0], clock, ear) for law, ear in zip(laws, ears, strict=True)
        ]
        self._questions: list[int] = []
        self._disk = disk
        self._flush_at = clock // _FLUSH_EVERY * _FLUSH_EVERY + 2 * _FLUSH_EVERY
        self.wake_at = self._next_wake()
        self.file = RecordingFile(command.path, laws[0], len(laws))
        disk.open(self.file)

    @property
    def left(self) -> Track:
        """The side of the port that was told to record."""
        return self._tracks[0]

    @property
    def right(self) -> Track | None:
        """The other side of a stereo recording."""
        return self._tracks[1] if len(self._tracks) > 1 else None

    @property
    def _last_speech(self) -> int:
        return self._origin + max(ear.last_speech for ear in self._ears)

    def _next_wake(self) -> int:
        wake_at = min(self._flush_at, self._origin + self._samples_max)
        return min(wake_at, self._last_speech + self._silence) if self._silence else wake_at

    def wake(self, clock: int) -> str:
        """Do what is due; return why the recording must end now, or nothing."""
        if self.file.error:
            return "error"
        if clock >= self._origin + self._samples_max:
            return "max-length"
        if not self._is_silent(clock):
            self._questions = []  # somebody was found to have spoken: the next silence is another
        elif self._is_certain(clock):
            return "silence"
        if clock >= self._flush_at:
            settled = _woven([track.take_settled(clock) for track in self._tracks])
            self._disk.append(self.file, settled)
            self._flush_at += _FLUSH_EVERY
        self.wake_at = clock + _DECIDES_IN if self._questions else self._next_wake()
        return ""

    def _is_silent(self, clock: int) -> bool:
        """Whether nobody is known to have spoken for so long."""
        return bool(self._silence) and clock >= self._last_speech + (self._silence or 0)

    def _is_certain(self, clock: int) -> bool:
        """Whether all that was heard when silence was first suspected is known to be no speech."""
        questions = self._questions or self._ask()
        is_answered = all(map(Ear.knows, self._ears, questions))
        self._questions = [] if is_answered else questions
        return is_answered and self._is_silent(clock)

    def _ask(self) -> list[int]:
        for track in self._tracks:
            track.listen()
        return [ear.decide() for ear in self._ears]

    def _heard_until(self) -> int:
        """Return where speech ended, or else sound that may have been some, and a little after."""
        until = max(ear.last_speech for ear in self._ears)
        until = until or max(ear.last_loud for ear in self._ears)
        return until + _TAIL if until else 0

    def finish(self, clock: int, ended_by: str, trim_tail_ms: int = 0) -> None:
        """End at `clock`, less the trimmed tail. The disk then closes the file.

        Of the silence that ended it half a second is kept; nothing where nothing was heard at all.
        """
        samples = min(clock - self._origin, self._samples_max)
        if ended_by == "silence":
            samples = min(samples, self._heard_until())
        samples = max(0, samples - trim_tail_ms * SAMPLE_RATE // 1000)
        self.ended_by = ended_by
        self.duration_ms = samples * 1000 // SAMPLE_RATE
        rest = _woven([track.finish(samples) for track in self._tracks])
        self._disk.finish(self.file, rest, samples)


def _woven(channels: list[bytearray]) -> bytearray:
    return interleave(*channels) if len(channels) > 1 else channels[0]
