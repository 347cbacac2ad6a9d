"""API keys."""

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
from dillo.client.models.numbers import IssuedKey, Key

_ALL = "/api/v1/keys"
_ONE = _ALL + "/{}"


class Keys(Resource[M]):
    """API keys."""

    @listing
    def list(self) -> Call[Page[Key]]:
        """Return all keys, newest first, revoked ones too."""
        return page_of(_ALL, Key)

    @operation
    def get(self, key_id: str) -> Call[Key]:
        """Return a key, without the key itself."""
        return get(path(_ONE, key_id), Key)

    @operation
    def create(self, name: str, *, role: str = "developer") -> Call[IssuedKey]:
        """Make a key, which is shown this once."""
        return send("POST", _ALL, IssuedKey, {"name": name, "role": role})

    @operation
    def rename(self, key_id: str, name: str, *, if_match: str | None = None) -> Call[Key]:
        """Give a key another name."""
        return send("PATCH", path(_ONE, key_id), Key, {"name": name}, if_match=if_match)

    @operation
    def rotate(self, key_id: str, *, overlap_s: int = 86_400) -> Call[IssuedKey]:
        """Make another key in place of this one, which works for a while beside it."""
        address = path(_ONE + "/rotate", key_id)
        return send("POST", address, IssuedKey, {"overlap_s": overlap_s})

    @operation
    def revoke(self, key_id: str) -> Call[None]:
        """Make a key worthless from now on."""
        return send("DELETE", path(_ONE, key_id), type(None))
