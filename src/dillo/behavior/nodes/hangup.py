"""Hangup: end the call."""

from dataclasses import dataclass
from typing import ClassVar

from dillo.behavior.nodes.ending import EndingNode
from dillo.model.events import EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup(EndingNode):
    """Hangs up; a call that is not answered yet is refused."""

    action_type: ClassVar[str] = "Hangup"
    reason: ClassVar[EndReason] = EndReason.FLOW_ENDED
    outcome: ClassVar[str] = "hung up"
