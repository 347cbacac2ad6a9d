"""API keys over HTTP: shown once, renamed, replaced with overlap, revoked."""

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dillo.accounts.roles import Role

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

KEYS = "/api/v1/keys"


async def issue(client: httpx.AsyncClient, **entry: str) -> dict[str, Any]:
    response = await client.post(KEYS, json={"name": "server"} | entry)
    assert response.status_code == 201, response.text
    key: dict[str, Any] = response.json()
    return key


async def test_a_key_is_shown_once_and_works_at_once(platform: "Platform") -> None:
    async with platform.client("alice") as alice, platform.client() as program:
        issued = await issue(alice)
        listed = (await alice.get(KEYS)).json()
        bearer = {"Authorization": f"Bearer {issued['api_key']}"}
        contract = {"CustomerCode": platform.customers["alice"], "ApiKey": issued["api_key"]}
        for headers in (bearer, contract):
            response = await program.get(KEYS, headers=headers)
            assert response.status_code == 200
            assert response.json() == listed
    assert listed["next_cursor"] is None
    (item,) = listed["items"]
    assert item == {name: value for name, value in issued.items() if name != "api_key"}
    assert item["status"] == "active"


async def test_a_rotated_key_works_beside_its_successor(platform: "Platform") -> None:
    async with platform.client("alice") as alice, platform.client() as program:
        old = await issue(alice)
        new = (await alice.post(f"{KEYS}/{old['id']}/rotate", json={"overlap_s": 3600})).json()
        for key in (old, new):
            bearer = {"Authorization": f"Bearer {key['api_key']}"}
            assert (await program.get(KEYS, headers=bearer)).status_code == 200
        ending = (await alice.get(f"{KEYS}/{old['id']}")).json()
        at_once = await alice.post(f"{KEYS}/{new['id']}/rotate", json={"overlap_s": 0})
        gone = await program.get(KEYS, headers={"Authorization": f"Bearer {new['api_key']}"})
    assert (new["name"], new["role"]) == (old["name"], old["role"])
    assert ending["status"] == "active"
    assert ending["expires_at"] is not None
    assert at_once.status_code == 201
    assert gone.status_code == 401


async def test_a_revoked_key_is_worthless_and_stays_listed(platform: "Platform") -> None:
    async with platform.client("alice") as alice, platform.client() as program:
        issued = await issue(alice)
        assert (await alice.delete(f"{KEYS}/{issued['id']}")).status_code == 204
        bearer = {"Authorization": f"Bearer {issued['api_key']}"}
        assert (await program.get(KEYS, headers=bearer)).status_code == 401
        again = await alice.delete(f"{KEYS}/{issued['id']}")
        shown = (await alice.get(f"{KEYS}/{issued['id']}")).json()
    assert again.status_code == 404
    assert again.headers["Content-Type"] == "application/problem+json"
    assert shown["status"] == "revoked"


