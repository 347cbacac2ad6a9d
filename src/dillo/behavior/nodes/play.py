"""Play: play an audio file."""

from dataclasses import dataclass
from typing import ClassVar, Self

from dillo.behavior.announcements import Played, read_played
from dillo.behavior.nodes.announcing import AnnouncingNode
from dillo.behavior.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Play(AnnouncingNode):
    """Plays an audio file to the caller."""

    action_type: ClassVar[str] = "Play"

    announcement: Played

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        return cls(number=number, next_node=next_node, announcement=read_played(fields))
