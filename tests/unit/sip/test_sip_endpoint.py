"""Calls through the endpoint on virtual time: what comes in, and what goes out at that moment.

In the `in` column upper case is a request of the caller, lower case a command of ours, `-` only
the time that passes; a number before a method is its CSeq. In the `out` column a number is a
response, upper case a request of ours, capitalised what the user is told.
"""

import itertools

import pytest

from dillo.sip.effects import Acknowledged, DigitPressed, Effect, Invited, Offered
from dillo.sip.endpoint import Endpoint
from dillo.sip.inbound import CallState, InboundCall
from dillo.sip.message import Request, Response
from dillo.sip.parsing import parse
from dillo.sip.transactions import Send

SOURCE = ("192.0.2.1", 5060)
SDP = b"v=0\r\n"


class Script:
    """A caller and the endpoint, one step after the other."""

    def __init__(self, max_transactions: int = 100) -> None:
        tokens = itertools.count()
        self.endpoint = Endpoint(
            new_token=lambda: f"t{next(tokens)}",
            contact_for=lambda _: ("192.0.2.9", 5060),
            max_transactions=max_transactions,
        )
        self.call: InboundCall | None = None
        self.tag = ""
        self.sent: list[Request | Response] = []
        self.branches = itertools.count()
        self.last: dict[str, bytes] = {}
        self.bye: Request | None = None

    def request(self, method: str, cseq: int, *, body: bytes = b"", **fields: str) -> bytes:
        branch = fields.pop("branch", f"b{next(self.branches)}")
        kind = fields.pop("kind", "application/sdp")
        tag = fields.pop("tag", self.tag)
        lines = [
            ("Via", f"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{branch}"),
            ("From", "<sip:a@192.0.2.1>;tag=a"),
            ("To", f"<sip:b@192.0.2.9>{tag and ';tag=' + tag}"),
            ("Call-ID", "c1"),
            ("CSeq", f"{cseq} {method}"),
            ("Contact", "<sip:a@192.0.2.1:5060>"),
            *[(name.replace("_", "-"), value) for name, value in fields.items()],
        ]
        if body:
            lines.append(("Content-Type", kind))
        return bytes(Request.build(method, "sip:b@192.0.2.9", lines, body))

    def hear(self, word: str) -> bytes:
        """Return the datagram that a word of the `in` column stands for."""
        if word.endswith(" again"):
            return self.last[word.removesuffix(" again")]
        words = word.split()
        cseq = int(words.pop(0)) if words[0].isdigit() else 1
        method, *rest = words
        body = SDP if "sdp" in rest else b""
        if method == "INFO":
            data = self.request(method, cseq, body=f"Signal={rest[0]}".encode(), kind=rest[1])
        elif method == "CANCEL":
            data = self.request(method, cseq, branch="b0", tag="")
        else:
            fields = {"branch": f"ack{cseq}"} if method == "ACK" else {}
            fields |= dict(item.split("=") for item in rest if "=" in item)
            data = self.request(method, cseq, body=body, **fields)
        self.last[word] = data
        return data

    def step(self, word: str, now: float) -> list[Effect]:
        endpoint, call = self.endpoint, self.call
        if word == "-":
            return endpoint.fire(now)
        if word.startswith("OUR BYE"):
            assert self.bye is not None
            return endpoint.receive(bytes(Response.reply(self.bye, int(word[8:]))), SOURCE, now)
        if word[0].isupper() or word[0].isdigit():
            return endpoint.receive(self.hear(word), SOURCE, now)
        if word == "stop accepting":
            endpoint.stop_accepting()
            return []
        assert call is not None
        verb, _, status = word.partition(" ")
        match verb:
            case "ring":
                return endpoint.ring(call, now)
            case "answer":
                return endpoint.answer(call, SDP, now)
            case "refuse":
                return endpoint.refuse(call, int(status), "because\r\nof that", now)
            case "accept":
                return endpoint.accept_offer(call, SDP, now)
            case "decline":
                return endpoint.decline_offer(call, int(status), now)
            case _:
                return endpoint.hang_up(call, now)

    def told(self, effects: list[Effect]) -> str:
        """Write effects as a cell of the `out` column."""
        return ", ".join(map(self.word_for, effects)) or "-"

    def word_for(self, effect: Effect) -> str:
        if isinstance(effect, Send):
            message = parse(effect.data)
            self.sent.append(message)
            assert effect.target == SOURCE
            if isinstance(message, Response):
                return str(message.status)
            self.bye = message
            return message.method
        if isinstance(effect, Invited):
            self.call = effect.call
            self.tag = effect.call.dialog.id[1] or ""
        if isinstance(effect, DigitPressed):
            return f"Digit {effect.digit}"
        if isinstance(effect, (Acknowledged, Offered)):
            body = effect.answer if isinstance(effect, Acknowledged) else effect.offer
            return type(effect).__name__ + (" sdp" if body else "")
        return type(effect).__name__

    def run(self, table: str) -> None:
        rows = [
            [cell.strip() for cell in row.split("|")] for row in table.split("\n") if "|" in row
        ]
        for at, word, out in rows:
            now = float(at)
            deadline = self.endpoint.next_deadline()
            while deadline is not None and deadline < now:
                assert self.told(self.endpoint.fire(deadline)) == "-", (at, word, deadline)
                deadline = self.endpoint.next_deadline()
            assert self.told(self.step(word, now)) == out, (at, word)

    def end(self) -> None:
        """Let all time pass: nothing may be left."""
        while (deadline := self.endpoint.next_deadline()) is not None:
            self.endpoint.fire(deadline)
        assert (self.endpoint.open_calls, len(self.endpoint.transactions)) == (0, 0)


