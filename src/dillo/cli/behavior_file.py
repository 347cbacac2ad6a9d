"""A channel behavior in a file, with the audio files that stand beside it."""

from dataclasses import dataclass, field
from pathlib import Path

from dillo.behavior import InvalidBehavior, Problem
from dillo.cli.local_audio import embed_prompts
from dillo.model.errors import PeerError
from dillo.model.prompts import Audio


@dataclass(slots=True)
class BehaviorFile:
    """What a FILE.json says, ready to be checked; nothing is uploaded."""

    text: str = ""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the audio files beside it."""
    _seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> "BehaviorFile":
        """Read a file, and the audio files that it names. Raises PeerError where it is no text."""
        read = cls()
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError as error:
            raise PeerError(f"{file} is not UTF-8: {error.reason}") from error
        read.text, read.problems = embed_prompts(text, file.parent, read._measure)
        return read

    def checked_text(self) -> str:
        """Return the text. Raises InvalidBehavior where an audio file cannot be played."""
        if self.problems:
            raise InvalidBehavior(self.problems)
        return self.text

    def audio_s(self, audio: Audio) -> float | None:
        """Return how long an audio file is, None where it is not beside the behavior."""
        return self._seconds.get(audio.prompt_id or "")

    def _measure(self, path: Path) -> str:
        """Decode an audio file; returns an id that stands for the one it would be uploaded under.

        Raises PeerError where it is no audio, OSError where it cannot be read.
        """
        from dillo.files.decode import decode  # loads av, which only local audio needs
        from dillo.files.level import RATE_HZ

        prompt_id = f"{len(self._seconds):064x}"
        self._seconds[prompt_id] = len(decode(path.read_bytes())) / RATE_HZ
        return prompt_id
