"""The audit log tells what was changed, before and after, and never a secret."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from tests.contract.management.test_walls import SHARED, Operation, World, unknown, world

from dillo.accounts.roles import Role
from dillo.store.tables import audit_log

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

__all__ = ["world"]  # the fixture: two customers with one of everything

STORE = Path(__file__).parents[3] / "src" / "dillo" / "store"
NOT_CHANGES = {
    *("check_behavior", "test_application", "preview_prompt", "save_draft"),
    *("ask_password_reset", "resend_verification"),
}
"""What has nothing to tell: a draft is its author's until it is published."""
LAST = ("suspend_customer", "resume_customer", "close_customer", "sign_out")
"""After these others would be refused."""
SECRETS = {"password", "secret", "api_key", "token", "recovery_codes", "sealed_password"}

pytestmark = pytest.mark.asyncio(loop_scope="module")


def recordings_of_changes() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(STORE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record_change":
                yield f"{path.name}:{node.lineno}", node


async def test_every_change_is_told_with_what_was_or_is() -> None:
    found = dict(recordings_of_changes())
    assert len(found) > 30
    silent = [
        place
        for place, call in found.items()
        if not {"before", "after"} & {each.arg for each in call.keywords}
    ]
    assert silent == []


async def entries(platform: "Platform") -> list[dict[str, Any]]:
    async with platform.database.reading() as connection:
        rows = await connection.execute(select(audit_log).order_by(audit_log.c.id))
        return [dict(row) for row in rows.mappings()]


async def test_changing_routes_leave_a_trace_without_secrets(world: World) -> None:
    ids = {**world.mine, **SHARED}
    changed, silent = set(), set()
    async with (
        world.platform.client("mine", Role.OWNER) as owner,
        world.platform.client(
            "operator", Role.OPERATOR, None, CustomerCode=world.mine["customer_id"]
        ) as operator,
    ):
        for operation in sorted(changing(world), key=late):
            client = operator if operation.role is Role.OPERATOR else owner
            known = ids | dict.fromkeys(unknown(operation.parameters, world), "carrier")
            before = len(await entries(world.platform))
            response = await world.send(client, operation, known)
            if response.is_success:
                changed.add(operation.id)
                if len(await entries(world.platform)) == before:
                    silent.add(operation.id)
    assert silent <= NOT_CHANGES
    assert len(changed - NOT_CHANGES) > 30, changed
    for entry in await entries(world.platform):
        for part in (entry["before"], entry["after"]):
            assert not SECRETS & set(json.loads(part or "{}")), entry


def changing(world: World) -> Iterator[Operation]:
    return (each for each in world.operations() if each.method != "GET")


def late(operation: Operation) -> tuple[int, bool]:
    """Put what takes things away behind what changes them, and what ends all of it last."""
    rank = LAST.index(operation.id) if operation.id in LAST else -1
    return rank, operation.method == "DELETE"
