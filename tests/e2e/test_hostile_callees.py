"""Whatever a dialled party sends, its own call comes to an end and no other call notices."""

import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from tests.e2e.callees import description
from tests.e2e.node import Node, behavior, say
from tests.e2e.telephones import act, place, plan

_ECHOED = re.compile(rb"^(?:Via|From|To|Call-ID|CSeq):.*$", re.MULTILINE | re.IGNORECASE)

Deed = Callable[[bytes], Iterator[bytes]]
"""What a callee sends, given the INVITE."""


def reply(invite: bytes, status: str, tag: str, body: str = "", *more: str) -> bytes:
    """Return a response to an INVITE, well-formed but for what is put into it."""
    echoed = [line.decode().strip() for line in _ECHOED.findall(invite)]
    echoed = [f"{line};tag={tag}" if line.lower().startswith("to:") else line for line in echoed]
    lines = [f"SIP/2.0 {status}", *echoed, "Contact: <sip:rogue@127.0.0.1:9>", *more]
    if body:
        lines.append("Content-Type: application/sdp")
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]).encode()


def no_sip(invite: bytes) -> Iterator[bytes]:
    """Octets without sense, and responses that broke on the way."""
    whole = reply(invite, "200 OK", "a", description(4000))
    for size in range(0, len(whole), 7):
        yield whole[:size]
        yield os.urandom(size)


def endless_ringing(invite: bytes) -> Iterator[bytes]:
    """A thousand forks that all ring, and describe audio."""
    for fork in range(1000):
        yield reply(invite, "183 Session Progress", f"f{fork}", description(4000 + fork))


def huge(invite: bytes) -> Iterator[bytes]:
    """Descriptions and headers as long as a datagram takes."""
    padding = "a=x\r\n" * 11_000
    yield reply(invite, "183 Session Progress", "a", description(4000) + padding)
    yield reply(invite, "180 Ringing", "a", "", f"X-Long: {'x' * 60_000}")
    yield reply(invite, "180 Ringing", "a", "", *(["Record-Route: <sip:1.2.3.4;lr>"] * 1500))


def no_description(invite: bytes) -> Iterator[bytes]:
    """An answer whose description is none."""
    yield reply(invite, "200 OK", "a", "\0" * 5000)


def many_answers(invite: bytes) -> Iterator[bytes]:
    """Two hundred forks that all answer, and know no BYE."""
    for fork in range(200):
        yield reply(invite, "200 OK", f"f{fork}", description(4000))


@contextmanager
def rogue(deed: Deed) -> Iterator[str]:
    """Be called while the block runs, and do this to the first INVITE; gives the SIP URI."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))

        def misbehave() -> None:
            invite, source = udp.recvfrom(65535)
            for octets in deed(invite) if invite else ():
                udp.sendto(octets, source)

        thread = Thread(target=misbehave)
        thread.start()
        try:
            yield f"sip:rogue@127.0.0.1:{udp.getsockname()[1]}"
        finally:
            udp.sendto(b"", udp.getsockname())
            thread.join()


@pytest.mark.parametrize(
    ("deed", "status", "leg"),
    [
        (no_sip, 480, ("NoAnswer", 487)),
        (endless_ringing, 480, ("NoAnswer", 487)),
        (huge, 480, ("NoAnswer", 487)),
        (no_description, 404, ("Failed", 488)),
        (many_answers, 200, ("Answered", 200)),
    ],
)
def test_its_own_call_ends_and_no_other_notices(
    node: Node, deed: Deed, status: int, leg: tuple[str, int]
) -> None:
    other = node.hold(behavior(say("This is heard from its beginning to its end.")))
    with rogue(deed) as uri:
        dial = act("Dial", To=uri, Timeout=2, NoAnswerNextNode=1, FailedNextNode=2)
        refusals = [act("Reject", Cause=cause) for cause in ("NoAnswer", "NotFound")]
        held = node.hold(behavior(dial, *refusals))
        ours, theirs = place(plan(node, held, hang_up_after_s=1), plan(node, other))
    assert ours.status == status
    assert (theirs.status, theirs.ended_by, theirs.packets_lost) == (200, "callee", 0)
    (record,) = node.records(held)
    assert [(each["Status"], each["SipCode"]) for each in record["DialActions"]] == [leg]
    node.records(other)
