"""Webhooks over HTTP: their secret, what was told, and telling it again."""

from typing import TYPE_CHECKING

from dillo.accounts.roles import Role
from dillo.calls.callbacks import Attempt, Callback, Tried
from dillo.model.clock import now_us
from dillo.model.ids import new_id
from dillo.model.moments import iso_ms
from dillo.store.outbox import SqlOutbox, owe

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

SECRET = "/api/v1/webhook-secret"
ADDRESSES = "/api/v1/webhook-addresses"
DELIVERIES = "/api/v1/webhook-deliveries"


async def told(platform: "Platform", count: int, call_id: str = "") -> list[str]:
    """Owe so many callbacks to alice; returns their ids."""
    callbacks = [
        Callback(
            new_id(), "call.finished", new_id(), call_id, platform.customers["alice"],
            "https://a.example/", "POST", "{}",
        )
        for _ in range(count)
    ]  # fmt: skip
    async with platform.database.writing() as connection:
        await owe(connection, callbacks)
    return [each.id for each in callbacks]


async def actions(platform: "Platform") -> list[str]:
    entries = await platform.management.registry.audit.entries(platform.customers["alice"])
    return [each.action for each in entries]


async def test_the_secret_is_made_shown_and_replaced(platform: "Platform") -> None:
    async with platform.client("alice", Role.DEVELOPER) as alice:
        shown = await alice.get(SECRET)
        assert shown.headers["Cache-Control"] == "no-store"
        first = shown.json()["secret"]
        assert first.startswith("whsec_")
        assert (await alice.get(SECRET)).json()["secret"] == first
        second = (await alice.post(f"{SECRET}/rotate")).json()["secret"]
        assert second != first
        assert (await alice.get(SECRET)).json()["secret"] == second
    async with platform.client("alice", Role.VIEWER) as viewer:
        assert (await viewer.get(SECRET)).status_code == 403
    assert (await actions(platform)).count("webhook-secret.set") == 2


async def test_deliveries_are_listed_in_pages(platform: "Platform") -> None:
    ids = await told(platform, 3)
    async with platform.client("alice", Role.VIEWER) as alice:
        page = (await alice.get(DELIVERIES, params={"limit": 2})).json()
        rest = (await alice.get(DELIVERIES, params={"cursor": page["next_cursor"]})).json()
    listed = page["items"] + rest["items"]
    assert [each["id"] for each in listed] == sorted(ids, reverse=True)
    assert {(each["status"], each["call_id"]) for each in listed} == {("waiting", None)}
    async with platform.client("bob", Role.OWNER) as bob:
        assert (await bob.get(DELIVERIES)).json()["items"] == []


async def test_what_was_given_up_is_sent_again(platform: "Platform") -> None:
    call_id = new_id()
    (delivery_id,) = await told(platform, 1, call_id)
    at_us, outbox = now_us(), SqlOutbox(platform.database)
    attempts = [Attempt(at_us, 120, 500, None), Attempt(at_us + 1_000, 10_000, None, "no answer")]
    await outbox.note([Tried(delivery_id, each, None, False) for each in attempts])
    address = f"{DELIVERIES}/{delivery_id}"
    async with platform.client("alice", Role.DEVELOPER) as alice:
        found = (await alice.get(address)).json()
        assert (found["status"], found["next_attempt_at"]) == ("given_up", None)
        for asked, count in (
            ({"status": "given_up", "call_id": call_id}, 1),
            ({"status": "delivered"}, 0),
            ({"status": "waiting"}, 0),
            ({"call_id": new_id()}, 0),
        ):
            listed = (await alice.get(DELIVERIES, params=asked)).json()["items"]
            assert len(listed) == count, asked
        assert found["call_id"] == call_id
        assert found["attempts"] == [
            {"at": iso_ms(at_us), "duration_s": 0.12, "status": 500, "error": None},
            {"at": iso_ms(at_us + 1_000), "duration_s": 10, "status": None, "error": "no answer"},
        ]
        again = await alice.post(f"{address}/redeliver")
        assert (again.status_code, again.json()["status"]) == (202, "waiting")
        assert len(again.json()["attempts"]) == 2
    due = await outbox.due(now_us(), 9, but_ids=(), but_customers=())
    assert [each.id for each in due] == [delivery_id]
    assert "webhook-delivery.redeliver" in await actions(platform)


async def test_the_addresses_of_what_is_in_force_are_listed(platform: "Platform") -> None:
    menu = {
        "Intro": {"Text": "Press 1."},
        "Digits": {"1": {"NextNode": 1}},
        "OptionStatusCallbackUrl": "https://a.example/choice",
        "OptionStatusCallbackMethod": "GET",
    }
    behavior = {
        "StatusCallbackUrl": "https://a.example/calls",
        "ChannelBehaviorNodes": {
            "0": {"ActionType": "Menu", "ChannelBehaviorAction": menu},
            "1": {
                "ActionType": "External",
                "ChannelBehaviorAction": {"Url": "https://a.example/ask"},
            },
        },
    }
    async with platform.client("alice", Role.DEVELOPER) as alice:
        line = (await alice.post("/api/v1/applications", json={"name": "Line"})).json()
        versions = f"/api/v1/applications/{line['id']}/versions"
        assert (await alice.get(ADDRESSES)).json()["items"] == []
        published = await alice.post(versions, json={"behavior": behavior})
        assert published.status_code == 201, published.text
        found = (await alice.get(ADDRESSES)).json()["items"]
    assert {each["application"] for each in found} == {"Line"}
    assert [(each["node"], each["purpose"], each["method"], each["url"]) for each in found] == [
        (None, "status", "POST", "https://a.example/calls"),
        ("0", "option", "GET", "https://a.example/choice"),
        ("1", "answer", "POST", "https://a.example/ask"),
    ]
    async with platform.client("bob", Role.OWNER) as bob:
        assert (await bob.get(ADDRESSES)).json()["items"] == []
