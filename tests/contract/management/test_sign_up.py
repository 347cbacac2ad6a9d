"""Accounts by e-mail: signed up, confirmed, signed in, passwords reset, and nobody found out."""

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.contract.management.mailbox import mails_to, token_to

from dillo.accounts.roles import Role
from dillo.web.v1.gate import CSRF_HEADER

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

ANNA = "anna@example.com"
ENTRY = {"email": ANNA, "password": "correct horse", "name": "Anna", "company": "Bianchi Srl"}


async def sign_up(platform: "Platform", client: httpx.AsyncClient, **other: str) -> str:
    entry = ENTRY | other
    assert (await client.post("/api/v1/sign-up", json=entry)).status_code == 202
    return await token_to(platform, entry["email"].lower())


async def sign_in(client: httpx.AsyncClient, **other: str) -> httpx.Response:
    entry = {"email": ANNA, "password": ENTRY["password"]} | other
    response = await client.post("/api/v1/sessions", json=entry)
    if response.is_success:
        client.headers[CSRF_HEADER] = response.json()["csrf_token"]
    return response


async def test_from_sign_up_to_a_first_key(platform: "Platform") -> None:
    async with platform.client() as anna:
        token = await sign_up(platform, anna, email="Anna@Example.com")
        early = await sign_in(anna)
        verified = await anna.post("/api/v1/sign-up/verify", json={"token": token})
        again = await anna.post("/api/v1/sign-up/verify", json={"token": token})
        signed_in = await sign_in(anna)
        me = (await anna.get("/api/v1/me")).json()
        account = (await anna.get("/api/v1/customer")).json()
        key = await anna.post("/api/v1/keys", json={"name": "server"})
        out = await anna.delete("/api/v1/sessions/current")
        after = await anna.get("/api/v1/me")
    assert (early.status_code, early.json()["type"][18:]) == (403, "email-not-verified")
    assert (verified.status_code, verified.json()) == (200, {"email": ANNA})
    assert again.status_code == 404
    assert signed_in.status_code == 201
    assert (me["role"], me["user"]["email"], me["customer"]["name"]) == (
        "owner",
        ANNA,
        "Bianchi Srl",
    )
    assert (account["is_prepaid"], account["balance"], account["status"]) == (True, "0", "active")
    assert key.status_code == 201
    assert out.status_code == 204
    assert after.status_code == 401


async def test_cookies_are_safe(platform: "Platform") -> None:
    async with platform.client() as anna:
        token = await sign_up(platform, anna)
        await anna.post("/api/v1/sign-up/verify", json={"token": token})
        plain = await sign_in(anna)
        anna.base_url = httpx.URL("https://voice.example.com")
        secure = await sign_in(anna)
    session, csrf = plain.headers.get_list("Set-Cookie")
    assert session.startswith("dillo_session=")
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "Secure" not in session, "plain HTTP on this machine has no secure cookies"
    assert "HttpOnly" not in csrf
    hidden, shown = secure.headers.get_list("Set-Cookie")
    assert hidden.startswith("__Host-dillo_session=")
    assert "Secure" in hidden
    assert "Secure" in shown


async def test_an_address_that_is_known_gets_the_same_answer(platform: "Platform") -> None:
    known, unknown = "owner@alice.example.com", "nobody@example.com"
    async with platform.client() as stranger:
        for path, entry in (
            ("/api/v1/sign-up", ENTRY),
            ("/api/v1/sign-up/resend", {}),
            ("/api/v1/password-resets", {}),
        ):
            answers = [
                await stranger.post(path, json=entry | {"email": email})
                for email in (known, unknown)
            ]
            assert [answer.status_code for answer in answers] == [202, 202]
            assert answers[0].content == answers[1].content
        wrong = [
            await sign_in(stranger, email=email, password="wrong password")
            for email in (known, unknown, "none@example.com")
        ]
    assert {answer.status_code for answer in wrong} == {401}
    assert len({answer.content for answer in wrong}) == 1
    subjects = [subject for subject, _ in await mails_to(platform, known)]
    assert subjects == ["You have an account already", "Choose a new password"]


async def test_a_stranger_cannot_choose_the_password_of_a_later_owner(
    platform: "Platform",
) -> None:
    async with platform.client() as stranger, platform.client() as anna:
        await sign_up(platform, stranger, password="the stranger's")
        token = await sign_up(platform, anna)
        await anna.post("/api/v1/sign-up/verify", json={"token": token})
        assert (await sign_in(stranger, password="the stranger's")).status_code == 401
        assert (await sign_in(anna)).status_code == 201


