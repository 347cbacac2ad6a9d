"""A second factor: turned on with a code, asked for, never taken twice, and recovered from."""

import time
from typing import TYPE_CHECKING

import pyotp
import pytest

from dillo.accounts import passwords
from dillo.accounts.changes import Change
from dillo.accounts.roles import Role

if TYPE_CHECKING:
    import httpx
    from tests.contract.management.conftest import Platform

EMAIL, PASSWORD = "owner@alice.example.com", "correct horse"
TOTP = "/api/v1/me/totp"


@pytest.fixture
async def known_password(platform: "Platform") -> None:
    users = platform.management.people.users
    user = await users.with_email(EMAIL)
    assert user is not None
    password_hash = await passwords.hash_password(PASSWORD)
    await users.update(user, Change.by("test"), "user.test", password_hash=password_hash)


async def enrol(alice: "httpx.AsyncClient") -> tuple[str, str, list[str]]:
    """Turn it on; returns the code that was used, the next one, and recovery codes."""
    answer = (await alice.post(TOTP, json={"password": PASSWORD})).json()
    totp = pyotp.TOTP(answer["secret"])
    assert pyotp.parse_uri(answer["uri"]).secret == answer["secret"]
    step = int(time.time()) // 30
    used, fresh = (totp.generate_otp(each) for each in (step, step + 1))
    confirmed = await alice.post(f"{TOTP}/confirm", json={"code": used})
    assert confirmed.status_code == 200
    codes: list[str] = confirmed.json()["recovery_codes"]
    return used, fresh, codes


async def sign_in(client: "httpx.AsyncClient", **code: str) -> tuple[int, str]:
    entry = {"email": EMAIL, "password": PASSWORD} | code
    response = await client.post("/api/v1/sessions", json=entry)
    return response.status_code, response.json().get("type", "")[18:]


@pytest.mark.usefixtures("known_password")
async def test_codes_are_asked_for_and_good_once(platform: "Platform") -> None:
    async with platform.client("alice", Role.OWNER) as alice, platform.client() as other:
        assert await sign_in(other) == (201, "")
        used, fresh, _ = await enrol(alice)
        assert await sign_in(other) == (401, "code-required")
        assert await sign_in(other, code=used) == (401, "wrong-credentials")
        assert await sign_in(other, code=fresh) == (201, "")
        assert await sign_in(other, code=fresh) == (401, "wrong-credentials")
        assert (await alice.get("/api/v1/me")).json()["user"]["is_totp_on"]


@pytest.mark.usefixtures("known_password")
async def test_recovery_codes_are_good_once_each(platform: "Platform") -> None:
    async with platform.client("alice", Role.OWNER) as alice, platform.client() as other:
        _, _, codes = await enrol(alice)
        assert len(set(codes)) == 10
        assert await sign_in(other, code=codes[0].upper()) == (201, "")
        assert await sign_in(other, code=codes[0]) == (401, "wrong-credentials")
        renewed = await alice.post(f"{TOTP}/recovery-codes", json={"password": PASSWORD})
        assert await sign_in(other, code=codes[1]) == (401, "wrong-credentials")
        assert await sign_in(other, code=renewed.json()["recovery_codes"][0]) == (201, "")
        left = (await alice.get("/api/v1/me")).json()["user"]["recovery_codes_left"]
    assert left == 9


@pytest.mark.usefixtures("known_password")
async def test_it_is_turned_off_with_the_password_only(platform: "Platform") -> None:
    async with platform.client("alice", Role.OWNER) as alice, platform.client() as other:
        await enrol(alice)
        twice = await alice.post(TOTP, json={"password": PASSWORD})
        wrong = await alice.post(f"{TOTP}/disable", json={"password": "guessed it"})
        off = await alice.post(f"{TOTP}/disable", json={"password": PASSWORD})
        again = await alice.post(f"{TOTP}/disable", json={"password": PASSWORD})
        assert await sign_in(other) == (201, "")
    statuses = [each.status_code for each in (twice, wrong, off, again)]
    assert statuses == [409, 403, 204, 409]


@pytest.mark.usefixtures("known_password")
async def test_a_secret_that_was_not_confirmed_asks_for_nothing(platform: "Platform") -> None:
    async with platform.client("alice", Role.OWNER) as alice, platform.client() as other:
        secret = (await alice.post(TOTP, json={"password": PASSWORD})).json()["secret"]
        wrong = await alice.post(f"{TOTP}/confirm", json={"code": "000000x"})
        assert await sign_in(other) == (201, "")
    assert wrong.json()["type"][18:] == "wrong-code"
    user = await platform.management.people.users.with_email(EMAIL)
    assert user is not None
    assert secret not in str(user.sealed_totp)
