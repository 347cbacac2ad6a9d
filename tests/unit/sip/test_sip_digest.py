"""Digest answers: the examples of the RFCs, and challenges of every shape."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dillo.sip.digest import Authenticator, Credentials, digest, is_answerable
from dillo.sip.errors import Malformed
from dillo.sip.headers.challenge import Challenge
from dillo.sip.message import Request, Response

MUFASA = Credentials("Mufasa", "Circle of Life")
REQUEST = Request.build("INVITE", "sip:b@h", [("To", "<sip:b@h>")])


def test_the_example_of_rfc_7616_md5_and_sha_256() -> None:
    nonce, cnonce = (
        "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    )
    responses = {
        "MD5": "8ca523f5e9506fed4657c9700eebdbec",
        "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
    }
    for algorithm, response in responses.items():
        challenge = Challenge("http-auth@example.org", nonce, algorithm, ("auth", "auth-int"))
        answer = digest(MUFASA, challenge, "GET", "/dir/index.html", cnonce, 1)
        assert f'response="{response}"' in answer
        assert f"algorithm={algorithm}, qop=auth, nc=00000001" in answer


def test_the_example_of_rfc_2617_without_qop_is_as_rfc_2069_has_it() -> None:
    text = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    credentials = Credentials("Mufasa", "CircleOfLife")
    answer = digest(credentials, Challenge.parse(text), "GET", "/dir/index.html", "", 1)
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in answer
    assert "qop" not in answer
    assert "cnonce" not in answer


def test_a_challenge_is_read() -> None:
    text = (
        'digest realm="a, \\"b\\"", nonce=n,opaque="o" , qop="auth-int, AUTH",'
        " Stale=TRUE, algorithm=sha-256, domain=x"
    )
    challenge = Challenge.parse(text)
    assert challenge == Challenge('a, "b"', "n", "SHA-256", ("auth-int", "auth"), "o", True)
    assert Challenge.parse(str(challenge)) == challenge


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Digest",
        'Basic realm="x"',
        'Digest realm="x"',
        "Digest nonce=x",
        'Digest realm="x" nonce="y"',
        'Digest realm="x, nonce="y"',
    ],
)
def test_what_is_no_challenge(text: str) -> None:
    with pytest.raises(Malformed):
        Challenge.parse(text)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=80))
@example('realm="\\", nonce="')
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        challenge = Challenge.parse(f"Digest {text}")
    except Malformed:
        return
    assert Challenge.parse(str(challenge)) == challenge


def challenged(status: int, *challenges: str) -> Response:
    header = "WWW-Authenticate" if status == 401 else "Proxy-Authenticate"
    return Response.reply(REQUEST, status, [(header, text) for text in challenges])


def test_a_nonce_is_counted_and_used_again() -> None:
    authenticator = Authenticator(MUFASA)
    assert authenticator.fields("INVITE", "sip:b@h", "c") == []
    assert authenticator.learn(challenged(407, 'Digest realm="r", nonce="n", qop="auth"'), 0)
    for count in (1, 2):
        ((header, answer),) = authenticator.fields("INVITE", "sip:b@h", "c")
        assert header == "Proxy-Authorization"
        assert f"nc={count:08x}" in answer


def test_two_realms_are_answered_both() -> None:
    authenticator = Authenticator(MUFASA)
    assert authenticator.learn(challenged(407, 'Digest realm="one", nonce="n"'), 0)
    assert authenticator.learn(challenged(401, 'Digest realm="two", nonce="n"'), 1)
    headers = [header for header, _ in authenticator.fields("INVITE", "sip:b@h", "c")]
    assert headers == ["Proxy-Authorization", "Authorization"]
    assert not authenticator.learn(challenged(401, 'Digest realm="two", nonce="m"'), 2)


def test_the_first_challenge_of_a_realm_that_we_know_counts() -> None:
    authenticator = Authenticator(MUFASA)
    response = challenged(
        401,
        'Digest realm="r", nonce="1", algorithm=SHA-512-256',
        'Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth-int"',
        'Digest realm="r", nonce="3", algorithm=SHA-256',
        'Digest realm="r", nonce="4"',
    )
    assert authenticator.learn(response, 0)
    ((_, answer),) = authenticator.fields("INVITE", "sip:b@h", "c")
    assert 'nonce="3"' in answer


def test_what_cannot_be_answered_is_no_hope() -> None:
    authenticator = Authenticator(MUFASA)
    assert not authenticator.learn(challenged(403, 'Digest realm="r", nonce="n"'), 0)
    assert not authenticator.learn(challenged(401, 'Basic realm="r"'), 0)
    assert not authenticator.learn(challenged(401), 0)
    assert not is_answerable(Challenge("r", "n", "MD5-SESS"))
