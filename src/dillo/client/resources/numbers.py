"""Phone numbers: found, bought, given applications, released."""

from typing import Unpack

from msgspec import UNSET, UnsetType

from dillo.client.calls import (
    Call,
    M,
    Page,
    Resource,
    get,
    listing,
    operation,
    page_of,
    path,
    send,
)
from dillo.client.models.numbers import AvailableNumber, Number
from dillo.client.models.people import GivenLimits

_ALL = "/api/v1/numbers"
_ONE = _ALL + "/{}"


class Numbers(Resource[M]):
    """Phone numbers."""

    @listing
    def list(self) -> Call[Page[Number]]:
        """Return the numbers that the account holds."""
        return page_of(_ALL, Number)

    @listing
    def available(
        self,
        *,
        country: str | None = None,
        type: str | None = None,
        pattern: str | None = None,
    ) -> Call[Page[AvailableNumber]]:
        """Return numbers that can be bought, with their fees."""
        query = {"country": country, "type": type, "pattern": pattern}
        return page_of("/api/v1/available-numbers", AvailableNumber, query=query)

    @operation
    def get(self, number: str) -> Call[Number]:
        """Return a number that the account holds."""
        return get(path(_ONE, number), Number)

    @operation
    def buy(self, number: str, *, idempotency_key: str | None = None) -> Call[Number]:
        """Buy a number; sent twice it is bought once."""
        return send("POST", _ALL, Number, {"number": number}, once=idempotency_key or True)

    @operation
    def assign(
        self,
        number: str,
        *,
        primary_application_id: str | UnsetType | None = UNSET,
        fallback_application_id: str | UnsetType | None = UNSET,
        if_match: str | None = None,
    ) -> Call[Number]:
        """Let calls to a number run these applications; what is left out stays."""
        body = {
            "primary_application_id": primary_application_id,
            "fallback_application_id": fallback_application_id,
        }
        return send("PATCH", path(_ONE, number), Number, body, if_match=if_match)

    @operation
    def limit(self, number: str, **limits: Unpack[GivenLimits]) -> Call[Number]:
        """Bound the calls to a number; what is not given is bounded by the account's limits."""
        return send("PATCH", path(_ONE, number), Number, {"limits": limits})

    @operation
    def release(self, number: str) -> Call[None]:
        """Give a number back; its calls stay readable."""
        return send("DELETE", path(_ONE, number), type(None))
