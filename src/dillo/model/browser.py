"""The interface of the browser gateway: commands in, events out, as with a media worker.

Frames are those of `dillo.model.framing`. `browser_call_id` names the call in every message.
"""

import hmac
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

TEST_CALL_HEADER: Final = "X-Dillo-Test-Call"
"""Marks an INVITE of the gateway: a secret that only this node's processes know, and the id that
the call is to have, so that whoever placed it can follow it."""


def mark_of(secret: str, call_id: str) -> str:
    """Return the header's value for a call."""
    return f"{secret} {call_id}"


def marked_call(mark: str, secret: str) -> str | None:
    """Return the id of a test call, None where the mark is not ours."""
    given, _, call_id = mark.partition(" ")
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        return None
    try:
        return str(UUID(call_id))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class IceServer:
    """A STUN or TURN server, as RTCPeerConnection takes it."""

    urls: str
    username: str | None = None
    credential: str | None = None

    @classmethod
    def parse(cls, text: str) -> "IceServer":
        """Read `stun:HOST:PORT`, or `turn:USER:PASSWORD@HOST:PORT`."""
        scheme, _, rest = text.partition(":")
        credentials, at, address = rest.rpartition("@")
        user, _, password = credentials.partition(":")
        url = f"{scheme}:{address}"
        return cls(url, user, password) if at else cls(url)


class _Message(msgspec.Struct, frozen=True, tag=True, array_like=True):
    browser_call_id: str


class Dial(_Message, frozen=True):
    """Answer a browser's offer and call a number for it; BrowserAnswered or BrowserGone follows.

    The call's record has the id of the browser call.
    """

    number: str
    """E.164 with `+`."""
    caller: str
    """As whom to call: E.164 with `+`, or `anonymous`."""
    offer: str
    """The browser's SDP, with all its ICE candidates."""


class HangUp(_Message, frozen=True):
    """End the call; BrowserGone follows, unless it is over."""


Command = Dial | HangUp


class BrowserAnswered(_Message, frozen=True):
    """The browser's offer has this answer; the number is being called."""

    answer: str


class BrowserGone(_Message, frozen=True):
    """The last word on a call; `error` says why it could not begin, empty where it did."""

    error: str


Event = BrowserAnswered | BrowserGone
