"""Outbound calls on virtual time: what comes in, and what goes out at that moment.

The calls are tables in `outbound_calls.txt`. In the `in` column lower case is a command of ours,
`METHOD status` a response to our last request of that method (`METHOD#2`: to the second one),
upper case with a CSeq a request of the callee, `-` only the time that passes. The time `next` is
when a timer does something next, `soon` is at once after that. In the `out` column upper case is
a request of ours, a number a response, capitalised what the user is told; `@` tells where it
goes, if not to 192.0.2.1. Nobody may lead us to 10.0.0.0/8.
"""

import itertools
import shlex
from pathlib import Path

import pytest

from dillo.sip.digest import Credentials
from dillo.sip.effects import (
    Effect,
    Failed,
    OfferAnswered,
    Offered,
    Progressed,
    Sought,
    Taken,
)
from dillo.sip.endpoint import Endpoint
from dillo.sip.message import Request, Response
from dillo.sip.outbound import Order, OutboundCall
from dillo.sip.parsing import parse
from dillo.sip.transactions import Send

CALLEE = ("192.0.2.1", 5060)
SDP = b"v=0\r\n"
CHALLENGE = 'Digest realm="r", nonce="{nonce}", algorithm=MD5, qop="auth"{more}'


class Script:
    """The endpoint and whoever it calls, one step after the other."""

    def __init__(self, max_transactions: int = 100) -> None:
        tokens = itertools.count()
        self.endpoint = Endpoint(
            new_token=lambda: f"t{next(tokens)}",
            contact_for=lambda _: ("192.0.2.9", 5060),
            max_transactions=max_transactions,
            permits=lambda host: not host.startswith("10."),
        )
        self.call: OutboundCall
        self.requests: list[Request] = []
        self.seen: set[tuple[str, str | None]] = set()
        self.branches = itertools.count()

    def dial(self, words: list[str], now: float) -> list[Effect]:
        given = dict(word.split("=", 1) for word in words if "=" in word)
        uri, *hops = [word for word in words if "=" not in word] or ["sip:b@192.0.2.1"]
        user = given.get("user")
        credentials = Credentials(user, "secret") if user else None
        caller = given.get("caller", "+39370")
        order = Order(uri, SDP, caller, tuple(hops), credentials, 69, (("X-Dillo-Depth", "1"),))
        self.call, effects = self.endpoint.dial(order, now)
        return effects

    def respond(self, word: str, status: int, options: list[str], now: float) -> list[Effect]:
        method, _, number = word.partition("#")
        asked = [each for each in self.requests if each.method == method]
        request = asked[int(number) - 1 if number else -1]
        given = dict(option.split("=", 1) for option in options if "=" in option)
        tag = given.pop("tag", "b")
        if nonce := given.pop("nonce", None):
            more = ", stale=true" if "stale" in options else ""
            header = "WWW-Authenticate" if status == 401 else "Proxy-Authenticate"
            given[header] = CHALLENGE.format(nonce=nonce, more=more)
        fields = [("Contact", "<sip:b@192.0.2.1>")] if "Contact" not in given else []
        fields += list(given.items())
        body = SDP if "sdp" in options else b""
        fields += [("Content-Type", "application/sdp")] if body else []
        response = Response.reply(request, status, fields, body, tag=tag if status > 100 else None)
        return self.endpoint.receive(bytes(response), CALLEE, now)

    def ask(self, cseq: str, method: str, options: list[str], now: float) -> list[Effect]:
        """Let the callee send a request within the dialog."""
        dialog = self.call.dialog
        branch = f"ack{next(self.branches)}" if "2xx" in options else f"p{cseq}"
        lines = [
            ("Via", f"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{branch}"),
            ("From", dialog.remote),
            ("To", dialog.local),
            ("Call-ID", dialog.id[0]),
            ("CSeq", f"{cseq} {method}"),
            ("Contact", "<sip:b@192.0.2.1>"),
        ]
        body = SDP if "sdp" in options else b""
        lines += [("Content-Type", "application/sdp")] if body else []
        request = Request.build(method, "sip:192.0.2.9:5060", lines, body)
        return self.endpoint.receive(bytes(request), CALLEE, now)

    def step(self, word: str, now: float) -> list[Effect]:
        endpoint = self.endpoint
        verb, *words = shlex.split(word)
        if verb.isdigit():
            return self.ask(verb, words[0], words[1:], now)
        if verb[0].isupper():
            return self.respond(verb, int(words[0]), words[1:], now)
        match verb:
            case "-":
                return endpoint.fire(now)
            case "dial":
                return self.dial(words, now)
            case "resolved":
                return endpoint.resolved(self.call, [(host, 5060) for host in words], now)
            case "unreachable":
                return endpoint.unreachable((words[0], 5060), now)
            case "offer":
                return endpoint.offer(self.call, SDP, now)
            case "press":
                return endpoint.press(self.call, words[0], now)
            case "accept":
                return endpoint.accept_offer(self.call, SDP, now)
            case _:
                return endpoint.hang_up(self.call, now)

    def word_for(self, effect: Effect) -> str:
        name = type(effect).__name__
        match effect:
            case Send():
                return self.sent(effect)
            case Progressed() | OfferAnswered():
                return f"{name} {effect.status}{' sdp' if effect.answer else ''}"
            case Failed():
                return f"{name} {effect.status}"
            case Taken() | Offered():
                body = effect.answer if isinstance(effect, Taken) else effect.offer
                return f"{name}{' sdp' if body else ''}"
            case Sought():
                return f"{name} {effect.hop.host}"
            case _:
                return name

    def sent(self, send: Send) -> str:
        message = parse(send.data)
        host, port = send.target
        where = "" if send.target == CALLEE else f" @{host}" + (f":{port}" if port != 5060 else "")
        if isinstance(message, Response):
            return f"{message.status}{where}"
        if (message.method, message.via.branch) not in self.seen:
            self.seen.add((message.method, message.via.branch))
            self.requests.append(message)
        return message.method + where

    def run(self, table: str) -> None:
        rows = [
            [cell.strip() for cell in row.split("|")] for row in table.split("\n") if "|" in row
        ]
        now = 0.0
        for at, word, out in rows:
            if at == "next":
                now, heard = self.wait(now)
                assert heard == out, (at, word)
                continue
            now = now if at == "soon" else float(at)
            deadline = self.endpoint.next_deadline()
            while deadline is not None and deadline < now:
                assert self.told(self.endpoint.fire(deadline)) == "-", (at, word, deadline)
                deadline = self.endpoint.next_deadline()
            assert self.told(self.step(word, now)) == out, (at, word)

    def wait(self, now: float) -> tuple[float, str]:
        """Let time pass until something happens; returns when, and what."""
        heard = "-"
        while heard == "-" and (deadline := self.endpoint.next_deadline()) is not None:
            now = max(now, deadline)
            heard = self.told(self.endpoint.fire(now))
        return now, heard

    def told(self, effects: list[Effect]) -> str:
        return ", ".join(map(self.word_for, effects)) or "-"

    def end(self) -> None:
        """Let all time pass: nothing may be left."""
        self.endpoint.hang_up(self.call, 1000.0)
        while (deadline := self.endpoint.next_deadline()) is not None:
            self.endpoint.fire(deadline)
        assert (self.endpoint.open_calls, len(self.endpoint.transactions)) == (0, 0)