async def test_a_name_is_changed_only_as_it_was_seen(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        path = f"{KEYS}/{(await issue(alice))['id']}"
        etag = (await alice.get(path)).headers["ETag"]
        same = await alice.get(path, headers={"If-None-Match": etag})
        first = await alice.patch(path, json={"name": "one"}, headers={"If-Match": etag})
        second = await alice.patch(path, json={"name": "two"}, headers={"If-Match": etag})
        blind = await alice.patch(path, json={"name": "three"})
    assert (same.status_code, same.content) == (304, b"")
    assert (first.status_code, first.json()["name"]) == (200, "one")
    assert second.status_code == 412
    assert (blind.status_code, blind.json()["name"]) == (200, "three")


async def test_pages_stand_still_while_keys_are_added(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        made = [(await issue(alice, name=str(index)))["id"] for index in range(5)]
        seen: list[str] = []
        cursor = None
        while True:
            asked = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = (await alice.get(KEYS, params=asked)).json()
            seen += [key["id"] for key in page["items"]]
            await issue(alice, name="meanwhile")
            cursor = page["next_cursor"]
            if cursor is None:
                break
        for wrong in ("x", cursor_of_another_list()):
            response = await alice.get(KEYS, params={"cursor": wrong})
            assert response.status_code == 400
            assert response.json()["type"] == "urn:dillo:problem:invalid-cursor"
    assert sorted(seen) == sorted(made)


def cursor_of_another_list() -> str:
    from dillo.web.v1.pages import write_cursor

    return write_cursor("users", ("0199f6d2-7a51-7c3e-9d0a-5d2a7f0c1e11",))


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/name"),
        ({"name": ""}, "#/name"),
        ({"name": 5}, "#/name"),
        ({"name": "a\x00b"}, "#/name"),
        ({"name": "x", "Role": "viewer"}, "#/Role"),
        ({"name": "x", "role": "king"}, "#/role"),
        ([], "#/"),
    ],
)
async def test_a_wrong_entry_is_told_where_it_is_wrong(
    platform: "Platform", body: object, pointer: str
) -> None:
    async with platform.client("alice") as alice:
        response = await alice.post(KEYS, json=body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer


async def test_nobody_makes_a_key_that_may_do_more_than_they(platform: "Platform") -> None:
    async with platform.client("alice", Role.DEVELOPER) as developer:
        mine = await issue(developer, role="developer")
        too_much = await developer.post(KEYS, json={"name": "x", "role": "owner"})
    async with platform.client("alice") as owner:
        theirs = await issue(owner, role="owner")
    async with platform.client("alice", Role.DEVELOPER) as developer:
        rotated = await developer.post(f"{KEYS}/{theirs['id']}/rotate", json={})
        own = await developer.post(f"{KEYS}/{mine['id']}/rotate", json={})
    assert too_much.status_code == rotated.status_code == 403
    assert own.status_code == 201


async def test_an_operator_names_the_customer_they_act_for(platform: "Platform") -> None:
    code = platform.customers["alice"]
    async with platform.client("operator", Role.OPERATOR) as operator:
        theirs = await operator.post(KEYS, json={"name": "x"}, headers={"CustomerCode": code})
        nobodys = await operator.post(KEYS, json={"name": "x"})
        own = await issue(operator, role="operator")
        nowhere = await operator.get(KEYS, headers={"CustomerCode": "nobody"})
        listed = (await operator.get(KEYS)).json()["items"]
    async with platform.client() as program:
        bearer = {"Authorization": f"Bearer {own['api_key']}", "CustomerCode": code}
        through_key = (await program.get(KEYS, headers=bearer)).json()["items"]
    assert theirs.status_code == 201
    assert nobodys.json()["type"] == "urn:dillo:problem:customer-required"
    assert nowhere.status_code == 404
    assert [key["id"] for key in listed] == [own["id"]]
    assert [key["id"] for key in through_key] == [theirs.json()["id"]]


@pytest.mark.parametrize("path", [KEYS, "/api/inbound/voice/442079460000/2026-11-01/2026-11-30"])
async def test_use_is_noted(platform: "Platform", path: str) -> None:
    async with platform.client("alice") as alice, platform.client() as program:
        issued = await issue(alice)
        code = platform.customers["alice"]
        await program.get(path, headers={"CustomerCode": code, "ApiKey": issued["api_key"]})
        await platform.management.uses.write()  # type: ignore[attr-defined]
        shown = (await alice.get(f"{KEYS}/{issued['id']}")).json()
    assert shown["last_used_at"] is not None


async def test_of_two_who_change_it_at_once_the_second_is_refused(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        path = f"{KEYS}/{(await issue(alice))['id']}"
        seen = {"If-Match": (await alice.get(path)).headers["ETag"]}
        answers = await asyncio.gather(
            *(alice.patch(path, json={"name": str(name)}, headers=seen) for name in range(5))
        )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
