"""Calls from browsers, as the API asks for them."""

from typing import Protocol

from dillo.model.browser import Dial
from dillo.model.errors import PeerError


class BrowserRefused(PeerError):
    """The browser cannot be talked to, or too many others are; the message says which."""


class BrowserCalls(Protocol):
    """The gateway between browsers and numbers."""

    async def dial(self, order: Dial) -> str:
        """Call a number for a browser; return the answer to its offer.

        Raises BrowserRefused, and Unavailable where the gateway does not answer.
        """

    async def keep_connected(self) -> None:
        """Stay connected until cancelled; then the gateway ends the calls that came from here."""
