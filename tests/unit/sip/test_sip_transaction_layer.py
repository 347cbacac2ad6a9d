"""The transaction layer over time: retransmissions, matching, and that everything ends."""

import pytest

from dillo.model.errors import MisuseError
from dillo.sip.errors import NotSip
from dillo.sip.message import Request, Response
from dillo.sip.parsing import parse
from dillo.sip.transactions import (
    ClientTransaction,
    Requested,
    Responded,
    Transactions,
    cancel_for,
)

PEER = ("192.0.2.1", 5060)


def request(method: str = "INVITE", branch: str = "z9hG4bK1", to: str = "<sip:b@h>") -> Request:
    return Request.build(
        method,
        "sip:b@h",
        [
            ("Via", f"SIP/2.0/UDP 192.0.2.1;branch={branch}"),
            ("From", "<sip:a@h>;tag=a"),
            ("To", to),
            ("Call-ID", "c"),
            ("CSeq", f"1 {method}"),
            ("Route", "<sip:192.0.2.9;lr>"),
        ],
    )


def ack(branch: str = "z9hG4bK1") -> Request:
    return request("ACK", branch, "<sip:b@h>;tag=b")


def sent_until(layer: Transactions, end: float) -> list[tuple[float, str]]:
    """Fire all timers up to `end`; returns when the first line of what was sent."""
    sent = []
    while (deadline := layer.next_deadline()) is not None and deadline <= end:
        layer.fire(deadline)
        sent += [(deadline, first_line(send.data)) for send in layer.take_outbox()]
    return sent


def first_line(data: bytes) -> str:
    return data.split(b"\r\n")[0].decode().removesuffix(" SIP/2.0").removeprefix("SIP/2.0 ")


def served(layer: Transactions, message: Request) -> Requested:
    told = layer.receive(message, PEER, 0.0)
    assert isinstance(told, Requested)
    assert told.transaction is not None
    return told


def test_an_error_is_sent_again_until_its_ack() -> None:
    layer = Transactions()
    told = served(layer, request())
    assert told.transaction
    layer.respond(told.transaction, Response.reply(told.request, 486, tag="b"), 0.0)
    layer.take_outbox()
    times = [at for at, _ in sent_until(layer, 10.0)]
    assert times == [0.5, 1.5, 3.5, 7.5]
    assert layer.receive(ack(), PEER, 10.0) is None
    assert sent_until(layer, 14.9) == []
    sent_until(layer, 15.0)
    assert len(layer) == 0


def test_an_error_without_ack_times_out() -> None:
    layer = Transactions()
    told = served(layer, request())
    assert told.transaction
    layer.respond(told.transaction, Response.reply(told.request, 486, tag="b"), 0.0)
    layer.fire(31.9)
    assert [timed_out.transaction for timed_out in layer.fire(32.0)] == [told.transaction]
    assert len(layer) == 0


def test_a_repeated_request_gets_the_same_answer() -> None:
    layer = Transactions()
    told = served(layer, request("OPTIONS"))
    assert told.transaction
    assert layer.receive(request("OPTIONS"), PEER, 0.1) is None
    assert layer.take_outbox() == []
    data = layer.respond(told.transaction, Response.reply(told.request, 200, tag="b"), 0.2)
    assert layer.receive(request("OPTIONS"), PEER, 0.3) is None
    assert [send.data for send in layer.take_outbox()] == [data, data]
    assert layer.absorbed == 2
    with pytest.raises(MisuseError):
        layer.respond(told.transaction, Response.reply(told.request, 500), 0.4)


def test_a_2xx_leaves_its_repetition_and_its_ack_to_the_user() -> None:
    layer = Transactions()
    told = served(layer, request())
    assert told.transaction
    layer.respond(told.transaction, Response.reply(told.request, 200, tag="b"), 0.0)
    layer.take_outbox()
    assert layer.receive(request(), PEER, 0.5) is None
    assert layer.take_outbox() == []
    for branch in ("z9hG4bK1", "z9hG4bKother"):
        heard = layer.receive(ack(branch), PEER, 1.0)
        assert isinstance(heard, Requested)
    layer.fire(32.0)
    assert len(layer) == 0


def test_a_sender_of_rfc_2543_is_matched_without_a_branch() -> None:
    layer = Transactions()
    told = served(layer, request(branch="1"))
    assert told.transaction
    layer.respond(told.transaction, Response.reply(told.request, 486, tag="b"), 0.0)
    assert layer.receive(request(branch="1"), PEER, 0.1) is None
    assert layer.receive(ack("1"), PEER, 0.2) is None
    assert told.transaction.state == "confirmed"


def test_an_invite_of_ours_is_sent_again_until_something_comes() -> None:
    layer = Transactions()
    invite = request()
    sent = layer.request(invite, PEER, 0.0)
    assert [first_line(send.data) for send in layer.take_outbox()] == ["INVITE sip:b@h"]
    assert [at for at, _ in sent_until(layer, 8.0)] == [0.5, 1.5, 3.5, 7.5]
    ringing = layer.hear(Response.reply(invite, 180, tag="b"), 8.0)
    assert isinstance(ringing, Responded)
    assert sent_until(layer, 100.0) == []
    busy = Response.reply(invite, 486, tag="b")
    assert isinstance(layer.hear(busy, 100.0), Responded)
    assert layer.hear(busy, 100.5) is None
    acks = [parse(send.data) for send in layer.take_outbox()]
    assert [str(message.cseq) for message in acks] == ["1 ACK", "1 ACK"]
    assert acks[0].to.tag == "b"
    assert acks[0].items("route") == ["<sip:192.0.2.9;lr>"]
    assert acks[0].via == invite.via
    assert sent.state == "completed"
    layer.fire(132.0)
    assert len(layer) == 0


def test_a_request_of_ours_that_nobody_answers_times_out() -> None:
    for method, count in (("INVITE", 6), ("BYE", 10)):
        layer = Transactions()
        sent: ClientTransaction = layer.request(request(method), PEER, 0.0)
        layer.take_outbox()
        assert len(sent_until(layer, 31.9)) == count
        assert [timed_out.transaction for timed_out in layer.fire(32.0)] == [sent]
        assert len(layer) == 0


def test_a_bye_of_ours_slows_down_once_it_is_being_worked_on() -> None:
    layer = Transactions()
    bye = request("BYE")
    layer.request(bye, PEER, 0.0)
    layer.hear(Response.reply(bye, 100), 0.1)
    layer.take_outbox()
    assert [at for at, _ in sent_until(layer, 9.0)] == [0.5, 4.5, 8.5]
    assert isinstance(layer.hear(Response.reply(bye, 200), 9.0), Responded)
    assert layer.hear(Response.reply(bye, 200), 9.1) is None
    layer.fire(14.0)
    assert len(layer) == 0


def test_a_response_to_nothing_of_ours_is_not_for_us() -> None:
    layer = Transactions()
    bye = request("BYE")
    with pytest.raises(NotSip):
        layer.hear(Response.reply(bye, 200), 0.0)
    layer.request(bye, PEER, 0.0)
    strayed = Response.reply(bye, 200, [("Via", "SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK2")])
    with pytest.raises(NotSip):
        layer.hear(strayed, 0.0)


def test_a_cancel_names_the_transaction_of_its_invite() -> None:
    invite = request()
    cancel = cancel_for(invite)
    assert (cancel.via, str(cancel.cseq), cancel.uri) == (invite.via, "1 CANCEL", invite.uri)
    layer = Transactions()
    told = served(layer, invite)
    assert layer.find_server(cancel, "INVITE") is told.transaction
