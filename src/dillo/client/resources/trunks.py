"""Trunks to carriers, for operators."""

from collections.abc import Sequence

from dillo.client.calls import (
    Call,
    M,
    Page,
    Resource,
    listing,
    operation,
    page_of,
    path,
    send,
)
from dillo.client.models.inventory import Trunk

_ALL = "/api/v1/trunks"


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
    def remove(self, name: str) -> Call[None]:
        """Let no further call leave through a trunk."""
        return send("DELETE", path(_ALL + "/{}", name), type(None))
