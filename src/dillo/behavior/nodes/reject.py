"""Reject: refuse the call before it is answered."""

from dataclasses import dataclass
from typing import ClassVar

from dillo.behavior.nodes.ending import EndingNode
from dillo.model.events import EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(EndingNode):
    """Refuses the call, which costs the caller nothing; once answered, it is hung up."""

    action_type: ClassVar[str] = "Reject"
    reason: ClassVar[EndReason] = EndReason.REJECTED
    outcome: ClassVar[str] = "rejected"
