"""The requests of a call that was placed (RFC 3261 §8.1.1, §12)."""

import pytest

from dillo.caller.dialog import OutgoingDialog
from dillo.model.errors import MisuseError
from dillo.sip.message import Request, Response
from dillo.sip.parsing import parse

TARGET = ("192.0.2.1", 5060)
LOCAL = ("192.0.2.9", 40000)


def _answered(dialog: OutgoingDialog, invite: Request) -> None:
    fields = [
        ("Contact", "<sip:b2bua@192.0.2.7:5080>"),
        ("Record-Route", "<sip:p2.example;lr>, <sip:p1.example;lr>"),
    ]
    dialog.establish(Response.reply(invite, 200, fields, tag="theirs"))


def test_an_invite_says_who_calls_whom_and_where_answers_go() -> None:
    dialog = OutgoingDialog("+442079460000", "+393703188051", TARGET, LOCAL)
    invite = parse(bytes(dialog.invite(b"v=0\r\n")))
    assert isinstance(invite, Request)
    assert invite.uri == "sip:+442079460000@192.0.2.1:5060"
    assert invite.to.uri == invite.uri
    assert invite.from_.uri == "sip:+393703188051@192.0.2.9:40000"
    assert invite.from_.tag
    assert invite.to.tag is None
    assert (invite.via.host, invite.via.port, invite.via.has_param("rport")) == (*LOCAL, True)
    assert invite.text("content-type") == "application/sdp"
    assert invite.body == b"v=0\r\n"


@pytest.mark.parametrize("from_", ["", "anonymous"])
def test_a_withheld_number_is_anonymous(from_: str) -> None:
    invite = OutgoingDialog("1", from_, TARGET, LOCAL).invite(None)
    assert invite.from_.uri == "sip:anonymous@anonymous.invalid"
    assert invite.text("content-type") is None


def test_numbers_are_escaped_and_uris_are_kept() -> None:
    assert OutgoingDialog("a b", "1", TARGET, LOCAL).invite(None).uri.startswith("sip:a%20b@")
    uri = "sip:bob@example.com;user=phone"
    assert OutgoingDialog(uri, "1", TARGET, LOCAL).invite(None).uri == uri


def test_later_requests_follow_the_route_to_the_callees_contact() -> None:
    dialog = OutgoingDialog("1", "2", TARGET, LOCAL)
    invite = dialog.invite(None)
    _answered(dialog, invite)
    for request in (dialog.acknowledge(), dialog.info("#", 100), dialog.bye()):
        assert request.uri == "sip:b2bua@192.0.2.7:5080"
        assert request.items("route") == ["<sip:p1.example;lr>", "<sip:p2.example;lr>"]
        assert request.to.tag == "theirs"
        assert request.via.branch != invite.via.branch


def test_an_ack_has_the_number_of_its_invite_and_others_count_up() -> None:
    dialog = OutgoingDialog("1", "2", TARGET, LOCAL)
    invite = dialog.invite(None)
    _answered(dialog, invite)
    numbers = [
        str(request.cseq)
        for request in (invite, dialog.info("1", 100), dialog.acknowledge(), dialog.bye())
    ]
    assert numbers == ["1 INVITE", "2 INFO", "1 ACK", "3 BYE"]


def test_only_requests_with_call_id_and_both_tags_belong_to_the_dialog() -> None:
    dialog = OutgoingDialog("1", "2", TARGET, LOCAL)
    invite = dialog.invite(None)
    _answered(dialog, invite)

    def bye(call_id: str, from_tag: str, to_tag: str) -> Request:
        fields = [
            ("Call-ID", call_id),
            ("From", f"<sip:x@y>;tag={from_tag}"),
            ("To", f"<sip:x@y>;tag={to_tag}"),
            ("CSeq", "7 BYE"),
        ]
        return Request.build("BYE", "sip:x@y", fields)

    ours = invite.from_.tag or ""
    assert dialog.admit(bye(dialog.call_id, "theirs", ours))
    assert not dialog.admit(bye("other", "theirs", ours))
    assert not dialog.admit(bye(dialog.call_id, "other", ours))
    assert not dialog.admit(bye(dialog.call_id, "theirs", "other"))


def test_a_dialog_that_is_not_established_has_no_requests() -> None:
    dialog = OutgoingDialog("1", "2", TARGET, LOCAL)
    with pytest.raises(MisuseError, match="before its INVITE"):
        dialog.establish(Response(200, "OK", {}))
    with pytest.raises(MisuseError, match="BYE needs"):
        dialog.bye()
