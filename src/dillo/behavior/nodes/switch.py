"""Switch: branch on what is known, without asking the caller."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from dillo.behavior.conditions import Condition, read_conditions
from dillo.behavior.machine import Leave, Move, Node, State
from dillo.behavior.reader import Reader
from dillo.behavior.templates import Scope

MAX_CASES = 100


@dataclass(frozen=True, slots=True)
class Case:
    """A branch, taken when all its conditions hold."""

    conditions: tuple[Condition, ...]
    target: str | None

    def holds(self, scope: Scope, at_us: int) -> bool:
        """Return whether the case is to be taken."""
        return all(condition.holds(scope, at_us) for condition in self.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Node):
    """Goes where the first case that holds points to; the caller notices nothing."""

    action_type: ClassVar[str] = "Switch"
    answers: ClassVar[bool] = False

    cases: tuple[Case, ...]
    default_node: str | None

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        cases = fields.children("Cases", "an array of cases", MAX_CASES)
        return cls(
            number=number,
            next_node=next_node,
            cases=tuple(_read_case(case) for case in cases),
            default_node=fields.target("DefaultNextNode") or next_node,
        )

    def branches(self) -> Mapping[str, str | None]:
        cases = {f"case {index}": case.target for index, case in enumerate(self.cases)}
        return {**cases, "default": self.default_node}

    def branch_of(self, outcome: str) -> str:
        return outcome

    def enter(self, state: State, at_us: int) -> Move:
        for index, case in enumerate(self.cases):
            if case.holds(state.scope, at_us):
                return Leave(f"case {index}", case.target)
        return Leave("default", self.default_node)


def _read_case(fields: Reader) -> Case:
    case = Case(read_conditions(fields), fields.target(required=True))
    fields.finish("a case")
    return case
