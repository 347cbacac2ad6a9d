"""Set: give a variable a value."""

from dataclasses import dataclass
from typing import ClassVar, Self

from dillo.behavior.effects import Note
from dillo.behavior.machine import Leave, Move, Node, State
from dillo.behavior.reader import Reader
from dillo.behavior.templates import Template
from dillo.model.events import VariableSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Set(Node):
    """Stores a text under a name; the caller notices nothing."""

    action_type: ClassVar[str] = "Set"
    answers: ClassVar[bool] = False

    name: str
    value: Template

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        return cls(
            number=number,
            next_node=next_node,
            name=fields.name("Name"),
            value=fields.template("Value", may_be_empty=True),
        )

    def enter(self, state: State, at_us: int) -> Move:
        value = self.value.render(state.scope)
        note = Note(VariableSet(at_us, self.number, self.name, value.shown))
        scope = state.scope.with_variable(self.name, value)
        return Leave("completed", self.next_node, (note,), scope)
