"""Trunks to carriers, for operators."""

from collections.abc import Sequence

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
from dillo.client.models.inventory import Trunk

_ALL = "/api/v1/trunks"
_ONE = _ALL + "/{}"


class Trunks(Resource[M]):
    """Trunks."""

    @listing
    def list(self) -> Call[Page[Trunk]]:
        """Return all trunks by name."""
        return page_of(_ALL, Trunk)

    @operation
    def add(
        self,
        name: str,
        *,
        hosts: Sequence[str],
        prefixes: Sequence[str] | None = None,
        username: str | None = None,
        password: str | None = None,
    ) -> Call[Trunk]:
        """Let calls to these prefixes leave through a carrier; to all numbers without any."""
        body = {
            "name": name,
            "hosts": hosts,
            "prefixes": prefixes or None,
            "username": username,
            "password": password,
        }
        return send("POST", _ALL, Trunk, body)

    @operation
    def get(self, name: str) -> Call[Trunk]:
        """Return a trunk."""
        return get(path(_ONE, name), Trunk)

    @operation
    def change(
        self,
        name: str,
        *,
        new_name: str | UnsetType = UNSET,
        hosts: Sequence[str] | UnsetType = UNSET,
        prefixes: Sequence[str] | UnsetType = UNSET,
        username: str | UnsetType | None = UNSET,
        password: str | UnsetType = UNSET,
        if_match: str | None = None,
    ) -> Call[Trunk]:
        """Name a trunk anew, reach it differently; no user name takes the password away, too."""
        body = {
            "name": new_name,
            "hosts": hosts,
            "prefixes": prefixes,
            "username": username,
            "password": password,
        }
        return send("PATCH", path(_ONE, name), Trunk, body, if_match=if_match)

    @operation
    def remove(self, name: str) -> Call[None]:
        """Let no further call leave through a trunk."""
        return send("DELETE", path(_ONE, name), type(None))
