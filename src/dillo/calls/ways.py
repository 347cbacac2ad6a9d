"""Which way a dialled call goes out, and as whom."""

from collections.abc import Awaitable, Callable
from typing import Final

from dillo.calls.platform import Platform
from dillo.calls.ports import Destination, Invitation, NumberEntry
from dillo.model.errors import PeerError

MAX_DEPTH: Final = 5
"""So many calls may be dialled by one another in a row."""
DEPTH_HEADER: Final = "X-Dillo-Depth"


Affords = Callable[[str, str], Awaitable[bool]]
"""Whether there is the money to dial a callee, as whom."""


class NoWay(PeerError):
    """A call cannot be placed; `sip_code` says why as an answer to its INVITE would."""

    def __init__(self, sip_code: int, detail: str) -> None:
        super().__init__(detail)
        self.sip_code = sip_code


class Ways:
    """Finds the way for the dialled legs of one call."""

    def __init__(
        self,
        platform: Platform,
        entry: NumberEntry,
        invitation: Invitation,
        caller: str,
        affords: Affords,
    ) -> None:
        self._platform = platform
        self._entry = entry
        self._invitation = invitation
        self._caller = caller
        self._affords = affords

    async def caller_id(self, wanted: str | None) -> str:
        """Return as whom to call: the number wanted, if it is the customer's, or the caller's own.

        Raises NoWay, Unavailable.
        """
        if wanted is None:
            return self._caller
        holder = await self._platform.admission.find(wanted)
        if holder is None or holder.customer_id != self._entry.customer_id:
            raise NoWay(403, f"CallerId {wanted} is no number of this account")
        return wanted

    async def towards(self, callee: str, caller: str) -> Destination:
        """Return where to place a call to an E.164 number with `+` or a SIP URI.

        A number of this platform is called on the spot; for any other one the trunk with the
        longest prefix is taken. Raises NoWay, Unavailable.
        """
        if self._invitation.max_forwards <= 1:
            raise NoWay(483, "the call was passed on too often")
        if self._invitation.depth >= MAX_DEPTH:
            raise NoWay(482, f"more than {MAX_DEPTH} calls dialled one another")
        if not await self._affords(callee, caller):
            raise NoWay(402, "the balance does not cover the call")
        if not callee.startswith("+"):
            return self._destination(callee, (), caller)
        if await self._platform.admission.find(callee) is not None:
            return self._own_number(callee, caller)
        carrier = await self._platform.carriers.towards(callee)
        if carrier is None:
            raise NoWay(404, f"no trunk leads to {callee}")
        uri = f"sip:{callee}@{carrier.hosts[0]}"
        return self._destination(uri, carrier.hosts, caller, carrier.username, carrier.password)

    def _own_number(self, number: str, caller: str) -> Destination:
        address = f"{self._invitation.local_ip}:{self._platform.sip_port()}"
        return self._destination(f"sip:{number}@{address}", (address,), caller)

    def _destination(
        self,
        uri: str,
        hops: tuple[str, ...],
        caller: str,
        username: str | None = None,
        password: str | None = None,
    ) -> Destination:
        return Destination(
            uri=uri,
            hops=hops,
            caller=caller,
            username=username,
            password=password,
            max_forwards=self._invitation.max_forwards - 1,
            headers=((DEPTH_HEADER, str(self._invitation.depth + 1)),),
        )
