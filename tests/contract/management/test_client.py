"""The Python client against the real application."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dillo.accounts import keys
from dillo.accounts.ports import Change
from dillo.client import AsyncClient, Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

HELLO: dict[str, Any] = {
    "ChannelBehaviorNodes": {
        "0": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "Hello."}}
    }
}


async def connect(platform: "Platform") -> AsyncClient:
    registry, change = platform.management.registry, Change.by("operator")
    issued = await keys.issue(registry, change, platform.customers["alice"], "program")
    browser = platform.client()
    transport = browser._transport
    http = httpx.AsyncClient(transport=transport)
    return AsyncClient("http://127.0.0.1:8080", issued.secret, http=http)


async def test_an_application_from_draft_to_rolled_back(platform: "Platform") -> None:
    async with await connect(platform) as dillo:
        line = await dillo.applications.create("Line", behavior=HELLO)
        draft = await dillo.applications.draft(line.id)
        assert (draft.behavior, draft.is_publishable) == (HELLO, True)
        assert draft.etag is not None
        await dillo.applications.save_draft(line.id, HELLO, if_match=draft.etag)
        release = await dillo.applications.publish(line.id, note="First")
        assert release.version.number == 1
        with pytest.raises(Invalid) as caught:
            await dillo.applications.publish(line.id, {"ChannelBehaviorNodes": {}})
        assert caught.value.fields["problems"][0]["field"] == "ChannelBehaviorNodes"
        await dillo.applications.restore(line.id, 1)
        numbers = [each.number async for each in dillo.applications.versions(line.id)]
        assert numbers == [2, 1]
        with pytest.raises(Conflict):
            await dillo.applications.create("Line")
        with pytest.raises(NotFound):
            await dillo.applications.version(line.id, 9)
        found = await dillo.applications.difference(line.id, 1, 2)
        assert (found.added_nodes, found.changes) == ([], [])
        changed = await dillo.applications.change(line.id, is_enabled=False)
        assert changed.is_enabled is False


async def test_scenarios_templates_and_exports(platform: "Platform") -> None:
    async with await connect(platform) as dillo:
        templates = [each async for each in dillo.applications.templates()]
        line = await dillo.applications.create("Line", template=templates[0].name)
        trial = await dillo.applications.test(line.id)
        assert trial.holds
        assert trial.coverage.missed == []
        check = await dillo.applications.check(templates[0].behavior)
        assert check.is_publishable
        exported = await dillo.applications.export(line.id)
        copy = await dillo.applications.import_(exported, name="Copy")
        listed = [each.name async for each in dillo.applications.list(limit=1)]
        assert sorted(listed) == ["Copy", "Line"]
        await dillo.applications.delete(copy.id)
        assert "Menu" in (await dillo.applications.schema())["$defs"]


async def test_keys_calls_and_prompts_are_listed(platform: "Platform") -> None:
    async with await connect(platform) as dillo:
        assert [each.name async for each in dillo.keys.list()] == ["program"]
        assert [each async for each in dillo.calls.search(since="2026-01-01")] == []
        assert [each async for each in dillo.prompts.list()] == []
        with pytest.raises(Invalid):
            await dillo.prompts.upload("Welcome", b"no audio")
