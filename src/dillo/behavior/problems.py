"""What is wrong with a channel behavior, said so that its author can put it right."""

import enum
from dataclasses import dataclass

from dillo.model.errors import PeerError


class Severity(enum.StrEnum):
    """Whether a behavior can be published all the same."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a behavior; `str` gives `node 1: NextNode: there is no node 7`."""

    severity: Severity
    node: str | None
    """The node's number, None where the document as a whole is meant."""
    field: str
    """Path below the node, `ChannelBehaviorAction.Digits.1.NextNode`; empty for all of it."""
    message: str

    def __str__(self) -> str:
        place = (f"node {self.node}" if self.node is not None else "", self.field, self.message)
        return ": ".join(part for part in place if part)


class InvalidBehavior(PeerError):
    """The text is no channel behavior that can be run; `problems` says everything wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems
