"""`/api/v1/trunks`: the carriers that dialled calls leave through, for the operator."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import Field

from dillo.accounts import trunks
from dillo.accounts.people import Transactions
from dillo.accounts.ports import Registry, Trunk
from dillo.accounts.webhook_secrets import Cipher
from dillo.web.v1.conditions import Conditions
from dillo.web.v1.described import problems
from dillo.web.v1.documents import Document, Entry, Identifier, Name, Page
from dillo.web.v1.gate import Operator

_TAGS: list[Any] = ["Trunks"]

Hosts = Annotated[
    list[Annotated[str, Field(max_length=300)]],
    Field(
        min_length=1,
        max_length=20,
        description="`host` or `host:port`, tried in order; an IPv6 address in brackets",
        examples=[["sip.carrier.example"]],
    ),
]
Prefixes = Annotated[
    list[Annotated[str, Field(max_length=16)]],
    Field(
        max_length=1000,
        description="First digits of the numbers that go this way; `*` for all others",
        examples=[["+44"]],
    ),
]
InPath = Annotated[str, Path(max_length=200, examples=["carrier"])]


class TrunkShown(Document):
    """A trunk, without its password."""

    id: Identifier
    name: Name
    hosts: Hosts
    prefixes: Prefixes
    username: str | None


class NewTrunk(Entry):
    """A trunk to be added."""

    name: Name
    hosts: Hosts
    prefixes: Annotated[Prefixes | None, Field(description="Left out: all numbers")] = None
    username: Annotated[str | None, Field(max_length=200)] = None
    password: Annotated[
        str | None, Field(max_length=200, description="Of digest; stored encrypted, never shown")
    ] = None


class TrunkChange(Entry):
    """What of a trunk is to be changed; what is left out stays."""

    name: Annotated[Name | None, Field(description="Numbers that name the trunk follow")] = None
    hosts: Hosts | None = None
    prefixes: Annotated[Prefixes | None, Field(description="Empty: all numbers")] = None
    username: Annotated[
        str | None, Field(max_length=200, description="null takes user name and password away")
    ] = None
    password: Annotated[
        str | None, Field(max_length=200, description="Stored encrypted, never shown")
    ] = None


def add_trunks(
    router: APIRouter, registry: Registry, transactions: Transactions, cipher: Cipher
) -> None:
    """Add the routes of trunks."""

    @router.get("/trunks", tags=_TAGS)
    async def list_trunks(_asker: Operator) -> Page[TrunkShown]:
        """List all trunks by name."""
        return Page(items=[_shown(each) for each in await registry.trunks.all()], next_cursor=None)

    @router.post("/trunks", tags=_TAGS, status_code=201, responses=problems(409))
    async def create_trunk(asker: Operator, entry: NewTrunk) -> TrunkShown:
        """Let dialled calls leave through a carrier."""
        added = await trunks.add(
            registry,
            asker.change(),
            entry.name,
            entry.hosts,
            username=entry.username,
            sealed_password=_sealed(cipher, entry.password),
            prefixes=entry.prefixes or (),
        )
        return _shown(added)

    @router.get("/trunks/{name}", tags=_TAGS)
    async def get_trunk(_asker: Operator, name: InPath, given: Conditions) -> TrunkShown:
        """Show a trunk."""
        return given.shown(_shown(await registry.trunks.get(name)))

    @router.patch("/trunks/{name}", tags=_TAGS, responses=problems(409, 412))
    async def change_trunk(
        asker: Operator, name: InPath, entry: TrunkChange, given: Conditions
    ) -> TrunkShown:
        """Name a trunk anew, or reach its carrier differently, from the next call on."""
        takes_login = "username" in entry.model_fields_set and entry.username is None
        async with transactions.joint(f"trunk:{name}"):
            trunk = await registry.trunks.get(name)
            given.require(_shown(trunk))
            changed = await trunks.change(
                registry,
                asker.change(),
                trunk,
                name=entry.name,
                hosts=entry.hosts,
                username="" if takes_login else entry.username,
                sealed_password=_sealed(cipher, entry.password),
                prefixes=entry.prefixes,
            )
        return given.shown(_shown(changed))

    @router.delete("/trunks/{name}", tags=_TAGS, status_code=204, responses=problems(409))
    async def remove_trunk(asker: Operator, name: InPath) -> Response:
        """Let no further call leave through a trunk.

        Refused while numbers take calls from it only.
        """
        await trunks.remove(registry, asker.change(), name)
        return Response(status_code=204)


def _sealed(cipher: Cipher, password: str | None) -> str | None:
    return None if password is None else cipher.seal(password)


def _shown(trunk: Trunk) -> TrunkShown:
    return TrunkShown(
        id=trunk.id,
        name=trunk.name,
        hosts=list(trunk.hosts),
        prefixes=[f"+{prefix}" if prefix else trunks.ANY_NUMBER for prefix in trunk.prefixes],
        username=trunk.username,
    )
