"""The user agent server: calls, their dialogs, and what is said within them (RFC 3261 §12-15)."""

from collections.abc import Callable

from dillo.model.errors import MisuseError
from dillo.sip.acceptance import (
    ALLOW,
    CAPABILITIES,
    DIGIT_TYPES,
    Refused,
    check_content,
    check_extensions,
    media_type,
    session_body,
)
from dillo.sip.call import Call, CallAction, CallEvent, CallState, OpenOffer, SentAnswer
from dillo.sip.calls import Calls, Perform, Subject, contact_field
from dillo.sip.counters import Counters
from dillo.sip.dialog import Dialog
from dillo.sip.dtmf_info import parse_digit
from dillo.sip.effects import (
    Acknowledged,
    DigitPressed,
    HungUp,
    Invited,
    Lost,
    Offered,
)
from dillo.sip.errors import SipError
from dillo.sip.grammar import quote_string
from dillo.sip.inbound import InboundCall
from dillo.sip.message import Fields, Request, Response
from dillo.sip.routing import Address
from dillo.sip.transactions import Send, ServerTransaction, Transaction, Transactions
from dillo.sip.transactions.machine import State
from dillo.sip.transactions.transaction import Key

_SDP_TYPE = ("Content-Type", "application/sdp")
_DIGITS_ACCEPTED = (("Accept", ", ".join(DIGIT_TYPES)),)
_ANSWER_TIMER = "2xx"