async def test_a_reset_ends_every_session(platform: "Platform") -> None:
    email = "owner@alice.example.com"
    async with platform.client("alice") as alice, platform.client() as stranger:
        await stranger.post("/api/v1/password-resets", json={"email": email})
        token = await token_to(platform, email)
        weak = {"token": token, "password": "aaaaaaaaaaaa"}
        refused = await stranger.post("/api/v1/password-resets/complete", json=weak)
        reset = weak | {"password": "a new password"}
        done = await stranger.post("/api/v1/password-resets/complete", json=reset)
        again = await stranger.post("/api/v1/password-resets/complete", json=reset)
        assert (await alice.get("/api/v1/me")).status_code == 401
        signed_in = await sign_in(stranger, email=email, password="a new password")
    assert refused.status_code == 400
    assert (done.status_code, again.status_code) == (204, 404)
    assert signed_in.status_code == 201


async def test_guessing_gets_slower_for_addresses_of_anybody(platform: "Platform") -> None:
    async with platform.client() as stranger:
        for email in ("owner@alice.example.com", "nobody@example.com"):
            answers = [await sign_in(stranger, email=email, password="x") for _ in range(6)]
            assert [answer.status_code for answer in answers] == [401] * 5 + [429]
            assert 1 <= int(answers[-1].headers["Retry-After"]) <= 5


async def test_a_platform_may_be_closed_to_strangers(platform: "Platform") -> None:
    from dataclasses import replace

    platform.management = replace(platform.management, is_sign_up_open=False)
    async with platform.client() as stranger:
        response = await stranger.post("/api/v1/sign-up", json=ENTRY)
    assert (response.status_code, response.json()["type"][18:]) == (403, "sign-up-closed")


@pytest.mark.parametrize(
    "change",
    [
        {"email": "no address"},
        {"email": "a@b"},
        {"password": "short"},
        {"name": " "},
        {"currency": "XXX"},
        {"email": "anna@example.com\r\nBcc: all@example.com"},
    ],
)
async def test_no_account_without_what_it_needs(
    platform: "Platform", change: dict[str, Any]
) -> None:
    async with platform.client() as stranger:
        response = await stranger.post("/api/v1/sign-up", json=ENTRY | change)
    assert response.status_code in {400, 409}
    assert await mails_to(platform, ANNA) == []


async def test_sessions_are_listed_and_ended_from_elsewhere(platform: "Platform") -> None:
    async with platform.client() as here, platform.client() as there, platform.client("bob") as bob:
        token = await sign_up(platform, here)
        await here.post("/api/v1/sign-up/verify", json={"token": token})
        await sign_in(here)
        other = (await sign_in(there)).json()["id"]
        listed = (await here.get("/api/v1/sessions")).json()["items"]
        foreign = await bob.delete(f"/api/v1/sessions/{other}")
        ended = await here.delete(f"/api/v1/sessions/{other}")
        assert (await there.get("/api/v1/me")).status_code == 401
        change = {"old_password": ENTRY["password"], "new_password": "another password"}
        await sign_in(there)
        changed = await here.put("/api/v1/me/password", json=change)
        assert (await there.get("/api/v1/me")).status_code == 401
        assert (await here.get("/api/v1/me")).status_code == 200
        wrong = await here.put("/api/v1/me/password", json=change)
    assert [each["is_current"] for each in listed] == [False, True]
    assert foreign.status_code == 404
    assert (ended.status_code, changed.status_code) == (204, 204)
    assert (wrong.status_code, wrong.json()["type"][18:]) == (403, "wrong-password")


async def test_a_key_is_no_person(platform: "Platform") -> None:
    async with platform.client("alice") as alice, platform.client() as program:
        key = (await alice.post("/api/v1/keys", json={"name": "x"})).json()
        bearer = {"Authorization": f"Bearer {key['api_key']}"}
        me = (await program.get("/api/v1/me", headers=bearer)).json()
        sessions = await program.get("/api/v1/sessions", headers=bearer)
    assert (me["role"], me["user"], me["key_id"]) == (Role.DEVELOPER, None, key["id"])
    assert sessions.json()["type"][18:] == "user-required"


async def test_who_signs_up_twice_at_once_has_one_account(platform: "Platform") -> None:
    async with platform.client() as anna:
        answers = await asyncio.gather(
            *(anna.post("/api/v1/sign-up", json=ENTRY) for _ in range(3))
        )
    async with platform.client("operator", Role.OPERATOR) as operator:
        found = (await operator.get("/api/v1/customers", params={"search": ANNA})).json()["items"]
    assert [answer.status_code for answer in answers] == [202] * 3
    assert len(found) == 1
