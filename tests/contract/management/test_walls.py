"""Every route, with every id, as the wrong customer, with the wrong role, and as nobody.

Routes are taken from the OpenAPI document, so a new one is tested as soon as it is there. Where a
test does not know an id or a body, it says what to add to the tables below.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import pytest_asyncio
from fastapi.routing import APIRoute
from tests.contract.management.conftest import open_platform
from tests.contract.management.examples import example, resolve
from tests.contract.store.crowded import crowd

from dillo.accounts import Change, invitations, keys, prompts
from dillo.accounts.roles import CUSTOMER_ROLES, Role
from dillo.calls.archive import CallFilter
from dillo.calls.callbacks import Callback
from dillo.calls.exports import ExportFormat
from dillo.model.clock import now_us
from dillo.model.ids import new_id
from dillo.store.outbox import owe
from dillo.store.transcripts import SqlTranscripts
from dillo.web.app import WebSettings, create_app

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

PUBLIC = {
    "create_account",
    "resend_verification",
    "verify_email",
    "ask_password_reset",
    "reset_password",
    "sign_in_user",
    "accept_invitation",
}
"""Operations that need nobody to be signed in: think twice before you add one."""

SHARED = {
    "startDate": "2026-11-01",
    "endDate": "2026-11-30",
    "page": "1",
    "version_number": "1",
    "template_name": "voicemail",
}
"""Parameters in addresses that are nobody's, with a value."""

BODIES: dict[str, Any] = {}
"""Bodies by operation id, where the least that the schema allows is refused."""