class UserAgent:
    """Serves calls over a transaction layer."""

    def __init__(
        self,
        calls: Calls,
        transactions: Transactions,
        counters: Counters,
        contact_for: Callable[[str], Address],
    ) -> None:
        self._calls = calls
        self._transactions = transactions
        self._timers = transactions.timers
        self._counters = counters
        self._contact_for = contact_for
        self._merged: set[Key] = set()
        self._answers_in_dialog = {
            "BYE": self._bye,
            "INFO": self._info,
            "OPTIONS": self._options,
            "INVITE": self._offer,
            "UPDATE": self._offer,
        }
        performs: dict[CallAction, Perform] = {
            CallAction.SEND_RINGING: self._send_provisional,
            CallAction.SEND_ANSWER: self._send_answer,
            CallAction.SEND_REFUSAL: self._send_refusal,
            CallAction.SEND_UNAVAILABLE: lambda call, _, now: self._refuse_offer(call, 480, now),
            CallAction.SEND_TERMINATED: lambda call, _, now: self._refuse_offer(call, 487, now),
            CallAction.STOP_ANSWER: self._stop_answer,
            CallAction.TELL_ACKNOWLEDGED: self._tell_acknowledged,
            CallAction.TELL_ANSWER: self._tell_answer,
            CallAction.TELL_HUNG_UP: lambda call, _, __: calls.told.append(HungUp(call)),
            CallAction.TELL_LOST: self._tell_lost,
        }
        calls.performs |= performs
        transactions.on_terminated = self._transaction_ended

    # ── requests of the peer ──

    def invite(self, request: Request, target: Address, source: Address, now: float) -> None:
        """Begin a call: 100 is sent, the user is told. Raises Malformed, or Refused (482)."""
        merge_key: Key = (request.call_id, request.from_.tag, request.cseq.number)
        if merge_key in self._merged:
            raise Refused(482, "request", "came before over another path")  # §8.2.2.2
        dialog = Dialog.accept(request, self._calls.new_token(), source)
        transaction = self._transactions.serve(request, target)
        transaction.merge_key = merge_key
        self._merged.add(merge_key)
        offer = OpenOffer(request, transaction)
        call = InboundCall(dialog, offer, source, self._contact_for(source[0]))
        transaction.user = call
        self._calls.by_dialog[dialog.id] = call
        self._try(offer, now)
        self._calls.told.append(Invited(call, request, source))

    def serve(self, request: Request, target: Address, now: float) -> None:
        """Answer a request within a dialog. Raises Refused (481) where there is no such dialog.

        Refusals have a transaction, too: a repetition that was still on its way must not be
        served after its sender has given up on it.
        """
        call = self._calls.by_dialog.get((request.call_id, request.to.tag, request.from_.tag))
        if call is None:
            raise Refused(481, "To", "names no dialog of ours")
        try:
            check_extensions(request)
            check_content(request)
            call.dialog.admit(request)
            self._answers_in_dialog[request.method](call, request, target, now)
        except SipError as error:
            fields = error.fields if isinstance(error, Refused) else ()
            response = Response.reply(request, error.status, fields)
            self._respond(self._transactions.serve(request, target), response, now)

    def acknowledge(self, request: Request, now: float) -> None:
        """Take in the ACK of a 200; one that is late or strayed means nothing."""
        call = self._calls.by_dialog.get((request.call_id, request.to.tag, request.from_.tag))
        sent = call.sent_answer if call else None
        if call and sent and sent.cseq == request.cseq.number:
            self._calls.step(call, CallEvent.ACK, request, now)

    def cancel(self, request: Request, target: Address, now: float) -> None:
        """Answer a CANCEL and end its INVITE (§9.2). Raises Refused (481) without one."""
        found = self._transactions.find_server(request, "INVITE")
        if found is None:
            raise Refused(481, "Via", "names no INVITE of ours")
        call = found.user if isinstance(found.user, Call) else None
        transaction = self._transactions.serve(request, target)
        tag = call.dialog.id[1] if call else self._calls.new_token()
        self._respond(transaction, Response.reply(request, 200, tag=tag), now)
        if call is None or found.state is not State.PROCEEDING:
            return
        if call.state is CallState.RINGING:
            self._calls.step(call, CallEvent.CANCEL, None, now)
        else:
            self._refuse_offer(call, 487, now)

    def _bye(self, call: Call, request: Request, target: Address, now: float) -> None:
        self._respond(self._transactions.serve(request, target), Response.reply(request, 200), now)
        if call.state is not CallState.RINGING:
            self._refuse_offer(call, 487, now)  # §15.1.2: what is pending is over too
        self._calls.step(call, CallEvent.BYE, None, now)

    def _info(self, call: Call, request: Request, target: Address, now: float) -> None:
        digit = None
        if request.body:
            if media_type(request) not in DIGIT_TYPES:
                raise Refused(415, "Content-Type", "holds no keys", _DIGITS_ACCEPTED)
            digit = parse_digit(request.body)
        self._respond(self._transactions.serve(request, target), Response.reply(request, 200), now)
        if digit is not None and call.state is not CallState.ENDING:
            self._calls.told.append(DigitPressed(call, digit))

    def _options(self, _: Call, request: Request, target: Address, now: float) -> None:
        transaction = self._transactions.serve(request, target)
        self._respond(transaction, Response.reply(request, 200, CAPABILITIES), now)

    def _offer(self, call: Call, request: Request, target: Address, now: float) -> None:
        if call.state in (CallState.CLOSING, CallState.ENDING):
            raise Refused(481, "To", "names a dialog that is ending")
        if call.sent_answer is not None:
            raise Refused(491, "request", "came before the ACK of the last 200")  # RFC 3311 §5.2
        if call.own_offer is not None and call.own_offer.transaction is not None:
            raise Refused(491, "request", "crossed an offer of ours")  # §14.2
        if call.offer is not None:
            fields = (("Retry-After", "1"),)
            raise Refused(500, "request", "came before the last was answered", fields)  # §14.2
        transaction = self._transactions.serve(request, target)
        offer = OpenOffer(request, transaction)
        if request.method == "UPDATE" and offer.sdp is None:
            call.dialog.refresh(request)
            self._respond(
                transaction, Response.reply(request, 200, [contact_field(call.contact)]), now
            )
            return
        transaction.user = call
        call.offer = offer
        if request.method == "INVITE":
            self._try(offer, now)
        self._calls.told.append(Offered(call, offer.sdp))

    # ── commands of the user ──

    def ring(self, call: Call, now: float) -> None:
        """Send 180; nothing once a final response is sent."""
        self._answer_with(call, CallEvent.RING, 180, [contact_field(call.contact)], b"", now)

    def progress(self, call: Call, sdp: bytes, now: float) -> None:
        """Send 183 with our SDP; 180 where the caller made no offer that it could answer."""
        if call.offer is None or call.offer.sdp is None:
            self.ring(call, now)
            return
        fields = [contact_field(call.contact), _SDP_TYPE]
        self._answer_with(call, CallEvent.RING, 183, fields, sdp, now)

    def answer(self, call: Call, sdp: bytes, now: float) -> None:
        """Send 200 with our SDP until the ACK; nothing once a final response is sent."""
        fields = [contact_field(call.contact), ALLOW, _SDP_TYPE]
        self._answer_with(call, CallEvent.ANSWER, 200, fields, sdp, now)

    def refuse(self, call: Call, status: int, detail: str, now: float) -> None:
        """Send an error with `detail` as Warning; nothing once a final response is sent.

        Raises MisuseError for a status that is no error.
        """
        _check_error(status)
        fields = [("Warning", f"399 dillo {quote_string(_one_line(detail))}")] if detail else []
        self._answer_with(call, CallEvent.REFUSE, status, fields, b"", now)

    def accept_offer(self, call: Call, sdp: bytes, now: float) -> None:
        """Answer the open re-INVITE or UPDATE with 200; nothing where none is open."""
        offer = call.offer
        if offer is None or call.state is CallState.RINGING:
            return
        call.dialog.refresh(offer.request)
        response = Response.reply(
            offer.request, 200, [contact_field(call.contact), ALLOW, _SDP_TYPE], sdp
        )
        self._send_answer(call, response, now)

    def decline_offer(self, call: Call, status: int, now: float) -> None:
        """Answer the open re-INVITE or UPDATE with an error; nothing where none is open.

        Raises MisuseError for a status that is no error.
        """
        _check_error(status)
        if call.state is not CallState.RINGING:
            self._refuse_offer(call, status, now)

    def hang_up(self, call: Call, now: float) -> None:
        """Send BYE as soon as it is allowed, or 480 before an answer."""
        if call.state is not CallState.RINGING:
            self._refuse_offer(call, 487, now)
        self._calls.step(call, CallEvent.HANG_UP, None, now)

    # ── what the layers below report ──

    def expire(self, call: Call, now: float) -> None:
        """Send the 200 once more, or give up waiting for its ACK."""
        sent = call.sent_answer
        if sent is None:
            return
        if now >= sent.gives_up_at:
            call.sent_answer = None
            self._calls.step(call, CallEvent.NO_ACK, None, now)
            return
        self._transactions.retransmitted += 1
        self._transactions.outbox.append(Send(sent.data, sent.target))
        sent.interval_s = min(2 * sent.interval_s, self._transactions.timing.t2_s)
        self._time_answer(call, sent, now)

    def _answer_with(
        self,
        call: Call,
        event: CallEvent,
        status: int,
        fields: Fields,
        body: bytes,
        now: float,
    ) -> None:
        if call.offer is None:
            return  # the caller was faster: nothing is left to be answered
        opens = status < 300
        response = Response.reply(
            call.offer.request,
            status,
            fields,
            body,
            tag=call.dialog.id[1],
            records_route=opens,
        )
        self._calls.step(call, event, response, now)

    def _send_provisional(self, call: Call, response: Subject, now: float) -> None:
        if call.offer and isinstance(response, Response):
            self._respond(call.offer.transaction, response, now)

    def _send_refusal(self, call: Call, response: Subject, now: float) -> None:
        offer, call.offer = call.offer, None
        if offer and isinstance(response, Response):
            self._respond(offer.transaction, response, now)
            offer.transaction.user = None

    def _send_answer(self, call: Call, response: Subject, now: float) -> None:
        offer, call.offer = call.offer, None
        if offer is None or not isinstance(response, Response):
            return
        data = self._respond(offer.transaction, response, now)
        offer.transaction.user = None
        if offer.request.method == "INVITE":
            gives_up_at = now + self._transactions.timing.timeout_s
            cseq, target = offer.request.cseq.number, offer.transaction.target
            sent = SentAnswer(cseq, data, target, gives_up_at, is_offer=offer.sdp is None)
            sent.interval_s = self._transactions.timing.t1_s
            call.sent_answer = sent
            self._time_answer(call, sent, now)

    def _time_answer(self, call: Call, sent: SentAnswer, now: float) -> None:
        deadline = min(now + sent.interval_s, sent.gives_up_at)
        sent.timer = self._timers.start(deadline, call, _ANSWER_TIMER)

    def _stop_answer(self, call: Call, _: object, __: float) -> None:
        if call.sent_answer and call.sent_answer.timer:
            call.sent_answer.timer.cancel()
        call.sent_answer = None

    def _tell_acknowledged(self, call: Call, ack: Subject, _: float) -> None:
        was_offer = call.sent_answer is not None and call.sent_answer.is_offer
        answer = session_body(ack) if was_offer and isinstance(ack, Request) else None
        self._calls.told.append(Acknowledged(call, answer))

    def _tell_answer(self, call: Call, ack: Subject, now: float) -> None:
        if call.sent_answer is not None and call.sent_answer.is_offer:
            self._tell_acknowledged(call, ack, now)

    def _tell_lost(self, call: Call, subject: Subject, _: float) -> None:
        if isinstance(subject, Response):
            detail = f"our {subject.cseq.method} was answered {subject.status}"
        else:
            detail = f"no ACK within {self._transactions.timing.timeout_s:g} s of the answer"
        self._calls.told.append(Lost(call, detail))

    def _refuse_offer(self, call: Call, status: int, now: float) -> None:
        offer = call.offer
        if offer is not None:
            response = Response.reply(offer.request, status, tag=call.dialog.id[1])
            self._send_refusal(call, response, now)

    # ── responses ──

    def _try(self, offer: OpenOffer, now: float) -> None:
        stamp = offer.request.text("timestamp")  # §8.2.6.1
        fields = [("Timestamp", stamp)] if stamp else []
        self._respond(offer.transaction, Response.reply(offer.request, 100, fields), now)

    def _respond(self, transaction: ServerTransaction, response: Response, now: float) -> bytes:
        self._counters.count_response(response.status)
        return self._transactions.respond(transaction, response, now)

    def _transaction_ended(self, transaction: Transaction) -> None:
        if isinstance(transaction, ServerTransaction) and transaction.merge_key is not None:
            self._merged.discard(transaction.merge_key)


def _check_error(status: int) -> None:
    if not 300 <= status < 700:
        raise MisuseError(f"{status} does not refuse anything")


def _one_line(text: str) -> str:
    return " ".join(text.split())
