"""The user agent client: places calls and searches for whoever answers (RFC 3261 §8.1, §13.2)."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

from dillo.sip.acceptance import ALLOW, SDP, session_body
from dillo.sip.call import Call, CallAction, CallEvent, CallState
from dillo.sip.calls import Calls, Subject, contact_field
from dillo.sip.dialog import Dialog
from dillo.sip.effects import Failed, Progressed, Sought, Taken
from dillo.sip.errors import SipError
from dillo.sip.message import Response
from dillo.sip.outbound import (
    ATTEMPT,
    Attempt,
    AttemptAction,
    AttemptEvent,
    AttemptState,
    Order,
    OutboundCall,
)
from dillo.sip.requests import Requests
from dillo.sip.routing import Address, Permits
from dillo.sip.status import reason_for
from dillo.sip.targets import Hop
from dillo.sip.transactions import Transactions, cancel_for
from dillo.sip.uri import bracketed

PATIENCE_T1 = 8
"""A hop that sends nothing back for so many T1 (4 s, four transmissions) is passed over where
another is left; the last one has the 64*T1 of timer B."""

MAX_FORKS = 10
"""Forks of one INVITE whose answers are acknowledged; an honest proxy has no more."""

_FOLLOWED = {300, 301, 302}
_USER_CHARACTERS = "+-_.!~*'()&=$,;?/"
"""What a user part may hold unescaped (§25.1)."""


class Dialing:
    """Places calls over a transaction layer."""

    def __init__(
        self,
        calls: Calls,
        requests: Requests,
        transactions: Transactions,
        contact_for: Callable[[str], Address],
        permits: Permits,
    ) -> None:
        self._calls = calls
        self._requests = requests
        self._transactions = transactions
        self._timers = transactions.timers
        self._contact_for = contact_for
        self._permits = permits
        self._performs: dict[AttemptAction, Callable[[Attempt, Subject, float], None]] = {
            AttemptAction.TELL_PROGRESS: self._tell_progress,
            AttemptAction.TAKE: self._take,
            AttemptAction.DISMISS: self._dismiss,
            AttemptAction.WEIGH: self._weigh,
            AttemptAction.ASK_NEXT: lambda attempt, _, now: self._ask_next(attempt.call, now),
            AttemptAction.SEND_CANCEL: self._send_cancel,
            AttemptAction.DROP: lambda attempt, _, __: transactions.abandon(attempt.transaction),
        }
        calls.performs |= {
            CallAction.GIVE_UP: self._give_up,
            CallAction.TELL_FAILED: self._tell_failed,
        }

    # ── commands ──

    def place(self, order: Order, now: float, *, is_full: bool) -> OutboundCall:
        """Begin a call and its search; one that cannot even be tried fails at once."""
        token = self._calls.new_token
        call = OutboundCall(order, token(), token())
        self._calls.unsettled.add(call)
        try:
            call.targets.begin(order.uri, order.hops)
        except SipError as error:
            call.failure = error.status, error.fault
        if is_full:
            call.failure = 503, "too many transactions are open"
            call.targets.clear()
        self._ask_next(call, now)
        return call

    def resolved(self, call: OutboundCall, addresses: list[Address], now: float) -> None:
        """Go on with the addresses of the host that was sought, the best first."""
        if call.state is CallState.PLACED and call.attempt is None:
            call.targets.put_first(addresses)
            self._ask_next(call, now)

    def unreachable(self, address: Address, now: float) -> None:
        """Give up what waits for an address where, as the network says, nobody is."""
        for attempt in [each for each in self._attempts() if each.transaction.target == address]:
            self._fail(attempt, AttemptEvent.UNREACHABLE, 503, "unreachable", now)

    def _attempts(self) -> Iterator[Attempt]:
        for each in self._calls.unsettled:
            attempt = each.attempt if isinstance(each, OutboundCall) else each
            if isinstance(attempt, Attempt):
                yield attempt

    # ── the search ──

    def _ask_next(self, call: OutboundCall, now: float) -> None:
        call.attempt = None
        call.tries = 0
        while hop := self._next_hop(call):
            if hop.address is None:
                self._calls.told.append(Sought(call, hop))
                return
            if call.is_trusted or self._permits(hop.host):
                self._invite(call, hop.address, now)
                return
            call.failure = 403, f"{hop.host} is no public address"
        self._calls.step(call, CallEvent.FAILED, None, now)

    def _next_hop(self, call: OutboundCall) -> Hop | None:
        """Return whom to ask next, None where nobody is left."""
        while (hop := call.targets.next_hop()) is None and call.targets.next_uri():
            if not call.targets.is_given:
                call.authenticator = None  # a trunk's password is not tried on strangers
        return hop

    def _invite(self, call: OutboundCall, address: Address, now: float) -> None:
        order, dialog, uri = call.order, call.dialog, call.targets.uri
        call.peer, call.contact = address, self._contact_for(address[0])
        dialog.local = f"{_from(order, call.contact)};tag={dialog.id[1]}"
        dialog.target = uri
        fields = [contact_field(call.contact), ALLOW, *_identity(order, call.contact)]
        fields += [*order.headers, ("Content-Type", SDP)]
        if call.authenticator is not None:
            fields += call.authenticator.fields("INVITE", uri, self._calls.new_token())
        via = self._calls.via(call.contact)
        forwards = order.max_forwards
        request = dialog.request("INVITE", via, fields, order.offer, max_forwards=forwards)
        transaction = self._transactions.request(request, address, now)
        attempt = transaction.user = call.attempt = Attempt(call, transaction)
        if call.targets.has_more:
            silent_at = now + PATIENCE_T1 * self._transactions.timing.t1_s
            attempt.timer = self._timers.start(silent_at, attempt, AttemptEvent.SILENCE)

    # ── what happens to an INVITE ──

    def hear(self, attempt: Attempt, response: Response, now: float) -> None:
        """Take in a response to an INVITE."""
        event = AttemptEvent.GOT_ERROR
        if response.status < 300:
            is_final = response.status >= 200
            event = AttemptEvent.GOT_2XX if is_final else AttemptEvent.GOT_1XX
        self._step(attempt, event, response, now)

    def expire(self, attempt: Attempt, event: AttemptEvent, now: float) -> None:
        """Note that nothing came back."""
        self._fail(attempt, event, 408, "no response", now)

    def _fail(
        self, attempt: Attempt, event: AttemptEvent, status: int, reason: str, now: float
    ) -> None:
        if attempt.call.attempt is attempt:
            attempt.call.failure = status, reason
        self._step(attempt, event, None, now)

    def _step(self, attempt: Attempt, event: AttemptEvent, subject: Subject, now: float) -> None:
        state, actions = ATTEMPT.get((attempt.state, event)) or (attempt.state, ())
        if state is not attempt.state and attempt.timer is not None:
            attempt.timer.cancel()
        attempt.state = state
        if state in (AttemptState.UNWANTED, AttemptState.CANCELLED):
            self._calls.unsettled.add(attempt)
        elif state in (AttemptState.TAKEN, AttemptState.OVER):
            self._calls.unsettled.discard(attempt)
        for action in actions:
            self._performs[action](attempt, subject, now)

    def _tell_progress(self, attempt: Attempt, response: Subject, _: float) -> None:
        assert isinstance(response, Response)
        if response.status > 100:
            answer = session_body(response)
            if answer and len(attempt.early) < MAX_FORKS:
                attempt.early[response.to.tag] = answer
            self._calls.told.append(Progressed(attempt.call, response.status, answer))

    def _take(self, attempt: Attempt, response: Subject, now: float) -> None:
        """Begin the dialog; a 2xx without SDP repeats what its fork said before (§13.2.1)."""
        assert isinstance(response, Response)
        call = attempt.call
        answer = session_body(response) or attempt.early.get(response.to.tag)
        if answer is None:
            self._dismiss(attempt, response, now)
            call.failure = 488, "the answer has no SDP"
            self._calls.step(call, CallEvent.FAILED, None, now)
            return
        call.attempt = None
        call.dialog = self._acknowledge(attempt, response)
        self._calls.unsettled.discard(call)
        self._calls.by_dialog[call.dialog.id] = call
        self._calls.told.append(Taken(call, answer))
        self._calls.step(call, CallEvent.TAKEN, response, now)

    def _dismiss(self, attempt: Attempt, response: Subject, now: float) -> None:
        assert isinstance(response, Response)
        ack = attempt.acks.get(response.to.tag)
        if ack is not None:
            self._transactions.outbox.append(ack)
        elif len(attempt.acks) < MAX_FORKS:
            dialog = self._acknowledge(attempt, response)
            self._requests.dismiss(attempt.call, dialog, attempt.transaction.target, now)

    def _acknowledge(self, attempt: Attempt, response: Response) -> Dialog:
        invite, hop = attempt.transaction.request, attempt.transaction.target
        dialog = Dialog.confirm(invite, response)
        ack = self._requests.acknowledgement(attempt.call, dialog, invite, hop)
        attempt.acks[response.to.tag] = ack
        self._transactions.outbox.append(ack)
        return dialog

    def _weigh(self, attempt: Attempt, response: Subject, now: float) -> None:
        assert isinstance(response, Response)
        call, status = attempt.call, response.status
        call.failure = status, response.reason or reason_for(status)
        if call.authenticator and call.authenticator.learn(response, call.tries):
            call.tries += 1
            self._invite(call, attempt.transaction.target, now)
            return
        if status in _FOLLOWED:
            call.targets.redirect(response.contacts)
        if status >= 600:
            call.targets.clear()  # nobody else may be asked (§16.7 step 5)
        elif status != 503:
            call.targets.leave()  # RFC 3263 §4.3: only this one is worth another hop
        self._ask_next(call, now)

    def _send_cancel(self, attempt: Attempt, _: Subject, now: float) -> None:
        invite = attempt.transaction
        self._transactions.request(cancel_for(invite.request), invite.target, now)
        gives_up_at = now + self._transactions.timing.timeout_s
        attempt.timer = self._timers.start(gives_up_at, attempt, AttemptEvent.TIME_OUT)

    # ── what the table of the call asks for ──

    def _give_up(self, call: Call, _: Subject, now: float) -> None:
        assert isinstance(call, OutboundCall)
        attempt, call.attempt = call.attempt, None
        call.failure = 487, reason_for(487)
        if attempt is not None:
            self._step(attempt, AttemptEvent.GIVE_UP, None, now)

    def _tell_failed(self, call: Call, _: Subject, __: float) -> None:
        assert isinstance(call, OutboundCall)
        self._calls.told.append(Failed(call, *call.failure))


def _from(order: Order, contact: Address) -> str:
    if order.is_anonymous:
        return '"Anonymous" <sip:anonymous@anonymous.invalid>'  # RFC 3323 §4.1.1.3
    return f"<{_caller_uri(order, contact)}>"


def _identity(order: Order, contact: Address) -> list[tuple[str, str]]:
    """Return what tells a trunk who calls (RFC 3325 §9.1), or that nobody may know."""
    if order.is_anonymous:
        return [("Privacy", "id")]
    return [("P-Asserted-Identity", f"<{_caller_uri(order, contact)}>")] if order.hops else []


def _caller_uri(order: Order, contact: Address) -> str:
    user = quote(order.caller, safe=_USER_CHARACTERS, errors="replace")
    return f"sip:{user}@{bracketed(contact[0])}:{contact[1]}"
