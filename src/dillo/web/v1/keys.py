"""`/api/v1/keys`: API keys, the resource that shows how the others are built."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from dillo.accounts import keys
from dillo.accounts.people import Transactions
from dillo.accounts.ports import ApiKey, Registry
from dillo.accounts.roles import Role
from dillo.model.clock import now_us
from dillo.web.problems import FORBIDDEN, Refused
from dillo.web.v1.conditions import Conditions
from dillo.web.v1.described import problems
from dillo.web.v1.documents import (
    Document,
    Entry,
    Id,
    Identifier,
    Moment,
    Name,
    Page,
    maybe_moment,
    moment,
)
from dillo.web.v1.gate import Developer, Viewer
from dillo.web.v1.pages import Paging

_LIST = "keys"
_VOLATILE = "last_used_at"

KeyRole = Annotated[
    Literal["viewer", "developer", "owner", "operator"],
    Field(description="What the key may do: no more than whoever makes it"),
]


class Key(Document):
    """An API key, without the key itself."""

    id: Identifier
    name: Name
    role: KeyRole
    status: Annotated[
        Literal["active", "expired", "revoked"],
        Field(description="`active` also while a key that was rotated still works"),
    ]
    created_at: Moment
    last_used_at: Annotated[Moment | None, Field(description="To the minute")]
    expires_at: Annotated[Moment | None, Field(description="When it ends by itself")]
    revoked_at: Moment | None


class IssuedKey(Key):
    """A new API key."""

    api_key: Annotated[str, Field(description="The key itself: it is shown this once")]


class NewKey(Entry):
    """A key to be made."""

    name: Name
    role: KeyRole = "developer"


class KeyChange(Entry):
    """What of a key may be changed."""

    name: Name


class KeyRotation(Entry):
    """How to replace a key."""

    overlap_s: Annotated[
        int,
        Field(ge=0, le=keys.LONGEST_OVERLAP_S, description="Seconds for which the old key works"),
    ] = 86_400


def add_keys(router: APIRouter, registry: Registry, transactions: Transactions) -> None:
    """Add the routes of API keys."""

    @router.get("/keys", tags=["API keys"])
    async def list_keys(asker: Viewer, asked: Paging) -> Page[Key]:
        """List API keys, newest first, revoked ones too."""
        rows = await registry.keys.page(asker.customer, asked.after_id(_LIST), asked.take)
        return asked.page(_LIST, rows, _shown, lambda key: (key.id,))

    @router.post("/keys", tags=["API keys"], status_code=201)
    async def create_key(asker: Developer, entry: NewKey) -> IssuedKey:
        """Make an API key, which is shown this once."""
        role = Role(entry.role)
        if not asker.role.covers(role):
            raise Refused(FORBIDDEN, f"Ask for a key that is at most {asker.role.value}.")
        if role is Role.OPERATOR and asker.customer is not None:
            raise Refused(FORBIDDEN, "Leave out CustomerCode to make an operator's key.")
        # An operator who makes any other key must say for which customer.
        customer = None if role is Role.OPERATOR else asker.customer_id
        issued = await keys.issue(registry, asker.change(), customer, entry.name, role)
        return _issued(issued)

    @router.get("/keys/{key_id}", tags=["API keys"])
    async def get_key(asker: Viewer, key_id: Id, given: Conditions) -> Key:
        """Show an API key, without the key itself."""
        return given.shown(_shown(await registry.keys.get(asker.customer, key_id)), _VOLATILE)

    @router.patch("/keys/{key_id}", tags=["API keys"], responses=problems(412))
    async def rename_key(asker: Developer, key_id: Id, entry: KeyChange, given: Conditions) -> Key:
        """Give an API key another name."""
        async with transactions.joint(f"key:{key_id}"):
            given.require(_shown(await registry.keys.get(asker.customer, key_id)), _VOLATILE)
            key = await keys.rename(registry, asker.change(), asker.customer, key_id, entry.name)
        return given.shown(_shown(key), _VOLATILE)

    @router.post("/keys/{key_id}/rotate", tags=["API keys"], status_code=201)
    async def rotate_key(asker: Developer, key_id: Id, entry: KeyRotation) -> IssuedKey:
        """Make another key in place of this one, which works for a while beside it."""
        old = await registry.keys.get(asker.customer, key_id)
        if not asker.role.covers(old.role):
            raise Refused(FORBIDDEN, f"Ask somebody who is {old.role.value} to do this.")
        issued = await keys.rotate(
            registry, asker.change(), asker.customer, key_id, entry.overlap_s
        )
        return _issued(issued)

    @router.delete("/keys/{key_id}", tags=["API keys"], status_code=204)
    async def revoke_key(asker: Developer, key_id: Id) -> Response:
        """Make an API key worthless from now on."""
        await keys.revoke(registry, asker.change(), asker.customer, key_id)
        return Response(status_code=204)


def _shown(key: ApiKey) -> Key:
    return Key(**_fields(key))


def _issued(issued: keys.IssuedKey) -> IssuedKey:
    return IssuedKey(**_fields(issued.key), api_key=issued.secret)


def _fields(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "role": key.role.value,
        "status": key.status(now_us()),
        "created_at": moment(key.created_us),
        "last_used_at": maybe_moment(key.last_used_us),
        "expires_at": maybe_moment(key.expires_us),
        "revoked_at": maybe_moment(key.revoked_us),
    }
