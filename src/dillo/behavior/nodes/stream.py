"""Stream: hand the caller to a voice agent over a WebSocket."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from dillo.behavior.durations import AudioLength
from dillo.behavior.effects import OpenStream
from dillo.behavior.events import StreamEnded
from dillo.behavior.machine import Fail, Leave, Move, Node, Phase, Place, State, Stay, Transitions
from dillo.behavior.reader import Reader
from dillo.behavior.templates import Template
from dillo.model.events import StreamStatus

MAX_PARAMETERS: Final = 32
MAX_PARAMETER_NAME: Final = 128
TWO_WAY: Final = "both_tracks"
TRACKS: Final = (TWO_WAY, "inbound_track")

ENDED: Final = "ended"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream(Node):
    """Lets the caller talk with a server that hears and speaks, until the server closes."""

    action_type: ClassVar[str] = "Stream"

    url: str
    is_two_way: bool
    parameters: tuple[tuple[str, Template], ...]
    failed_node: str | None

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        return cls(
            number=number,
            next_node=next_node,
            url=fields.websocket_url("Url"),
            is_two_way=fields.choice("Track", TRACKS, TWO_WAY) == TWO_WAY,
            parameters=_read_parameters(fields),
            failed_node=fields.target("FailedNextNode"),
        )

    def branches(self) -> Mapping[str, str | None]:
        ended = {ENDED: self.next_node}
        return ended if self.failed_node is None else {**ended, FAILED: self.failed_node}

    def branch_of(self, outcome: str) -> str:
        return outcome

    def longest_s(self, audio_s: AudioLength) -> float:
        """Return infinity: only the server, the caller or the limit of the call ends it."""
        return math.inf

    def enter(self, state: State, at_us: int) -> Move:
        """Begin; the caller hears silence until the server speaks."""
        parameters = tuple(
            (name, template.render(state.scope).text) for name, template in self.parameters
        )
        opening = OpenStream(self.number, self.url, self.is_two_way, parameters)
        return Stay(Place(Phase.STREAMING), (opening,))

    def _ended(self, state: State, event: StreamEnded) -> Move:
        """Go on at NextNode; after a failure at FailedNextNode, or with the fallback."""
        if event.status is StreamStatus.ENDED:
            return Leave(ENDED, self.next_node)
        if self.failed_node is not None:
            return Leave(FAILED, self.failed_node)
        if event.status is StreamStatus.FAILED:
            return Fail(f"stream: {event.detail}")
        return Leave(ENDED, self.next_node)  # they have talked: the flow goes on

    transitions: ClassVar[Transitions] = {(Phase.STREAMING, StreamEnded): _ended}


def _read_parameters(fields: Reader) -> tuple[tuple[str, Template], ...]:
    given = fields.child("Parameters", "an object of texts")
    if given is None:
        return ()
    names = given.names()
    if len(names) > MAX_PARAMETERS:
        fields.complain("Parameters", f"are {len(names)}: at most {MAX_PARAMETERS} are allowed")
        return ()
    for name in names:
        if not 0 < len(name) <= MAX_PARAMETER_NAME:
            longest = f"1 to {MAX_PARAMETER_NAME} characters are allowed"
            given.complain(name[:64], f"is a name of {len(name)} characters: {longest}")
    return tuple((name, given.template(name, may_be_empty=True)) for name in names)
