"""Say: speak a text."""

from dataclasses import dataclass
from typing import ClassVar, Self

from dillo.behavior.announcements import Spoken, read_spoken
from dillo.behavior.nodes.announcing import AnnouncingNode
from dillo.behavior.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(AnnouncingNode):
    """Speaks a text to the caller."""

    action_type: ClassVar[str] = "Say"

    announcement: Spoken

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        return cls(number=number, next_node=next_node, announcement=read_spoken(fields))
