"""Who gets in: cookies with CSRF protection, keys, suspended customers, and those in a hurry."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dillo.accounts import Change
from dillo.accounts.roles import Role
from dillo.web.app import WebSettings

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

KEYS = "/api/v1/keys"
ENTRY = {"name": "server"}


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "guessed"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_another_sites_page_changes_nothing(
    platform: "Platform", headers: dict[str, str]
) -> None:
    async with platform.client("alice") as alice:
        response = await alice.post(KEYS, json=ENTRY, headers=headers)
        assert response.status_code == 403
        assert response.json()["type"] == "urn:dillo:problem:csrf"
        assert (await alice.get(KEYS)).json()["items"] == []


async def test_the_platforms_own_page_does(platform: "Platform") -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8080"}
    async with platform.client("alice") as alice:
        assert (await alice.post(KEYS, json=ENTRY, headers=headers)).status_code == 201


async def test_who_is_unknown_learns_nothing(platform: "Platform") -> None:
    wrong: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer guessed"},
        {"Authorization": "Basic YTpi"},
        {"ApiKey": "guessed", "CustomerCode": platform.customers["alice"]},
        {"Cookie": "dillo_session=guessed"},
    ]
    async with platform.client() as nobody:
        answers = [await nobody.get(KEYS, headers=headers) for headers in wrong]
    for answer in answers:
        assert answer.status_code == 401
        assert answer.content == answers[0].content


async def test_a_role_may_do_what_it_may(platform: "Platform") -> None:
    async with platform.client("alice", Role.VIEWER) as viewer:
        assert (await viewer.get(KEYS)).status_code == 200
        refused = await viewer.post(KEYS, json=ENTRY)
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:dillo:problem:forbidden"


async def test_a_suspended_customer_reads_and_changes_nothing(platform: "Platform") -> None:
    registry, code = platform.management.registry, platform.customers["alice"]
    await registry.customers.suspend(code, True, Change.by("operator"))
    async with platform.client("alice") as alice:
        assert (await alice.get(KEYS)).status_code == 200
        refused = await alice.post(KEYS, json=ENTRY)
    assert refused.json()["type"] == "urn:dillo:problem:customer-suspended"


async def test_sessions_and_keys_have_a_rate_each(platform: "Platform") -> None:
    settings = WebSettings(platform.folder, key_rate=0.01, key_burst=2)
    async with platform.client("alice", settings=settings) as alice:
        answers = [await alice.get(KEYS) for _ in range(3)]
        other = await alice.get(
            KEYS, headers={"Cookie": f"dillo_session={platform.people['bob', Role.OWNER]}"}
        )
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) > 90
    assert other.status_code == 200


async def test_an_address_that_fails_too_often_waits(platform: "Platform") -> None:
    settings = replace(WebSettings(platform.folder), failure_rate=0.01, failure_burst=2)
    async with platform.client(settings=settings) as nobody:
        statuses = [
            (await nobody.get(KEYS, headers={"Authorization": "Bearer x"})).status_code
            for _ in range(3)
        ]
    assert statuses == [401, 401, 429]
