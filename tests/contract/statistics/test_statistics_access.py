"""Who may see what: keys, two customers who must not see each other, numbers and their history."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dillo.web.app import WebSettings

if TYPE_CHECKING:
    from tests.contract.statistics.conftest import House

PATH = "/api/inbound/voice"
DAYS = "2026-11-01/2026-11-30"
ALICE = f"{PATH}/442079460000/{DAYS}"
BOB = f"{PATH}/393703188051/{DAYS}"


async def test_missing_wrong_and_revoked_keys_get_one_answer(house: "House") -> None:
    alice, bob = house.alice.headers, house.bob.headers
    house.revoke(house.bob)
    wrong: list[dict[str, str]] = [
        {},
        {"CustomerCode": alice["CustomerCode"]},
        {"ApiKey": alice["ApiKey"]},
        {"CustomerCode": "", "ApiKey": ""},
        alice | {"ApiKey": "guessed"},
        alice | {"ApiKey": alice["ApiKey"] + "x"},
        alice | {"CustomerCode": "not-a-guid"},
        alice | {"CustomerCode": house.bob.code},
        bob,
    ]
    async with house.client() as client:
        answers = [await client.get(ALICE, headers=headers) for headers in wrong]
        binary = {b"CustomerCode": b"\xff\xfe", b"ApiKey": b"\xe9"}
        nonsense = await client.get(ALICE, headers=binary)
    for answer in [*answers, nonsense]:
        assert answer.status_code == 401
        assert answer.content == answers[0].content
        assert answer.headers == answers[0].headers
    assert answers[0].json()["type"] == "urn:dillo:problem:unauthorized"
    assert answers[0].headers["WWW-Authenticate"].startswith("ApiKey")


async def test_a_key_stops_working_the_moment_it_is_revoked(house: "House") -> None:
    async with house.client(house.alice) as client:
        assert (await client.get(ALICE)).status_code == 200
        house.revoke(house.alice)
        assert (await client.get(ALICE)).status_code == 401


async def test_a_customer_code_is_a_guid_in_either_case(house: "House") -> None:
    customer = house.customer("Loud", "abcdef00-0000-7000-8000-00000000000f")
    house.number("+40213000000", customer)
    shouting = replace(customer, code=customer.code.upper())
    async with house.client(shouting) as client:
        assert (await client.get(f"{PATH}/40213000000/{DAYS}")).status_code == 200


async def test_two_customers_do_not_see_each_other(house: "House") -> None:
    house.call("2026-11-03T10:00:00Z")
    house.call("2026-11-03T10:00:00Z", customer=house.bob, number="+393703188051")
    async with house.client(house.alice) as client:
        own, foreign = await client.get(ALICE), await client.get(BOB)
    assert [call["CustomerCode"] for call in own.json()] == [house.alice.code]
    assert foreign.status_code == 404


async def test_a_foreign_number_looks_like_one_that_does_not_exist(house: "House") -> None:
    house.number("+40213000000")
    async with house.client(house.alice) as client:
        held_by_bob = await client.get(BOB)
        held_by_nobody = await client.get(f"{PATH}/40213000000/{DAYS}")
        nowhere = await client.get(f"{PATH}/40213000001/{DAYS}/7")
    assert held_by_bob.status_code == 404
    assert held_by_bob.content == held_by_nobody.content == nowhere.content
    assert held_by_bob.headers == held_by_nobody.headers == nowhere.headers


async def test_a_number_keeps_its_history(house: "House") -> None:
    number_id = house.number("+40213000000")
    house.hold(number_id, house.alice, until_us=1)
    house.hold(number_id, house.bob)
    house.hold(number_id, house.alice, until_us=2)
    of_alice = house.call("2026-11-03T10:00:00Z", customer=house.alice, number="+40213000000")
    of_bob = house.call("2026-11-03T10:00:00Z", customer=house.bob, number="+40213000000")
    for customer, theirs in ((house.alice, of_alice), (house.bob, of_bob)):
        async with house.client(customer) as client:
            response = await client.get(f"{PATH}/40213000000/{DAYS}")
        assert re.findall(r'Id\\": \\"([^\\]+)', response.text) == [theirs]
        assert response.headers["X-Total-Count"] == "1"


async def test_a_key_that_is_used_too_fast(house: "House") -> None:
    settings = WebSettings(house.recordings_dir, key_rate=0.01, key_burst=3)
    async with house.client(house.alice, settings) as client:
        answers = [await client.get(ALICE) for _ in range(4)]
        bob = await client.get(BOB, headers=house.bob.headers)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 90 <= int(answers[3].headers["Retry-After"]) <= 100
    assert answers[3].json()["type"] == "urn:dillo:problem:too-many-requests"
    assert bob.status_code == 200


@pytest.mark.parametrize("path", [ALICE, "/api/inbound/recordings/x"])
async def test_strangers_who_try_too_often(house: "House", path: str) -> None:
    settings = WebSettings(house.recordings_dir, failure_rate=0.01, failure_burst=2)
    guess = {"CustomerCode": house.alice.code, "ApiKey": "guess"}
    async with house.client(settings=settings) as client:
        assert (await client.get(ALICE, headers=house.alice.headers)).status_code == 200
        answers = [await client.get(path, headers=guess) for _ in range(3)]
        known = await client.get(ALICE, headers=house.alice.headers)
        unknown = await client.get(BOB, headers=house.bob.headers)
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert known.status_code == 200, "a key that was good before is not held up by its neighbours"
    assert unknown.status_code == 429
