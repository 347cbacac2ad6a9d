"""What Say and Play have in common: one prompt, played to its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from dillo.behavior.announcements import Announcement
from dillo.behavior.durations import AudioLength
from dillo.behavior.effects import Note, PlayPrompt
from dillo.behavior.events import PromptFinished
from dillo.behavior.machine import Leave, Move, Node, Phase, Place, State, Stay, Transitions
from dillo.model.events import PromptStarted


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncingNode(Node):
    """A node that plays its announcement and goes on; keys pressed meanwhile do nothing."""

    announcement: Announcement

    def enter(self, state: State, at_us: int) -> Move:
        cue = self.announcement.cue(state.scope)
        if cue is None:
            return Leave("nothing to say", self.next_node)
        play = PlayPrompt((cue.prompt,), self.announcement.loop)
        started = Note(PromptStarted(at_us, self.number, cue.shown))
        return Stay(Place(Phase.PROMPT), (started, play))

    def _completed(self, state: State, event: PromptFinished) -> Move:
        """Go on at NextNode."""
        return Leave("completed", self.next_node)

    def branches(self) -> Mapping[str, str | None]:
        """An announcement without end leads nowhere: it lasts until the caller hangs up."""
        return {"done": self.next_node} if self.announcement.loop else {}

    def longest_s(self, audio_s: AudioLength) -> float:
        return self.announcement.longest_s(audio_s)

    def language(self) -> str | None:
        return self.announcement.language

    transitions: ClassVar[Transitions] = {(Phase.PROMPT, PromptFinished): _completed}
