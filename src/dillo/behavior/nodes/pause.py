"""Pause: let the caller hear nothing for a while."""

from dataclasses import dataclass
from typing import ClassVar, Self

from dillo.behavior.durations import AudioLength
from dillo.behavior.effects import PlayPrompt
from dillo.behavior.events import PromptFinished
from dillo.behavior.machine import Leave, Move, Node, Phase, Place, State, Stay, Transitions
from dillo.behavior.reader import Reader
from dillo.model.prompts import Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Node):
    """Plays silence: carriers drop an answered call that sends no audio at all for long."""

    action_type: ClassVar[str] = "Pause"

    seconds: float

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        return cls(
            number=number, next_node=next_node, seconds=fields.seconds("Seconds", 1, 0.1, 600)
        )

    def longest_s(self, audio_s: AudioLength) -> float:
        return self.seconds

    def enter(self, state: State, at_us: int) -> Move:
        silence = Silence(round(self.seconds * 1000))
        return Stay(Place(Phase.TONE), (PlayPrompt((silence,)),))

    def _completed(self, state: State, event: PromptFinished) -> Move:
        """Go on at NextNode."""
        return Leave("completed", self.next_node)

    transitions: ClassVar[Transitions] = {(Phase.TONE, PromptFinished): _completed}
