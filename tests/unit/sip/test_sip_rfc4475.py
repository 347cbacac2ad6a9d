"""The 49 torture messages of RFC 4475, each as its section wants a UA server to treat it.

`call` means that the INVITE rings at the user, a number is the status of our answer, `dropped`
that nothing is sent. What a registrar or proxy would do with a message does not apply here: we
know REGISTER and MESSAGE but do not serve them (405), and unknown methods get 501.
"""

import itertools
from pathlib import Path

import pytest

from dillo.sip.effects import Invited, Misbehaved
from dillo.sip.endpoint import Endpoint
from dillo.sip.errors import SipError
from dillo.sip.message import Response, checked
from dillo.sip.parsing import BrokenRequest, parse
from dillo.sip.transactions import Send

MESSAGES = Path(__file__).parents[2] / "data" / "rfc4475"
SOURCE = ("192.0.2.77", 5077)

TABLE = """
3.1.1.1  wsinv      valid  481       headers of every odd form; its To tag is of no dialog here
3.1.1.2  intmeth    valid  501       a method of every token character
3.1.1.3  esc01      valid  call      escapes in URIs
3.1.1.4  escnull    valid  405       escaped nulls in URIs
3.1.1.5  esc02      valid  501       % that is no escape: the method is not REGISTER
3.1.1.6  lwsdisp    valid  200       no space between display name and <
3.1.1.7  longreq    valid  call      long values
3.1.1.8  dblreq     valid  405       octets after the body are another request, and ignored
3.1.1.9  semiuri    valid  200       semicolons in the user part
3.1.1.10 transports valid  200       Via of any transport
3.1.1.11 mpart01    valid  405       a binary multipart body
3.1.1.12 unreason   valid  dropped   UTF-8 in the reason; answers nothing of ours
3.1.1.13 noreason   valid  dropped   no reason; answers nothing of ours
3.1.2.1  badinv01   wrong  400       stray separators in Via and Contact
3.1.2.2  clerr      wrong  400       Content-Length beyond the datagram
3.1.2.3  ncl        wrong  400       negative Content-Length
3.1.2.4  scalar02   wrong  400       CSeq beyond its range
3.1.2.5  scalarlg   wrong  dropped   the same in a response
3.1.2.6  quotbal    wrong  400       unbalanced quote in To
3.1.2.7  ltgtruri   wrong  400       Request-URI in angle brackets
3.1.2.8  lwsruri    wrong  400       space within the Request-URI
3.1.2.9  lwsstart   wrong  400       two spaces in the request line
3.1.2.10 trws       wrong  400       spaces at the end of the request line
3.1.2.11 escruri    valid  400       headers in the Request-URI: well-formed, not allowed there
3.1.2.12 baddate    valid  call      a Date not in GMT, which nobody reads
3.1.2.13 regbadct   wrong  400       a Contact with ? outside of angle brackets
3.1.2.14 badaspec   wrong  400       spaces within angle brackets
3.1.2.15 baddn      wrong  400       an unquoted comma in a display name
3.1.2.16 badvers    wrong  505       SIP/7.0
3.1.2.17 mismatch01 wrong  400       CSeq names another method
3.1.2.18 mismatch02 wrong  400       CSeq names another method than the unknown one
3.1.2.19 bigcode    wrong  dropped   a status of ten digits
3.2.1    badbranch  valid  400       a branch that is nothing but the magic cookie
3.3.1    insuf      wrong  400       no Call-ID, From or To
3.3.2    unkscm     valid  416       unknown scheme in the Request-URI
3.3.3    novelsc    valid  416       a scheme that exists, but not here
3.3.4    unksm2     valid  405       unknown schemes in To, From and Contact
3.3.5    bext01     valid  420       Require and Proxy-Require of the unknown
3.3.6    invut      valid  415       a body of unknown type
3.3.7    regaut01   valid  405       an unknown authorization scheme
3.3.8    multi01    wrong  400       From, To, Call-ID and CSeq given twice
3.3.9    mcl01      wrong  400       two Content-Length
3.3.10   bcast      valid  dropped   a response with a second Via, to a broadcast address
3.3.11   zeromf     valid  200       Max-Forwards 0 is for proxies to mind
3.3.12   cparam01   valid  405       unknown Contact header parameter
3.3.13   cparam02   valid  405       unknown Contact URI parameter
3.3.14   regescrt   valid  405       a Route in the Contact URI, never to be followed
3.3.15   sdp01      valid  406       the sender accepts no SDP
3.4.1    inv2543    valid  call      an INVITE of RFC 2543: no branch, From tag, Contact
"""
ROWS = [row.split(maxsplit=4) for row in TABLE.strip().split("\n")]


