"""The interface of the browser gateway: commands in, events out, as with a media worker.

Frames are those of `dillo.model.framing`. `browser_call_id` names the call in every message.
"""

import hmac
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

TEST_CALL_HEADER: Final = "X-Dillo-Test-Call"
"""Marks an INVITE of the gateway: a secret that only this node's processes know, and a Mark."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the gateway says of a test call."""

    call_id: str
    """The id that the call is to have, so that whoever placed it can follow it."""
    version_id: str = ""
    """Of the draft that runs in place of the number's applications; empty where these do."""

    @classmethod
    def parse(cls, text: str, secret: str) -> "Mark | None":
        """Read the header's value; None where it is not ours."""
        given, *ids = text.split(" ")
        if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
            return None
        try:
            return cls(*(str(UUID(each)) for each in ids if each))
        except (TypeError, ValueError):
            return None

    def write(self, secret: str) -> str:
        """Return the header's value."""
        return f"{secret} {self.call_id} {self.version_id}".rstrip()


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
    """E.164 with `+`, or TEST_NUMBER."""
    caller: str
    """As whom to call: E.164 with `+`, or `anonymous`."""
    offer: str
    """The browser's SDP, with all its ICE candidates."""
    version_id: str = ""
    """Of the draft to run instead of the number's applications."""


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