CALLS = Path(__file__).with_name("outbound_calls.txt").read_text()
SCRIPTS = {name: table for name, _, table in (part.partition("\n") for part in CALLS.split("\n\n"))}


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_outbound_call(name: str) -> None:
    script = Script()
    script.run(SCRIPTS[name])
    script.end()


def test_a_full_endpoint_places_no_call() -> None:
    script = Script(max_transactions=0)
    script.run("0.0 | dial | Failed 503, Forgotten")


def test_a_trunk_learns_who_calls() -> None:
    script = Script()
    script.run("0.0 | dial sip:+44@carrier.example 192.0.2.1 'caller=+39 370' | INVITE")
    (invite,) = script.requests
    assert (invite.uri, invite.text("max-forwards")) == ("sip:+44@carrier.example", "69")
    assert invite.from_.uri == "sip:+39%20370@192.0.2.9:5060"
    assert invite.text("p-asserted-identity") == "<sip:+39%20370@192.0.2.9:5060>"
    assert (invite.to.uri, invite.to.tag) == ("sip:+44@carrier.example", None)
    assert (invite.text("x-dillo-depth"), invite.body) == ("1", SDP)
    assert invite.text("privacy") is None


def test_a_caller_who_withholds_himself_stays_unknown() -> None:
    script = Script()
    script.run("0.0 | dial sip:b@192.0.2.1 192.0.2.1 caller=anonymous | INVITE")
    (invite,) = script.requests
    assert invite.from_.uri == "sip:anonymous@anonymous.invalid"
    assert (invite.text("privacy"), invite.text("p-asserted-identity")) == ("id", None)


