import pytest

from dillo.sip.dtmf_info import parse_digit
from dillo.sip.identity import called_user, caller_user, depth_of, forwards_left
from dillo.sip.message import Request


def request(uri: str = "sip:b@h", sender: str = "<sip:+44123@h>", **fields: str) -> Request:
    rows = [("From", sender), *[(name.replace("_", "-"), value) for name, value in fields.items()]]
    return Request.build("INVITE", uri, rows)


@pytest.mark.parametrize(
    ("uri", "user"),
    [
        ("sip:%2B44123@h", "+44123"),
        ("tel:+44-123", "+44123"),
        ("sip:h", ""),
        ("sip:a;b=c@h", "a;b=c"),
    ],
)
def test_the_called_is_the_user_of_the_request_uri(uri: str, user: str) -> None:
    assert called_user(request(uri)) == user


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (request(), "+44123"),
        (request(sender="<tel:+44-123>"), "+44123"),
        (request(sender="<http://example.com>"), ""),
        (request(sender='"Anonymous" <sip:anonymous@anonymous.invalid>'), ""),
        (request(P_Asserted_Identity="<sip:+39@h>, <tel:+39>"), "+39"),
        (request(P_Asserted_Identity="<mailto:a@h>"), "+44123"),
        (request(P_Asserted_Identity='"broken <sip:+39@h>'), "+44123"),
        (request(P_Asserted_Identity="<sip:+39@h>", Privacy="id;critical"), ""),
        (request(Privacy="none"), "+44123"),
    ],
)
def test_the_caller_is_whom_the_network_names(caller: Request, expected: str) -> None:
    assert caller_user(caller) == expected


@pytest.mark.parametrize(
    ("body", "digit"),
    [
        (b"Signal=5\r\nDuration=160\r\n", "5"),
        (b"Signal= #\nDuration= 160", "#"),
        (b"Duration=160\r\nsignal = b\r\n", "B"),
        (b"Signal=10", "*"),
        (b"Signal=16", None),
        (b"5", "5"),
        (b" 11\r\n", "#"),
        (b"", None),
        (b"Signal=", None),
        (b"hello", None),
    ],
)
def test_a_key_is_read(body: bytes, digit: str | None) -> None:
    assert parse_digit(body) == digit


@pytest.mark.parametrize(
    ("text", "forwards", "depth"),
    [
        ("0", 0, 0),
        ("17", 17, 17),
        ("999", 255, 255),
        ("-1", 70, 0),
        ("1e3", 70, 0),
        ("9" * 99, 70, 0),
    ],
)
def test_how_far_a_call_has_come(text: str, forwards: int, depth: int) -> None:
    assert forwards_left(request(Max_Forwards=text)) == forwards
    assert depth_of(request(X_Dillo_Depth=text)) == depth


def test_a_call_that_says_nothing_of_it_has_come_from_nowhere() -> None:
    assert (forwards_left(request()), depth_of(request())) == (70, 0)
