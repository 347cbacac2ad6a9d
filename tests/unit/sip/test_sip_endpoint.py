"""Calls through the endpoint on virtual time: what comes in, and what goes out at that moment.

The calls are tables in `endpoint_calls.txt`. In the `in` column upper case is a request of the
caller, lower case a command of ours, `-` only the time that passes; a number before a method is
its CSeq. The time `next` is that of the next timer. In the `out` column a number is a response,
upper case a request of ours, capitalised what the user is told.
"""

import itertools
from pathlib import Path

import pytest

from dillo.model.errors import MisuseError
from dillo.sip.call import CallState
from dillo.sip.effects import Acknowledged, DigitPressed, Effect, Invited, Misbehaved, Offered
from dillo.sip.endpoint import Endpoint
from dillo.sip.inbound import InboundCall
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
        self.asked: Request | None = None

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
        else:
            fields = {"ACK": {"branch": f"ack{cseq}"}, "CANCEL": {"branch": "b0", "tag": ""}}.get(
                method, {}
            )
            fields |= dict(item.split("=", 1) for item in rest if "=" in item)
            data = self.request(method, cseq, body=body, **fields)
        self.last[word] = data
        return data

    def step(self, word: str, now: float) -> list[Effect]:
        endpoint, call = self.endpoint, self.call
        if word == "-":
            return endpoint.fire(now)
        if word.startswith("OUR"):
            assert self.asked is not None
            response = Response.reply(self.asked, int(word.split()[2]))
            return endpoint.receive(bytes(response), SOURCE, now)
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
            case "progress":
                return endpoint.progress(call, SDP, now)
            case "offer":
                return endpoint.offer(call, SDP, now)
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
            if message.method != "ACK":
                self.asked = message
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
            now = self.endpoint.next_deadline() or 0.0 if at == "next" else float(at)
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


CALLS = Path(__file__).with_name("endpoint_calls.txt").read_text()
SCRIPTS = {name: table for name, _, table in (part.partition("\n") for part in CALLS.split("\n\n"))}


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


BROKEN = {
    "INVITE without Content-Type": (b"INVITE", b"Content-Type: application/sdp\r\n", b"", [400]),
    "INVITE with a broken Via": (b"INVITE", b"UDP 192.0.2.1;", b"UDP 192.0.2.1:70000;", [400]),
    "INVITE without Via": (b"INVITE", b"Via: ", b"Vai: ", []),
    "INVITE without To": (b"INVITE", b"To: ", b"Ot: ", [400]),
    "ACK with a broken From": (b"ACK", b"From: ", b"From: <", []),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_refused_and_told(name: str) -> None:
    method, old, new, statuses = BROKEN[name]
    script = Script()
    data = script.request(method.decode(), 1, body=SDP)
    assert old in data
    effects = script.endpoint.receive(data.replace(old, new, 1), SOURCE, 0.0)
    answers = [e.refusal for e in effects if isinstance(e, Misbehaved) and e.refusal]
    answers += [effect for effect in effects if isinstance(effect, Send)]
    assert [int(answer.data.split()[1]) for answer in answers] == statuses
    script.end()


def test_an_optional_body_of_another_type_is_no_offer() -> None:
    script = Script()
    body = {"kind": "text/plain", "Content_Disposition": "render;handling=optional"}
    data = script.request("INVITE", 1, body=b"hello", **body)
    assert script.told(script.endpoint.receive(data, SOURCE, 0.0)) == "100, Invited"
    assert script.call is not None
    assert script.call.offer is not None
    assert script.call.offer.sdp is None


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


def test_only_an_error_refuses() -> None:
    script = Script()
    script.run("0.0 | INVITE sdp | 100, Invited")
    assert script.call is not None
    with pytest.raises(MisuseError):
        script.endpoint.refuse(script.call, 200, "", 0.1)
    with pytest.raises(MisuseError):
        script.endpoint.decline_offer(script.call, 700, 0.1)


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