SCRIPTS = {
    "the caller hangs up": """
        0.0 | INVITE sdp       | 100, Invited
        0.1 | ring             | 180
        0.2 | INVITE sdp again | 180
        0.5 | answer           | 200
        0.6 | ACK              | Acknowledged
        0.7 | ACK again        | -
        5.0 | 2 BYE            | 200, HungUp, Forgotten
        5.1 | 2 BYE again      | 200
        5.2 | 3 BYE            | 481
        6.0 | hang up          | -
        """,
    "we hang up": """
        0.0 | INVITE sdp  | 100, Invited
        0.5 | answer      | 200
        0.6 | ACK         | Acknowledged
        2.0 | hang up     | BYE
        2.5 | -           | BYE
        2.6 | hang up     | -
        2.7 | OUR BYE 200 | Forgotten
        """,
    "both hang up at once": """
        0.0 | INVITE sdp  | 100, Invited
        0.5 | answer      | 200
        0.6 | ACK         | Acknowledged
        2.0 | hang up     | BYE
        2.1 | 2 BYE       | 200
        2.2 | OUR BYE 481 | Forgotten
        """,
    "our BYE waits for the ACK": """
        0.0 | INVITE sdp  | 100, Invited
        0.5 | answer      | 200
        0.6 | hang up     | -
        1.0 | -           | 200
        1.1 | ACK         | BYE
        1.2 | OUR BYE 200 | Forgotten
        """,
    "nobody acknowledges": """
        0.0  | INVITE sdp       | 100, Invited
        0.0  | answer           | 200
        0.1  | INVITE sdp again | -
        0.5  | -                | 200
        1.5  | -                | 200
        3.5  | -                | 200
        7.5  | -                | 200
        11.5 | -                | 200
        15.5 | -                | 200
        19.5 | -                | 200
        23.5 | -                | 200
        27.5 | -                | 200
        31.5 | -                | 200
        32.0 | -                | BYE, Lost
        32.1 | OUR BYE 481      | Forgotten
        """,
    "our offer in the 200": """
        0.0 | INVITE  | 100, Invited
        0.1 | answer  | 200
        0.2 | UPDATE sdp | 491
        0.3 | ACK sdp | Acknowledged sdp
        1.0 | 2 BYE   | 200, HungUp, Forgotten
        """,
    "the caller gives up": """
        0.0 | INVITE sdp   | 100, Invited
        0.1 | CANCEL       | 200, 487, HungUp, Forgotten
        0.2 | CANCEL again | 200
        0.3 | answer       | -
        0.6 | -            | 487
        0.7 | ACK branch=b0 | -
        """,
    "CANCEL comes too late": """
        0.0 | INVITE sdp | 100, Invited
        0.1 | answer     | 200
        0.2 | CANCEL     | 200
        0.3 | ACK        | Acknowledged
        1.0 | 2 BYE      | 200, HungUp, Forgotten
        """,
    "CANCEL of nothing": """
        0.0 | CANCEL | 481
        """,
    "BYE before the answer": """
        0.0 | INVITE sdp | 100, Invited
        0.1 | 2 BYE      | 200, 487, HungUp, Forgotten
        """,
    "BYE before the ACK": """
        0.0 | INVITE sdp | 100, Invited
        0.1 | answer     | 200
        0.2 | 2 BYE      | 200, HungUp, Forgotten
        0.3 | ACK        | -
        """,
    "we refuse": """
        0.0 | INVITE sdp | 100, Invited
        0.1 | refuse 404 | 404, Forgotten
        0.2 | answer     | -
        0.6 | -          | 404
        0.7 | ACK branch=b0 | -
        """,
    "we give up before the answer": """
        0.0 | INVITE sdp | 100, Invited
        0.1 | hang up    | 480, Forgotten
        """,
    "a copy over another path": """
        0.0 | INVITE sdp     | 100, Invited
        0.1 | INVITE sdp tag=| 482
        0.2 | refuse 486     | 486, Forgotten
        """,
    "keys by INFO": """
        0.0 | INVITE sdp                     | 100, Invited
        0.1 | answer                         | 200
        0.2 | ACK                            | Acknowledged
        0.3 | 2 INFO 5 application/dtmf-relay | 200, Digit 5
        0.4 | 2 INFO 5 application/dtmf-relay again | 200
        0.5 | 3 INFO 11 application/dtmf     | 200, Digit #
        0.6 | 4 INFO x application/dtmf      | 200
        0.7 | 5 INFO 5 text/plain            | 415
        0.8 | 2 INFO 5 application/dtmf      | 500
        1.0 | 6 BYE                          | 200, HungUp, Forgotten
        """,
    "offers within the call": """
        0.0 | INVITE sdp     | 100, Invited
        0.1 | answer         | 200
        0.2 | 2 INVITE sdp   | 491
        0.3 | ACK            | Acknowledged
        1.0 | 3 INVITE sdp   | 100, Offered sdp
        1.1 | 4 UPDATE sdp   | 500
        1.2 | accept         | 200
        1.3 | accept         | -
        1.4 | 3 ACK          | -
        2.0 | 5 INVITE       | 100, Offered
        2.1 | accept         | 200
        2.2 | 5 ACK sdp      | Acknowledged sdp
        3.0 | 6 UPDATE sdp   | Offered sdp
        3.1 | decline 488    | 488
        3.2 | decline 488    | -
        4.0 | 7 UPDATE       | 200
        4.1 | 8 OPTIONS      | 200
        4.2 | 9 MESSAGE      | 405
        4.3 | 9 UPDATE Require=100rel | 420
        5.0 | 10 INVITE sdp  | 100, Offered sdp
        5.1 | 11 BYE         | 200, 487, HungUp, Forgotten
        """,
    "nobody acknowledges a re-INVITE": """
        0.0  | INVITE sdp   | 100, Invited
        0.1  | answer       | 200
        0.2  | ACK          | Acknowledged
        1.0  | 2 INVITE sdp | 100, Offered sdp
        1.0  | accept       | 200
        1.5  | -            | 200
        2.5  | -            | 200
        4.5  | -            | 200
        8.5  | -            | 200
        12.5 | -            | 200
        16.5 | -            | 200
        20.5 | -            | 200
        24.5 | -            | 200
        28.5 | -            | 200
        32.5 | -            | 200
        33.0 | -            | BYE, Lost
        33.1 | OUR BYE 200  | Forgotten
        """,
    "we hang up with an offer open": """
        0.0  | INVITE sdp   | 100, Invited
        0.1  | answer       | 200
        0.2  | ACK          | Acknowledged
        1.0  | 2 INVITE sdp | 100, Offered sdp
        1.1  | hang up      | 487, BYE
        1.2  | OUR BYE 200  | Forgotten
        """,
    "no calls are taken": """
        0.0 | stop accepting | -
        0.1 | OPTIONS        | 503
        0.2 | INVITE sdp     | 503
        0.3 | INVITE sdp again | 503
        0.4 | ACK branch=b1  | -
        """,
    "what belongs to no dialog": """
        0.0 | BYE                | 481
        0.1 | BYE tag=x          | 481
        0.2 | INVITE sdp tag=x   | 481
        0.3 | ACK tag=x          | -
        0.4 | INFO 5 application/dtmf | 481
        0.5 | REGISTER           | 405
        0.6 | FLY                | 501
        0.7 | INVITE sdp Require=100rel | 420
        0.8 | INVITE sdp Content-Encoding=gzip | 415
        0.9 | OPTIONS            | 200
        """,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_call(name: str) -> None:
    script = Script()
    script.run(SCRIPTS[name])
    if script.call is not None and script.call.state is CallState.RINGING:
        script.endpoint.hang_up(script.call, 100.0)
    script.end()


def test_a_full_endpoint_takes_no_more_calls() -> None:
    script = Script(max_transactions=0)
    script.run("0.0 | INVITE sdp | 503")
    assert script.sent[-1].text("retry-after") == "5"


def test_the_answer_carries_what_the_dialog_needs() -> None:
    script = Script()
    script.run(
        """
        0.0 | INVITE sdp Record-Route=<sip:192.0.2.1;lr> Timestamp=54 | 100, Invited
        0.1 | ring    | 180
        0.2 | answer  | 200
        0.3 | ACK     | Acknowledged
        1.0 | hang up | BYE
        """
    )
    trying, ringing, answer, bye = script.sent
    assert (trying.text("timestamp"), trying.to.tag) == ("54", None)
    for response in (ringing, answer):
        assert response.text("record-route") == "<sip:192.0.2.1;lr>"
        assert response.text("contact") == "<sip:192.0.2.9:5060>"
        assert response.to.tag == script.tag
    assert answer.body == SDP
    assert isinstance(bye, Request)
    assert (bye.uri, bye.items("route")) == ("sip:a@192.0.2.1:5060", ["<sip:192.0.2.1;lr>"])
    assert (bye.from_.tag, bye.to.tag, str(bye.cseq)) == (script.tag, "a", "1 BYE")


def test_a_refusal_tells_why() -> None:
    script = Script()
    script.run("0.0 | INVITE sdp | 100, Invited\n0.1 | refuse 486 | 486, Forgotten")
    assert script.sent[-1].text("warning") == '399 dillo "because of that"'


def test_counters_count() -> None:
    script = Script()
    script.run(SCRIPTS["the caller hangs up"])
    script.endpoint.receive(b"\0\0\0\0", SOURCE, 9.0)
    script.endpoint.receive(b"SIP/2.0 1 x\r\n\r\n", SOURCE, 9.0)
    counters = script.endpoint.counters
    assert counters.responses == {100: 1, 180: 1, 200: 2, 481: 1}
    assert (counters.requests["INVITE"], counters.requests["BYE"]) == (1, 2)
    assert counters.dropped == {"start line is not of SIP": 1, "malformed": 1}
    assert (script.endpoint.transactions.absorbed, counters.received) == (2, 9)
