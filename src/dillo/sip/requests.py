"""What we ask of the peer within a dialog: BYE, INFO, re-INVITE (RFC 3261 §12.2.1, §14.1, §15)."""

from hashlib import blake2s

from dillo.sip.acceptance import ALLOW, SDP, session_body
from dillo.sip.call import Call, CallAction, CallEvent, CallState, OwnOffer, OwnRequest
from dillo.sip.calls import Calls, Subject, contact_field
from dillo.sip.dialog import Dialog
from dillo.sip.effects import OfferAnswered
from dillo.sip.message import Request, Response
from dillo.sip.outbound import OutboundCall
from dillo.sip.routing import Address, Permits
from dillo.sip.transactions import Send, Transactions
from dillo.sip.transactions.machine import State

MAX_COLLISIONS = 5
"""How often an offer is made again that crossed one of the peer's."""

_GONE = {408, 481}
_ESTABLISHED = {CallState.ANSWERED, CallState.CONFIRMED}
_RETRY, _TIME_OUT = "retry", "time out"
_RELAY = ("Content-Type", "application/dtmf-relay")
_KEY_MS = 160
_CREDENTIALS = ("authorization", "proxy-authorization")


class Requests:
    """Sends requests of ours within dialogs, and hears how they fare."""

    def __init__(self, calls: Calls, transactions: Transactions, permits: Permits) -> None:
        self._calls = calls
        self._transactions = transactions
        self._permits = permits
        calls.performs[CallAction.SEND_BYE] = self._send_bye

    # ── commands ──

    def press(self, call: Call, key: str, now: float) -> None:
        """Send a key by INFO, after those before it."""
        if call.state is CallState.CONFIRMED:
            call.keys += key
            self._ask_next(call, now)

    def offer(self, call: Call, sdp: bytes, now: float) -> None:
        """Send a re-INVITE as soon as none of the peer's is open.

        The user is told 481 where there is no dialog, 491 where an offer of ours is open.
        """
        if call.state not in _ESTABLISHED:
            self._calls.told.append(OfferAnswered(call, 481, None))
        elif call.own_offer is not None:
            self._calls.told.append(OfferAnswered(call, 491, None))
        else:
            fields = [contact_field(call.contact), ALLOW, ("Content-Type", SDP)]
            call.own_offer = OwnOffer(call, sdp, fields)
            self._ask_next(call, now)

    def dismiss(self, call: Call, dialog: Dialog, hop: Address, now: float) -> None:
        """Send the BYE of a dialog that we do not want: of another fork, or come too late."""
        bye = OwnRequest(call, "BYE")
        bye.dialog, bye.hop = dialog, hop
        self._send(bye, now)

    def acknowledgement(self, call: Call, dialog: Dialog, invite: Request, hop: Address) -> Send:
        """Return the ACK of a 2xx; it carries the credentials of its INVITE (§22.1)."""
        ack = dialog.request("ACK", self._calls.via(call.contact), cseq=invite.cseq.number)
        ack.lines |= {name: invite.lines[name] for name in _CREDENTIALS if name in invite.lines}
        return Send(bytes(ack), self._next_hop(call, dialog, hop))

    # ── responses and time ──

    def finished(self, asked: OwnRequest, response: Response, now: float) -> None:
        """Take in a final response; 408 stands for none at all."""
        call = asked.call
        if self._is_sent_anew(asked, response, now):
            return
        if isinstance(asked, OwnOffer):
            self._offer_finished(asked, response, now)
        elif asked.method == "INFO":
            self._key_finished(call, response, now)
        elif asked.dialog is call.dialog:  # else a BYE to a dialog that we did not want
            self._calls.step(call, CallEvent.BYE_DONE, None, now)

    def expire(self, offer: OwnOffer, event: str, now: float) -> None:
        """Make an offer again that had collided, or give up waiting for its answer."""
        if event == _RETRY:
            offer.timer = None
            self._ask_next(offer.call, now)
        elif offer.transaction and offer.transaction.state is not State.TERMINATED:
            # A peer that said 100 and then nothing: no timer of the transaction runs.
            self._transactions.abandon(offer.transaction)
            response = Response.reply(offer.transaction.request, 408)
            self._offer_finished(offer, response, now)

    def _is_sent_anew(self, asked: OwnRequest, response: Response, now: float) -> bool:
        authenticator = asked.call.authenticator
        if authenticator is None or not authenticator.learn(response, asked.tries):
            return False
        asked.tries += 1
        self._send(asked, now)
        return True

    def _key_finished(self, call: Call, response: Response, now: float) -> None:
        call.asked = None
        call.keys = call.keys[1:]
        if response.status in _GONE:
            self._calls.step(call, CallEvent.GONE, response, now)
        self._ask_next(call, now)

    def _offer_finished(self, offer: OwnOffer, response: Response, now: float) -> None:
        call, status = offer.call, response.status
        if status < 300:
            self._acknowledge(offer, response)
        if call.own_offer is not offer:
            return  # a 2xx that came again
        if offer.timer is not None:
            offer.timer.cancel()
        call.asked = None
        if status != 491 or not self._waits(offer, now):
            call.own_offer = None
            if status in _GONE:
                self._calls.step(call, CallEvent.GONE, response, now)
            elif call.state is CallState.CONFIRMED:
                answer = session_body(response) if status < 300 else None
                self._calls.told.append(OfferAnswered(call, status, answer))
        self._ask_next(call, now)

    def _acknowledge(self, offer: OwnOffer, response: Response) -> None:
        call = offer.call
        if offer.ack is None and offer.transaction is not None:
            call.dialog.refresh(response)
            invite = offer.transaction.request
            offer.ack = self.acknowledgement(call, call.dialog, invite, call.peer)
        assert offer.ack is not None
        self._transactions.outbox.append(offer.ack)

    # ── sending ──

    def _send_bye(self, call: Call, _: Subject, now: float) -> None:
        self._send(OwnRequest(call, "BYE"), now)

    def _ask_next(self, call: Call, now: float) -> None:
        """Send what waits, unless something is on its way."""
        offer = call.own_offer
        if (
            call.asked is None
            and offer is not None
            and offer.is_ready
            and call.state in _ESTABLISHED
        ):
            self._send_offer(offer, now)
        if call.asked is None and call.keys and call.state is CallState.CONFIRMED:
            body = f"Signal={call.keys[0]}\r\nDuration={_KEY_MS}\r\n".encode()
            call.asked = OwnRequest(call, "INFO", [_RELAY], body)
            self._send(call.asked, now)

    def _send_offer(self, offer: OwnOffer, now: float) -> None:
        call = offer.call
        if call.offer is not None or call.sent_answer is not None:
            if not self._waits(offer, now):  # §14.1: not while one of the peer's is open
                call.own_offer = None
                self._calls.told.append(OfferAnswered(call, 491, None))
            return
        call.asked = offer
        self._send(offer, now)
        timeout_s = self._transactions.timing.timeout_s
        offer.timer = self._transactions.timers.start(now + timeout_s, offer, _TIME_OUT)

    def _waits(self, offer: OwnOffer, now: float) -> bool:
        """Let the peer go first: 2.1 to 4 s where we began the dialog, else 0 to 2 s (§14.1)."""
        if offer.collisions >= MAX_COLLISIONS:
            return False
        offer.collisions += 1
        offer.transaction = None
        chance = blake2s(self._calls.new_token().encode(), digest_size=2).digest()
        share = int.from_bytes(chance, "big") / 65536
        wait_s = 2.1 + 1.9 * share if offer.call.is_ours else 2 * share
        offer.timer = self._transactions.timers.start(now + wait_s, offer, _RETRY)
        return True

    def _send(self, asked: OwnRequest, now: float) -> None:
        call, dialog, fields = asked.call, asked.dialog, list(asked.fields)
        if call.authenticator is not None:
            cnonce = self._calls.new_token()
            fields += call.authenticator.fields(asked.method, dialog.target, cnonce)
        request = dialog.request(asked.method, self._calls.via(call.contact), fields, asked.body)
        hop = self._next_hop(call, dialog, asked.hop)
        transaction = self._transactions.request(request, hop, now)
        transaction.user = asked
        if isinstance(asked, OwnOffer):
            asked.transaction = transaction

    def _next_hop(self, call: Call, dialog: Dialog, otherwise: Address) -> Address:
        """Return where a request goes; a callee's Contact leads no further than its URI may."""
        hop = dialog.next_hop(otherwise)
        if not isinstance(call, OutboundCall) or call.is_trusted or self._permits(hop[0]):
            return hop
        return otherwise
