"""External: ask another system what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from dillo.behavior.durations import AudioLength
from dillo.behavior.effects import CallWebhook, Note
from dillo.behavior.events import WebhookAnswered, WebhookFailed
from dillo.behavior.machine import Fail, Leave, Move, Node, Phase, Place, State, Stay, Transitions
from dillo.behavior.reader import Reader
from dillo.behavior.templates import Value, plain
from dillo.model.events import WebhookReplied, WebhookUnanswered

METHODS: Final = ("POST", "GET")
MAX_IN_A_ROW: Final = 20
"""More webhooks than this, with no node between them that waits for the caller, are a loop."""
MAX_REPLACEMENTS: Final = 50
"""How many channel behaviors the webhooks of one call may answer."""

ANSWERED: Final = "answered"
_FAILED: Final = "webhook failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class External(Node):
    """Calls a webhook, which may set variables, choose a node, or answer a whole behavior.

    The caller hears silence meanwhile; a call that is not answered yet stays so.
    """

    action_type: ClassVar[str] = "External"
    answers: ClassVar[bool] = False
    asks_others: ClassVar[bool] = True

    url: str
    method: str
    timeout_s: float
    failed_node: str | None

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        return cls(
            number=number,
            next_node=next_node,
            url=fields.url("Url", required=True) or "",
            method=fields.choice("Method", METHODS, "POST"),
            timeout_s=fields.seconds("Timeout", 5, 1, 30),
            failed_node=fields.target("FailedNextNode"),
        )

    def branches(self) -> Mapping[str, str | None]:
        answered = {ANSWERED: self.next_node}
        return answered if self.failed_node is None else {**answered, "failed": self.failed_node}

    def branch_of(self, outcome: str) -> str:
        return "failed" if outcome == _FAILED else ANSWERED

    def longest_s(self, audio_s: AudioLength) -> float:
        return self.timeout_s

    def enter(self, state: State, at_us: int) -> Move:
        if state.asked > MAX_IN_A_ROW:
            return Fail(f"{MAX_IN_A_ROW} webhooks in a row without waiting for the caller")
        call = CallWebhook(
            node=self.number,
            url=self.url,
            method=self.method,
            timeout_s=self.timeout_s,
            digits=_shown(state.scope.digits),
            variables=_shown(state.scope.variables),
        )
        return Stay(Place(Phase.REQUESTING), (call,))

    def _answered(self, state: State, event: WebhookAnswered) -> Move:
        """Set the variables; go on where the answer says, else at NextNode."""
        answer = event.answer
        if answer.behavior is not None:
            return self._replaced(state, event)
        target = self.next_node if answer.next_node is None else answer.next_node
        if target is not None and target not in state.nodes:
            return self._missed(event.at_us, f"NextNode: there is no node {target}")
        scope = state.scope
        for name, text in answer.variables.items():
            scope = scope.with_variable(name, plain(text))
        replied = WebhookReplied(event.at_us, self.number, dict(answer.variables), answer.next_node)
        return Leave(ANSWERED, target, (Note(replied),), scope)

    def _replaced(self, state: State, event: WebhookAnswered) -> Move:
        behavior = event.answer.behavior
        if behavior is None or state.replacements >= MAX_REPLACEMENTS:
            return self._missed(event.at_us, f"more than {MAX_REPLACEMENTS} channel behaviors")
        replied = WebhookReplied(event.at_us, self.number, behavior=behavior.text)
        return Leave("replaced", "0", (Note(replied),), replacement=behavior)

    def _failed(self, state: State, event: WebhookFailed) -> Move:
        """Go on at FailedNextNode; without one the application fails."""
        return self._missed(event.at_us, event.detail)

    def _missed(self, at_us: int, detail: str) -> Move:
        if self.failed_node is None:
            return Fail(f"webhook: {detail}")
        note = Note(WebhookUnanswered(at_us, self.number, detail))
        return Leave(_FAILED, self.failed_node, (note,))

    transitions: ClassVar[Transitions] = {
        (Phase.REQUESTING, WebhookAnswered): _answered,
        (Phase.REQUESTING, WebhookFailed): _failed,
    }


def _shown(values: Mapping[str, Value]) -> dict[str, str]:
    """Return values as the journal may show them: sensitive digits leave the platform nowhere."""
    return {name: value.shown for name, value in values.items()}
