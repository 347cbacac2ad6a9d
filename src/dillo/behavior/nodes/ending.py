"""What Hangup and Reject have in common: they end the call, with a SIP status before an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from dillo.behavior.machine import End, Move, Node, State
from dillo.behavior.reader import Reader
from dillo.model.events import EndReason

CAUSES: Final = {
    "Rejected": 603,
    "Busy": 486,
    "NotFound": 404,
    "Forbidden": 403,
    "NoAnswer": 480,
    "Unavailable": 503,
}
"""SIP statuses of RFC 3261 §21 by the name an application knows them by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingNode(Node):
    """A node that nothing follows."""

    answers: ClassVar[bool] = False
    ends_call: ClassVar[bool] = True
    reason: ClassVar[EndReason]
    outcome: ClassVar[str]

    cause: str

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        if next_node is not None:
            message = f"is never followed: {cls.action_type} ends the call"
            fields.report.warning(number, "NextNode", message)
        cause = fields.choice("Cause", CAUSES, "Rejected")
        return cls(number=number, next_node=None, cause=cause)

    def branches(self) -> Mapping[str, str | None]:
        return {}

    def enter(self, state: State, at_us: int) -> Move:
        return End(self.reason, CAUSES[self.cause], self.cause, self.outcome)
