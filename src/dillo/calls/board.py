"""The board of running calls: what the journal is told, as far as those who watch care."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from dillo.calls.ports import Journal, OpenCall
from dillo.model.events import (
    ApplicationStarted,
    CallAnswered,
    CallEnded,
    CallEvent,
    CallReceived,
    NodeEntered,
    Role,
)
from dillo.model.live import CallStatus, LiveCall


class Board:
    """How each running call is now."""

    def __init__(self) -> None:
        self._calls: dict[str, LiveCall] = {}
        self.on_change: Callable[[LiveCall], None] = lambda _call: None
        """Hears every change; the last one of a call tells that it is finished."""

    @property
    def calls(self) -> Mapping[str, LiveCall]:
        """The running calls by id."""
        return self._calls

    def note(self, call_id: str, event: CallEvent) -> None:
        """Take an event of a call; most change nothing here."""
        change = _CHANGES.get(type(event))
        if change is None:
            return
        if isinstance(event, CallReceived):
            call = _received(event)
        elif (known := self._calls.get(call_id)) is not None:
            call = change(known, event)
        else:
            return
        if call.status is CallStatus.FINISHED:
            self._calls.pop(call_id, None)
        else:
            self._calls[call_id] = call
        self.on_change(call)


class WatchedJournal:
    """A journal that lets a board see every event on its way (calls.ports.Journal)."""

    def __init__(self, journal: Journal, board: Board) -> None:
        self._journal = journal
        self._board = board

    @property
    def has_room(self) -> bool:
        """Whether another call may be begun."""
        return self._journal.has_room

    def append(self, call_id: str, event: CallEvent) -> None:
        """Queue an event for the next group commit, in order; returns at once."""
        self._journal.append(call_id, event)
        self._board.note(call_id, event)

    async def flush(self) -> None:
        """Return when everything appended before is on disk. Raises Unavailable if it cannot."""
        await self._journal.flush()

    def open_calls(self) -> list[OpenCall]:
        """Return the calls that an earlier run of this node left open, oldest first."""
        return self._journal.open_calls()


def _received(event: CallReceived) -> LiveCall:
    return LiveCall(
        call_id=event.call_id,
        customer_id=event.customer_id,
        number_id=event.number_id,
        number=event.number,
        caller=event.caller,
        currency=event.currency,
        created_us=event.at_us,
        is_test=event.is_test,
    )


def _answered(call: LiveCall, event: CallAnswered) -> LiveCall:
    return replace(call, status=CallStatus.IN_PROGRESS, answered_us=event.at_us)


def _started(call: LiveCall, event: ApplicationStarted) -> LiveCall:
    return replace(
        call,
        version_id=event.version_id,
        is_fallback_executed=call.is_fallback_executed or event.role is Role.FALLBACK,
        node="",
        action_type="",
        node_entered_us=None,
    )


def _entered(call: LiveCall, event: NodeEntered) -> LiveCall:
    return replace(
        call, node=event.node, action_type=event.action_type, node_entered_us=event.at_us
    )


def _ended(call: LiveCall, event: CallEnded) -> LiveCall:
    return replace(
        call,
        status=CallStatus.FINISHED,
        ended_us=max(event.at_us, call.created_us),
        end_reason=event.reason,
        sip_code=event.sip_code,
    )


_CHANGES: Mapping[type, Callable[[LiveCall, Any], LiveCall]] = {
    CallReceived: lambda call, _event: call,
    CallAnswered: _answered,
    ApplicationStarted: _started,
    NodeEntered: _entered,
    CallEnded: _ended,
}