def octets(name: str) -> bytes:
    return (MESSAGES / f"{name}.dat").read_bytes()


def treat(data: bytes) -> tuple[str, list[bytes]]:
    """Return how a fresh endpoint treats a datagram, and what it sends."""
    tokens = itertools.count()
    endpoint = Endpoint(
        new_token=lambda: f"t{next(tokens)}", contact_for=lambda _: ("192.0.2.9", 5060)
    )
    effects = endpoint.receive(data, SOURCE, 0.0)
    sends = [effect for effect in effects if isinstance(effect, Send)]
    sends += [
        effect.refusal for effect in effects if isinstance(effect, Misbehaved) and effect.refusal
    ]
    sent = [send.data for send in sends]
    if any(isinstance(effect, Invited) for effect in effects):
        return "call", sent
    return (sent[0].split()[1].decode() if sent else "dropped"), sent


def test_every_message_is_in_the_table() -> None:
    assert sorted(name for _, name, *_ in ROWS) == sorted(p.stem for p in MESSAGES.glob("*.dat"))
    assert len(ROWS) == 49


@pytest.mark.parametrize(("section", "name", "form", "outcome", "why"), ROWS)
def test_the_endpoint(section: str, name: str, form: str, outcome: str, why: str) -> None:
    assert (section, treat(octets(name))[0]) == (section, outcome), why


@pytest.mark.parametrize("name", [name for _, name, form, *_ in ROWS if form == "valid"])
def test_a_valid_message_is_read_and_written_back(name: str) -> None:
    message = checked(parse(octets(name)))
    again = parse(bytes(message))
    assert (again.lines, again.body) == (message.lines, message.body)
    assert type(again) is type(message)


@pytest.mark.parametrize("name", [name for _, name, form, *_ in ROWS if form == "wrong"])
def test_an_invalid_message_is_refused_by_name(name: str) -> None:
    with pytest.raises((SipError, BrokenRequest)) as caught:
        checked(parse(octets(name)))
    assert ":" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("bext01", b"Unsupported: nothingSupportsThis, nothingSupportsThisEither"),
        ("invut", b"Accept: application/sdp"),
        ("escnull", b"Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE"),
        ("insuf", b"CSeq: 193942 INVITE"),
        ("lwsdisp", b"Via: SIP/2.0/UDP funky.example.com;branch=z9hG4bKkdjuw;received=192.0.2.77"),
    ],
)
def test_the_answer_says_what_would_help(name: str, line: bytes) -> None:
    _, sent = treat(octets(name))
    assert line in sent[0].split(b"\r\n")


def test_the_tortuous_invite_is_understood() -> None:
    message = parse(octets("wsinv"))
    assert message.to.tag == "1918181833n"
    assert (message.from_.display, message.from_.tag) == ('J Rosenberg \\"', "98asjd8")
    assert str(message.cseq) == "9 INVITE"
    assert [hop.split(";")[0].split()[-1] for hop in message.items("via")] == [
        "192.0.2.2",
        "spindle.example.com",
        "192.168.255.111",
    ]
    assert message.text("newfangledheader") == "newfangled value continued newfangled value"
    assert message.contacts[0].params == (
        ("newparam", "newvalue"),
        ("secondparam", None),
        ("q", "0.33"),
    )


def test_the_reasons_are_kept() -> None:
    unreason, noreason = parse(octets("unreason")), parse(octets("noreason"))
    assert isinstance(unreason, Response)
    assert isinstance(noreason, Response)
    assert unreason.reason.startswith("= 2**3 * 5**2 но сто девяносто")
    assert (noreason.status, noreason.reason) == (100, "")
