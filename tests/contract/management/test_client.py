"""The Python client against the real application."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.contract.store.crowded import crowd

from dillo.accounts import keys
from dillo.accounts.ports import Change
from dillo.accounts.roles import Role
from dillo.calls.callbacks import Callback
from dillo.client import (
    AsyncClient,
    Conflict,
    ExportFailed,
    Invalid,
    NotFound,
    PreconditionFailed,
    Unfinished,
)
from dillo.client.models.inventory import OwnFees
from dillo.jobs.exporting import Exporter
from dillo.model.ids import new_id
from dillo.store.archive import SqlCallArchive
from dillo.store.exports import SqlExports
from dillo.store.outbox import owe
from dillo.store.transcripts import SqlTranscripts
from dillo.web.v1 import aggregates

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

HELLO: dict[str, Any] = {
    "ChannelBehaviorNodes": {
        "0": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "Hello."}}
    }
}


async def connect(
    platform: "Platform", customer_id: str | None = None, role: Role = Role.OWNER
) -> AsyncClient:
    """Return a client of alice, of another customer, or of an operator who acts for one."""
    registry, change = platform.management.registry, Change.by("operator")
    customer_id = customer_id or platform.customers["alice"]
    is_operator = role is Role.OPERATOR
    of = None if is_operator else customer_id
    issued = await keys.issue(registry, change, of, "program", role)
    http = httpx.AsyncClient(transport=platform.client()._transport)
    acted_for = customer_id if is_operator else None
    return AsyncClient("http://127.0.0.1:8080", issued.secret, customer=acted_for, http=http)


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


async def test_calls_are_searched_summed_up_and_exported(platform: "Platform") -> None:
    settled = await crowd(platform.database, Change.by("operator"), 30)
    owner, database = settled.lines[0].customer_id, platform.database
    async with await connect(platform, owner) as dillo:
        found = [each async for each in dillo.calls.search(is_answered=True, sort="price")]
        assert [each.price for each in found] == sorted(each.price for each in found)  # type: ignore[type-var]
        lines = {line.number for line in settled.lines if line.customer_id == owner}
        both = [each.id async for each in dillo.calls.search(is_answered=True, number=[*lines])]
        assert sorted(both) == sorted(each.id for each in found)
        sums = await dillo.calls.aggregates(
            since="2025-01-01", until="2030-01-01", unit="month", is_answered=True
        )
        assert sum(each.calls for each in sums.totals) == len(found)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(aggregates, "MOST_SUMS", 1)
            by_reason = await dillo.calls.aggregates(
                since="2025-01-01", until="2030-01-01", group_by="end_reason", is_answered=True
            )
        assert sum(each.calls for each in by_reason.items) == len(found)
        price = await dillo.calls.price(found[0].id)
        assert (price.price, price.is_reproduced) == (found[0].price, True)
        export = await dillo.exports.start("csv", is_answered=True)
        with pytest.raises(Unfinished):
            await dillo.exports.wait(export.id, timeout_s=1)
        await Exporter(SqlExports(database), SqlCallArchive(database), platform.folder).export(
            export.id
        )
        done = await dillo.exports.wait(export.id)
        content = await dillo.exports.download(export.id)
        assert (done.rows, done.size) == (len(found), len(content))
        assert await dillo.exports.download(export.id, start=3, end=9) == content[3:9]
        recordings = [each async for each in dillo.recordings.list()]
        of_call = [each async for each in dillo.recordings.list(call_id=recordings[0].call_id)]
        assert recordings[0] in of_call
        assert await dillo.recordings.get(recordings[0].id) == recordings[0]
        (again,) = await SqlTranscripts(database).ask_again(recordings[0].id, None)
        (pending,) = [each async for each in dillo.recordings.transcriptions(status="Pending")]
        details = await dillo.recordings.transcription(again)
        assert (details.id, details.segments) == (pending.id, [])
        await dillo.exports.delete(export.id)
        with pytest.raises(NotFound):
            await dillo.exports.wait(export.id)
    assert issubclass(ExportFailed, Exception)


async def test_people_and_webhooks(platform: "Platform") -> None:
    customer_id = platform.customers["alice"]
    told = Callback(
        new_id(), "call.started", new_id(), new_id(), customer_id, "http://a/", "POST", "{}"
    )
    async with platform.database.writing() as connection:
        await owe(connection, [told])
    async with await connect(platform) as dillo:
        users = {user.role: user async for user in dillo.users.list()}
        promoted = await dillo.users.change_role(users["viewer"].id, "developer")
        assert promoted.role == "developer"
        await dillo.users.remove(promoted.id)
        asked = await dillo.users.invite("eve@example.com", role="viewer")
        assert [each.id async for each in dillo.users.invitations()] == [asked.id]
        await dillo.users.withdraw(asked.id)
        before = await dillo.webhooks.secret()
        assert (await dillo.webhooks.rotate_secret()).secret != before.secret
        (delivery,) = [each async for each in dillo.webhooks.deliveries(status="waiting")]
        assert [each async for each in dillo.webhooks.addresses()] == []
        assert (await dillo.webhooks.delivery(delivery.id)).attempts == []
        again = await dillo.webhooks.redeliver(delivery.id)
        assert (again.id, again.status) == (told.id, "waiting")
        account = await dillo.customers.own()
        renamed = await dillo.customers.rename("Alice Ltd", if_match=account.etag)
        assert (renamed.id, renamed.name) == (customer_id, "Alice Ltd")
        actions = [each.action async for each in dillo.customers.changes(action="user.")]
        assert "user.remove" in actions
        alert = await dillo.billing.set_alert(Decimal("2.5"), email="anna@example.com")
        assert await dillo.billing.alert() == alert
        await dillo.billing.remove_alert()


async def test_what_an_operator_does(platform: "Platform") -> None:
    async with await connect(platform, role=Role.OPERATOR) as dillo:
        loaded = await dillo.inventory.load(b"number,type\n+442079460000,local\n")
        assert loaded.imported == 1
        (stocked,) = [each async for each in dillo.inventory.list()]
        assert (stocked.status, stocked.fees) == ("available", None)
        fees = OwnFees(currency="EUR", monthly_fee=Decimal("1.5"))
        stocked = await dillo.inventory.change(stocked.number, area="London", fees=fees)
        assert stocked == await dillo.inventory.get(stocked.number)
        assert (stocked.area, stocked.fees) == ("London", fees)
        tariff = await dillo.tariffs.load(b"prefix,per_minute\n44,0.02\ndefault,0.1\n")
        assert tariff.prefixes == 2
        assert tariff in [each async for each in dillo.tariffs.list()]
        details = await dillo.tariffs.get(tariff.name, tariff.version)
        assert "local" in [each.type for each in details.types]
        rates = [each async for each in dillo.tariffs.rates(tariff.name, tariff.version)]
        assert [(each.prefix, each.per_minute) for each in rates] == [
            ("44", Decimal("0.02")),
            ("default", Decimal("0.1")),
        ]
        trunk = await dillo.trunks.add(
            "carrier", hosts=["192.0.2.1"], username="us", password="secret"
        )
        assert [each async for each in dillo.trunks.list()] == [trunk]
        seen = await dillo.trunks.get("carrier")
        changed = await dillo.trunks.change("carrier", hosts=["192.0.2.2"], if_match=seen.etag)
        assert (changed.hosts, changed.username) == (["192.0.2.2"], "us")
        with pytest.raises(PreconditionFailed):
            await dillo.trunks.change("carrier", username=None, if_match=seen.etag)
        assert (await dillo.trunks.change("carrier", username=None)).username is None
        assert (await dillo.trunks.change("carrier", new_name="acme")).name == "acme"
        await dillo.trunks.remove("acme")
        opened = await dillo.customers.open("Carol", opening_balance=Decimal("20"))
        assert (await dillo.customers.limit(opened.id, max_call_s=60)).limits.max_call_s == 60
        assert (await dillo.customers.suspend(opened.id)).status == "suspended"
        assert (await dillo.customers.resume(opened.id)).status == "active"
        assert (await dillo.customers.close(opened.id)).numbers_held == []
        everybody = [each.id async for each in dillo.customers.list()]
        assert {opened.id, platform.customers["alice"]} <= set(everybody)
        bought = await dillo.numbers.buy("+442079460000")
        (held,) = [each async for each in dillo.inventory.history(bought.number)]
        assert held.customer_id == platform.customers["alice"]
        paid = await dillo.billing.top_up(Decimal("12.345678"))
        assert paid.balance == Decimal("10.845678")  # the month of the number
        assert [each.agrees async for each in dillo.billing.check()] == [True]
        assert [each.engine async for each in dillo.voices.list(language="it")][-1] == "espeak"
