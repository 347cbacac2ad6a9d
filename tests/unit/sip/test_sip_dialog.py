import pytest

from dillo.sip.dialog import Dialog, OutOfOrder
from dillo.sip.message import Request, Response

VIA = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKx"
SOURCE = ("192.0.2.1", 5060)
ELSEWHERE = ("192.0.2.200", 9)


def invite(**more: str) -> Request:
    fields = {
        "Via": "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
        "From": "Alice <sip:alice@h>;tag=a",
        "To": "<sip:bob@h>",
        "Call-ID": "c",
        "CSeq": "7 INVITE",
        "Contact": "<sip:alice@192.0.2.1:5070>",
    } | {name.replace("_", "-"): value for name, value in more.items()}
    return Request.build("INVITE", "sip:bob@h", [(n, v) for n, v in fields.items() if v])


def test_the_called_side_speaks_from_where_it_was_called() -> None:
    dialog = Dialog.accept(
        invite(Record_Route="<sip:192.0.2.5;lr>, <sip:192.0.2.6;lr>"), "b", SOURCE
    )
    assert dialog.id == ("c", "b", "a")
    bye = dialog.request("BYE", VIA)
    assert (bye.method, bye.uri) == ("BYE", "sip:alice@192.0.2.1:5070")
    assert bye.items("route") == ["<sip:192.0.2.5;lr>", "<sip:192.0.2.6;lr>"]
    assert (bye.text("from"), bye.text("to")) == ("<sip:bob@h>;tag=b", "Alice <sip:alice@h>;tag=a")
    assert str(bye.cseq) == "1 BYE"
    assert dialog.next_hop(ELSEWHERE) == ("192.0.2.5", 5060)


def test_the_calling_side_takes_the_routes_backwards() -> None:
    request = invite()
    fields = [
        ("Record-Route", "<sip:192.0.2.5;lr>, <sip:192.0.2.6;lr>"),
        ("Contact", "<sip:b@192.0.2.9>"),
    ]
    dialog = Dialog.confirm(request, Response.reply(request, 200, fields, tag="b"))
    assert dialog.id == ("c", "a", "b")
    ack = dialog.request("ACK", VIA, cseq=7)
    assert (ack.uri, str(ack.cseq)) == ("sip:b@192.0.2.9", "7 ACK")
    assert ack.items("route") == ["<sip:192.0.2.6;lr>", "<sip:192.0.2.5;lr>"]
    assert str(dialog.request("BYE", VIA).cseq) == "8 BYE"


def test_a_strict_router_takes_the_place_of_the_target() -> None:
    dialog = Dialog.accept(invite(Record_Route="<sip:192.0.2.5>, <sip:192.0.2.6;lr>"), "b", SOURCE)
    bye = dialog.request("BYE", VIA)
    assert bye.uri == "sip:192.0.2.5"
    assert bye.items("route") == ["<sip:192.0.2.6;lr>", "<sip:alice@192.0.2.1:5070>"]


def test_an_older_cseq_is_out_of_order() -> None:
    dialog = Dialog.accept(invite(), "b", SOURCE)
    dialog.admit(invite(CSeq="9 INVITE"))
    with pytest.raises(OutOfOrder) as caught:
        dialog.admit(invite(CSeq="8 INVITE"))
    assert caught.value.status == 500


@pytest.mark.parametrize(
    ("contact", "via", "hop"),
    [
        ("<sip:a@192.0.2.1:5070>", "192.0.2.1", ("192.0.2.1", 5070)),
        ("<sip:a@example.com>", "192.0.2.1", ELSEWHERE),
        ("<tel:+44>", "192.0.2.1", ELSEWHERE),
        ("<mailto:a@h>", "192.0.2.1", ELSEWHERE),
        ("<sip:a@10.0.0.1:5070>", "10.0.0.1", SOURCE),
        ("<sip:a@192.0.2.4>", "sbc.example.com", ("192.0.2.4", 5060)),
        ("", "192.0.2.1", ELSEWHERE),
    ],
)
def test_requests_of_ours_go_where_they_can_arrive(
    contact: str, via: str, hop: tuple[str, int]
) -> None:
    request = invite(Contact=contact, Via=f"SIP/2.0/UDP {via};branch=z9hG4bK1")
    assert Dialog.accept(request, "b", SOURCE).next_hop(ELSEWHERE) == hop


def test_a_target_moves_with_its_contact() -> None:
    dialog = Dialog.accept(invite(), "b", SOURCE)
    dialog.refresh(invite(Contact="<sip:alice@192.0.2.3>"))
    dialog.refresh(invite(Contact=""))
    assert dialog.target == "sip:alice@192.0.2.3"