UNDOCUMENTED = {"/openapi.json", "/health", "/metrics"}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    described: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.described["operationId"])

    @property
    def role(self) -> Role | None:
        """From which role on it may be used; None where any will do."""
        name = self.described.get("x-role")
        return None if name is None else Role(name)

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @property
    def queries(self) -> list[str]:
        found = self.described.get("parameters", [])
        return [each["name"] for each in found if each["in"] == "query"]

    def address(self, ids: dict[str, str]) -> str:
        return re.sub(r"{(\w+)}", lambda found: ids[found[1]], self.path)

    def body(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return what httpx sends: the least that is allowed."""
        content = self.described.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            least = example(content["application/json"]["schema"], document)
            return {"json": BODIES.get(self.id, least)}
        if "multipart/form-data" in content:
            return {"files": {"file": ("a.wav", b"RIFF")}, "data": {"name": "x"}}
        return (
            {"content": b"x", "headers": {"Content-Type": next(iter(content))}} if content else {}
        )

    def properties(self, document: dict[str, Any]) -> list[str]:
        """Return the names of the body's properties."""
        content = self.described.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        schema = resolve(schema["$ref"], document) if "$ref" in schema else schema
        return list(schema.get("properties", {}))


@dataclass(frozen=True)
class World:
    """Two customers with one of everything."""

    platform: "Platform"
    document: dict[str, Any]
    mine: dict[str, str]
    theirs: dict[str, str]

    def operations(self) -> Iterator[Operation]:
        for path, methods in self.document["paths"].items():
            for method, described in methods.items():
                yield Operation(method.upper(), path, described)

    async def send(
        self, client: httpx.AsyncClient, operation: Operation, ids: dict[str, str]
    ) -> httpx.Response:
        body = operation.body(self.document)
        return await client.request(operation.method, operation.address(ids), **body)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    sqlite_crowd_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    async with open_platform(sqlite_crowd_url, tmp_path_factory.mktemp("walls")) as platform:
        settled = await crowd(platform.database, Change.by("operator"), 40)
        owned = []
        for name, line in (("mine", settled.lines[0]), ("theirs", settled.lines[2])):
            for role in CUSTOMER_ROLES:
                await platform.add_person(name, role, line.customer_id)
            records = [each.record for each in settled.calls]
            records = [each for each in records if each.customer_id == line.customer_id]
            recordings = [each.recording_id for record in records for each in record.recordings]
            owned.append(
                await things(platform, line.customer_id)
                | {
                    "call_id": records[0].call_id,
                    "recording_id": recordings[0],
                    "recordingId": recordings[0],
                    "transcription_id": await transcription(platform, recordings[0]),
                    "application_id": line.application_id,
                    "number_id": line.number_id,
                    "number": line.number,
                    "e164": line.number,
                    "inboundActiveNumber": line.number,
                }
            )
        async with platform.client() as client:
            document = (await client.get("/openapi.json")).json()
        yield World(platform, document, *owned)


async def things(platform: "Platform", customer_id: str) -> dict[str, str]:
    """Make one of everything for a customer; returns ids by the parameters they are asked with."""
    people, registry = platform.management.people, platform.management.registry
    change = Change.by("test")
    email = f"{customer_id}@example.com"
    issued = await keys.issue(registry, change, customer_id, "server")
    invited = await invitations.invite(people, change, customer_id, email, Role.VIEWER)
    prompt = await prompts.add(registry, change, customer_id, "Hello", "ab" * 32)
    users = {user.role: user for user in await people.users.page(customer_id, None, 9)}
    exports = platform.management.exports
    asked = CallFilter(customer_id=customer_id)
    export = await exports.create("test", customer_id, ExportFormat.CSV, asked)
    (session,) = await people.sessions.of(users[Role.DEVELOPER].id, now_us())
    delivery = Callback(
        new_id(), "call.started", new_id(), new_id(), customer_id, "http://a/", "POST", "{}"
    )
    async with platform.database.writing() as connection:
        await owe(connection, [delivery])
    return {
        "api_key": issued.secret,
        "key_id": issued.key.id,
        "invitation_id": invited.invitation.id,
        "prompt": prompt.id,
        "prompt_id": prompt.id,
        "user_id": users[Role.VIEWER].id,
        "session_id": session.id,
        "export_id": export.id,
        "delivery_id": delivery.id,
        "customer_id": customer_id,
    }


async def transcription(platform: "Platform", recording_id: str) -> str:
    """Let a recording be transcribed; returns the id."""
    (pending,) = await SqlTranscripts(platform.database).ask_again(recording_id, None)
    return pending


def unknown(names: list[str], world: World) -> list[str]:
    return [name for name in names if name not in {**world.theirs, **SHARED}]


async def test_an_id_is_known_for_every_parameter(world: World) -> None:
    missing = {
        f"{operation.id}: {name}"
        for operation in world.operations()
        if operation.role is not Role.OPERATOR
        for name in unknown(operation.parameters, world)
    }
    assert not missing, (
        "make one for each customer in `things` of test_walls.py, or, if it is nobody's, name it "
        f"in SHARED: {sorted(missing)}"
    )


async def test_every_route_is_described(world: World) -> None:
    settings = WebSettings(Path("unused"))
    reading: Any = None
    app = create_app(reading, reading, reading, settings, world.platform.management)
    served = {route.path.rstrip("/") for route in app.routes if isinstance(route, APIRoute)}
    assert served - set(world.document["paths"]) - UNDOCUMENTED == set()


async def test_nobody_gets_in_without_credentials(world: World) -> None:
    ids = {**world.mine, **SHARED}
    open_to_all = set()
    async with world.platform.client() as nobody:
        for operation in world.operations():
            known = ids | dict.fromkeys(unknown(operation.parameters, world), "x")
            response = await world.send(nobody, operation, known)
            if response.status_code != 401:
                open_to_all.add(operation.id)
            else:
                assert response.headers["Content-Type"] == "application/problem+json"
    assert open_to_all <= PUBLIC


async def test_no_role_does_what_only_others_may(world: World) -> None:
    ids = {**world.mine, **SHARED}
    for role in CUSTOMER_ROLES:
        async with world.platform.client("mine", role) as client:
            for operation in world.operations():
                if operation.role is None or role.covers(operation.role):
                    continue
                known = ids | dict.fromkeys(unknown(operation.parameters, world), "x")
                response = await world.send(client, operation, known)
                problem = response.json()["type"]
                assert (operation.id, role, problem) == (
                    operation.id,
                    role,
                    "urn:dillo:problem:forbidden",
                )


async def test_no_other_sites_page_changes_anything(world: World) -> None:
    ids = {**world.mine, **SHARED}
    forged = {"X-CSRF-Token": "guess"}
    async with world.platform.client("mine", Role.OWNER, None, **forged) as client:
        for operation in world.operations():
            if operation.method == "GET" or operation.id in PUBLIC:
                continue
            known = ids | dict.fromkeys(unknown(operation.parameters, world), "x")
            response = await world.send(client, operation, known)
            assert (operation.id, response.json()["type"]) == (
                operation.id,
                "urn:dillo:problem:csrf",
            )


async def test_what_is_somebody_elses_answers_as_what_does_not_exist(world: World) -> None:
    """One id at a time is somebody else's; all others are one's own."""
    async with owners(world) as choose:
        for operation in world.operations():
            client = choose(operation)
            for name in operation.parameters:
                if operation.role is Role.OPERATOR or name in SHARED:
                    continue
                values = (world.theirs[name], nobodys(world.theirs[name]))
                answers = [
                    await world.send(client, operation, {**SHARED, **world.mine, name: value})
                    for value in values
                ]
                assert answers[0].status_code == 404, (
                    f"{operation.id} as somebody else's {name}: {answers[0].status_code} "
                    f"{answers[0].text[:300]} (if its body is at fault, add one to BODIES)"
                )
                texts = [anonymous(*each) for each in zip(answers, values, strict=True)]
                assert texts[0] == texts[1], operation.id


async def test_somebody_elses_ids_in_queries_and_bodies_are_nobodys(world: World) -> None:
    async with owners(world) as choose:
        for operation in world.operations():
            client = choose(operation)
            if operation.role is Role.OPERATOR or operation.id in PUBLIC:
                continue
            for name in set(operation.queries) & set(world.theirs):
                address = operation.address({**SHARED, **world.mine})
                texts = []
                for value in (world.theirs[name], nobodys(world.theirs[name])):
                    answer = await client.request(operation.method, address, params={name: value})
                    texts.append(anonymous(answer, value))
                assert texts[0] == texts[1], (operation.id, name)
            for name in set(operation.properties(world.document)) & set(world.theirs):
                await _assert_refused(world, client, operation, name)


async def _assert_refused(
    world: World, client: httpx.AsyncClient, operation: Operation, name: str
) -> None:
    body = operation.body(world.document)["json"]
    texts = []
    for value in (world.theirs[name], nobodys(world.theirs[name])):
        address = operation.address({**SHARED, **world.mine})
        answer = await client.request(operation.method, address, json=body | {name: value})
        assert answer.is_client_error, (operation.id, name, answer.text)
        texts.append(anonymous(answer, value))
    assert texts[0] == texts[1], (operation.id, name)


@asynccontextmanager
async def owners(world: World) -> AsyncIterator[Callable[[Operation], httpx.AsyncClient]]:
    """Yield what chooses a client that may do all a customer may: signed in, or with a key."""
    key = {"CustomerCode": world.mine["customer_id"], "ApiKey": world.mine["api_key"]}
    async with (
        world.platform.client("mine", Role.OWNER) as signed_in,
        world.platform.client(None, Role.OWNER, None, **key) as with_key,
    ):
        yield lambda operation: with_key if "/inbound/" in operation.path else signed_in


def nobodys(value: str) -> str:
    """Return a value of the same kind that is nobody's."""
    return "+40213000001" if value.startswith("+") else new_id()


def anonymous(answer: httpx.Response, value: str) -> tuple[int, str]:
    """Return an answer without the id that was asked for, and without moments."""
    text = answer.text.replace(json.dumps(value)[1:-1], "ID")
    return answer.status_code, re.sub(r"[0-9-]{10}T[0-9:.]{12}Z", "MOMENT", text)
