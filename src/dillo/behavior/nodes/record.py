"""Record: record what the caller says."""

from dataclasses import dataclass
from typing import ClassVar, Self

from dillo.behavior.durations import BEEP_S, AudioLength
from dillo.behavior.effects import PlayPrompt, StartRecording, StopRecording
from dillo.behavior.events import DigitPressed, PromptFinished, RecordingEnded
from dillo.behavior.machine import (
    DEFAULT_LANGUAGE,
    Leave,
    Move,
    Node,
    Phase,
    Place,
    State,
    Stay,
    Transitions,
)
from dillo.behavior.reader import Reader
from dillo.model.prompts import Beep


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Node):
    """Records the caller until a key, a silence or the longest time."""

    action_type: ClassVar[str] = "Record"
    waits_for_caller: ClassVar[bool] = True

    recording: StartRecording
    finish_keys: str
    plays_beep: bool

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        recording = StartRecording(
            node=number,
            storage_key=fields.optional_name("StorageKey"),
            max_length_s=fields.seconds("MaxLength", 120, 1, 3600),
            silence_timeout_s=fields.seconds("SilenceTimeout", 5, 0, 120) or None,
            storage_period=fields.storage_period("RecordingStoragePeriodCode", "1-M"),
            transcribe=fields.flag("Transcribe"),
            language=fields.language("LanguageCode", DEFAULT_LANGUAGE),
        )
        return cls(
            number=number,
            next_node=next_node,
            recording=recording,
            finish_keys=fields.keys("FinishOnKey", "#"),
            plays_beep=fields.flag("PlayBeep", default=True),
        )

    def longest_s(self, audio_s: AudioLength) -> float:
        return self.recording.max_length_s + (BEEP_S if self.plays_beep else 0)

    def records(self) -> StartRecording:
        return self.recording

    def enter(self, state: State, at_us: int) -> Move:
        if self.plays_beep:
            return Stay(Place(Phase.TONE), (PlayPrompt((Beep(),)),))
        return self._record()

    def _record(self) -> Stay:
        return Stay(Place(Phase.RECORDING), (self.recording,))

    def _beeped(self, state: State, event: PromptFinished) -> Move:
        """Begin to record."""
        return self._record()

    def _pressed(self, state: State, event: DigitPressed) -> Move:
        """Stop the recording if it is a finishing key."""
        if event.digit not in self.finish_keys:
            return Stay(state.place)
        return Stay(Place(Phase.STOPPING), (StopRecording("key"),))

    def _ended(self, state: State, event: RecordingEnded) -> Move:
        """Go on at NextNode."""
        if event.ended_by == "flow":  # a recording that an application which failed left behind
            return Stay(state.place)
        return Leave(event.ended_by, self.next_node)

    transitions: ClassVar[Transitions] = {
        (Phase.TONE, PromptFinished): _beeped,
        (Phase.RECORDING, DigitPressed): _pressed,
        (Phase.RECORDING, RecordingEnded): _ended,
        (Phase.STOPPING, RecordingEnded): _ended,
    }