def test_credentials_go_with_every_request_of_the_call() -> None:
    script = Script()
    script.run(
        """
        0.0 | dial user=u        | INVITE
        0.1 | INVITE 407 nonce=n | ACK, INVITE
        0.2 | INVITE 200 sdp     | ACK, Taken sdp
        1.0 | hang up            | BYE
        """
    )
    first, refused, invite, ack, bye = script.requests
    assert [str(each.cseq) for each in script.requests] == [
        "1 INVITE",
        "1 ACK",
        "2 INVITE",
        "2 ACK",
        "3 BYE",
    ]
    assert len({each.call_id for each in script.requests}) == 1
    assert len({each.from_.tag for each in script.requests}) == 1
    answers = [each.text("proxy-authorization") for each in script.requests]
    assert answers[:2] == [None, None]
    assert answers[2] == answers[3]
    assert "nc=00000001" in (answers[2] or "")
    assert "nc=00000002" in (answers[4] or "")
    assert first.via.branch == refused.via.branch != invite.via.branch != ack.via.branch
    assert (ack.uri, bye.to.tag) == ("sip:b@192.0.2.1", "b")


def test_requests_in_the_dialog_take_the_route_of_the_answer() -> None:
    script = Script()
    script.run(
        """
        0.0 | dial | INVITE
        0.2 | INVITE 200 sdp Contact=<sip:c@198.51.100.7> 'Record-Route=<sip:192.0.2.8;lr>, <sip:192.0.2.7;lr>' | ACK @192.0.2.7, Taken sdp
        1.0 | hang up | BYE @192.0.2.7
        """  # noqa: E501 - a row of a table
    )
    for request in script.requests[1:]:
        assert request.uri == "sip:c@198.51.100.7"
        assert request.items("route") == ["<sip:192.0.2.7;lr>", "<sip:192.0.2.8;lr>"]


def test_an_own_offer_is_acknowledged_by_its_number() -> None:
    script = Script()
    script.run(
        """
        0.0 | dial user=u                 | INVITE
        0.1 | INVITE 200 sdp              | ACK, Taken sdp
        1.0 | offer                       | INVITE
        1.1 | INVITE 401 nonce=n          | ACK, INVITE
        1.2 | INVITE 200 sdp              | ACK, OfferAnswered 200 sdp
        """
    )
    offer, ack = script.requests[-2:]
    assert (ack.method, ack.cseq.number) == ("ACK", offer.cseq.number)
    assert ack.text("authorization") == offer.text("authorization")


def test_forks_without_end_are_not_all_acknowledged() -> None:
    script = Script()
    script.run("0.0 | dial | INVITE\n0.1 | INVITE 200 sdp | ACK, Taken sdp")
    outs = [script.told(script.step(f"INVITE#1 200 sdp tag=f{n}", 0.2)) for n in range(20)]
    assert outs == ["ACK, BYE"] * 9 + ["-"] * 11
