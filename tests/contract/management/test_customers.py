"""Accounts: one's own, and all of them for the operator, who suspends and closes them."""

import asyncio
from typing import TYPE_CHECKING

from dillo.accounts import Change, numbers
from dillo.accounts.roles import Role

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

CUSTOMERS = "/api/v1/customers"


async def test_an_owner_names_the_account(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        etag = (await alice.get("/api/v1/customer")).headers["ETag"]
        headers = {"If-Match": etag}
        named = await alice.patch("/api/v1/customer", json={"name": "Alice Ltd"}, headers=headers)
        late = await alice.patch("/api/v1/customer", json={"name": "Other"}, headers=headers)
        forbidden = await alice.patch("/api/v1/customer", json={"limits": {}})
    assert (named.status_code, named.json()["name"]) == (200, "Alice Ltd")
    assert late.status_code == 412
    assert forbidden.status_code == 400


async def test_an_operator_opens_finds_and_changes_accounts(platform: "Platform") -> None:
    entry = {"name": "Carla & Co", "opening_balance": "12.5", "owner_email": "c@example.com"}
    async with platform.client("operator", Role.OPERATOR) as operator:
        key = {"Idempotency-Key": "order-1"}
        opened = await operator.post(CUSTOMERS, json=entry, headers=key)
        again = await operator.post(CUSTOMERS, json=entry, headers=key)
        other = await operator.post(CUSTOMERS, json=entry | {"name": "D"}, headers=key)
        path = f"{CUSTOMERS}/{opened.json()['id']}"
        change = {"limits": {"max_concurrent_calls": 3}}
        changed = (await operator.patch(path, json=change)).json()
        for search in ("carla &", opened.json()["id"]):
            found = (await operator.get(CUSTOMERS, params={"search": search})).json()["items"]
            assert [each["id"] for each in found] == [opened.json()["id"]]
        by_user = await operator.get(CUSTOMERS, params={"search": "owner@alice"})
        everybody = (await operator.get(CUSTOMERS, params={"search": "%"})).json()["items"]
        (invitation,) = (
            await operator.get("/api/v1/invitations", headers={"CustomerCode": opened.json()["id"]})
        ).json()["items"]
    assert opened.status_code == 201
    assert opened.json()["balance"] == "12.5"
    assert (again.status_code, again.content) == (201, opened.content)
    assert other.json()["type"][18:] == "idempotency-key-reused"
    assert changed["limits"]["max_concurrent_calls"] == 3
    assert changed["limits"]["max_call_s"] == opened.json()["limits"]["max_call_s"]
    assert by_user.json()["items"][0]["id"] == platform.customers["alice"]
    assert everybody == []
    assert (invitation["email"], invitation["role"]) == ("c@example.com", "owner")


async def test_what_fails_may_be_tried_again_under_the_same_key(platform: "Platform") -> None:
    key = {"Idempotency-Key": "order-2"}
    async with platform.client("operator", Role.OPERATOR) as operator:
        wrong = {"name": "Carla", "owner_email": "no address"}
        refused = await operator.post(CUSTOMERS, json=wrong, headers=key)
        opened = await operator.post(CUSTOMERS, json={"name": "Carla"}, headers=key)
        found = (await operator.get(CUSTOMERS, params={"search": "carla"})).json()["items"]
    assert (refused.status_code, opened.status_code) == (400, 201)
    assert len(found) == 1, "the customer of the refused request is not there"


async def test_a_request_sent_five_times_at_once_is_done_once(platform: "Platform") -> None:
    key, entry = {"Idempotency-Key": "order-3"}, {"name": "Carla", "opening_balance": "5"}
    async with platform.client("operator", Role.OPERATOR) as operator:
        answers = await asyncio.gather(
            *(operator.post(CUSTOMERS, json=entry, headers=key) for _ in range(5))
        )
        found = (await operator.get(CUSTOMERS, params={"search": "carla"})).json()["items"]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(found) == 1


async def test_suspended_accounts_are_read_and_resumed(platform: "Platform") -> None:
    path = f"{CUSTOMERS}/{platform.customers['alice']}"
    async with platform.client("operator", Role.OPERATOR) as operator:
        suspended = (await operator.post(f"{path}/suspend")).json()
        listed = (await operator.get(CUSTOMERS, params={"status": "suspended"})).json()["items"]
        resumed = (await operator.post(f"{path}/resume")).json()
    assert suspended["status"] == "suspended"
    assert [each["id"] for each in listed] == [platform.customers["alice"]]
    assert resumed["status"] == "active"


async def test_a_closed_account_lets_nobody_in_and_keeps_what_it_had(
    platform: "Platform",
) -> None:
    registry, code = platform.management.registry, platform.customers["alice"]
    change = Change.by("operator")
    await numbers.add(registry, change, "+442079460000")
    await numbers.buy(registry, change, "+442079460000", code)
    async with platform.client("alice") as alice, platform.client() as program:
        key = (await alice.post("/api/v1/keys", json={"name": "x"})).json()["api_key"]
        async with platform.client("operator", Role.OPERATOR) as operator:
            closed = await operator.post(f"{CUSTOMERS}/{code}/close")
            twice = await operator.post(f"{CUSTOMERS}/{code}/close")
            resumed = await operator.post(f"{CUSTOMERS}/{code}/resume")
            shown = (await operator.get(f"{CUSTOMERS}/{code}")).json()
        assert (await alice.get("/api/v1/me")).status_code == 401
        bearer = {"Authorization": f"Bearer {key}"}
        assert (await program.get("/api/v1/keys", headers=bearer)).status_code == 401
        contract = {"CustomerCode": code, "ApiKey": key}
        path = "/api/inbound/voice/442079460000/2026-11-01/2026-11-30"
        assert (await program.get(path, headers=contract)).status_code == 401
    assert closed.json()["numbers_held"] == ["+442079460000"]
    assert (twice.status_code, resumed.status_code) == (409, 409)
    assert shown["status"] == "closed"
    assert (await registry.numbers.get("+442079460000")).customer_id == code


async def test_the_audit_log_tells_who_changed_what(platform: "Platform") -> None:
    log = "/api/v1/audit-log"
    async with platform.client("alice") as alice, platform.client("bob") as bob:
        key = (await alice.post("/api/v1/keys", json={"name": "old"})).json()
        await alice.patch(f"/api/v1/keys/{key['id']}", json={"name": "new"})
        renamed, issued = (await alice.get(log, params={"action": "key."})).json()["items"]
        theirs = (await bob.get(log, params={"subject": key["id"]})).json()["items"]
        none = (await alice.get(log, params={"until": "2020-01-01T00:00:00Z"})).json()["items"]
        page = (await alice.get(log, params={"limit": 1})).json()
        rest = (await alice.get(log, params={"cursor": page["next_cursor"]})).json()["items"]
        wrong = await alice.get(log, params={"since": "yesterday"})
    async with platform.client("operator", Role.OPERATOR) as operator:
        everything = (await operator.get(log, params={"subject": key["id"]})).json()["items"]
    assert renamed["actor"] == "user:owner@alice.example.com"
    assert (renamed["before"], renamed["after"]) == ({"name": "old"}, {"name": "new"})
    assert issued["action"] == "key.issue"
    assert key["api_key"] not in str(everything)
    assert theirs == none == []
    assert page["items"] == [renamed]
    assert rest[0] == issued
    assert len(everything) == 2
    assert wrong.status_code == 400
