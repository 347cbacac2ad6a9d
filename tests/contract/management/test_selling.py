"""Numbers, money and tariffs over HTTP."""

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest

from dillo.accounts.roles import Role
from dillo.calls.settlement import price
from dillo.model.clock import now_us
from dillo.model.events import CallAnswered, CallEnded, CallEvent, CallReceived, EndReason
from dillo.model.ids import new_id
from dillo.store.settlement import SqlBooks

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

API = "/api/v1"
SHEET = (
    "number,type,area\n+442079460000,local,London\n+442079460001,local,London\n+390612345678,,\n"
)
CSV = {"Content-Type": "text/csv"}


async def stock(platform: "Platform", sheet: str = SHEET) -> None:
    async with platform.client("operator", Role.OPERATOR) as operator:
        response = await operator.post(f"{API}/inventory", content=sheet, headers=CSV)
        assert response.status_code == 201, response.text


async def test_a_number_is_found_bought_and_released(platform: "Platform") -> None:
    await stock(platform)
    async with platform.client("alice") as alice, platform.client("bob") as bob:
        query = {"country": "GB", "area": "lond", "pattern": "0000"}
        found = (await alice.get(f"{API}/available-numbers", params=query)).json()
        (offer,) = found["items"]
        assert (offer["monthly_fee"], offer["currency"]) == ("1.5", "EUR")
        order, key = {"number": offer["number"]}, {"Idempotency-Key": "order-1"}
        bought = [await alice.post(f"{API}/numbers", json=order, headers=key) for _ in range(2)]
        assert [each.status_code for each in bought] == [201, 201]
        assert bought[0].json() == bought[1].json()
        taken = await bob.post(f"{API}/numbers", json=order)
        assert (taken.status_code, taken.json()["type"].endswith("number-unavailable")) == (
            409,
            True,
        )
        assert (await bob.get(f"{API}/numbers/442079460000")).status_code == 404
        listed = (await alice.get(f"{API}/numbers")).json()["items"]
        assert [each["number"] for each in listed] == ["+442079460000"]
        ledger = (await alice.get(f"{API}/billing/ledger")).json()["items"]
        assert [(each["kind"], each["amount"]) for each in ledger] == [("number-month", "-1.5")]
        gone = await alice.delete(f"{API}/numbers/442079460000")
        again = await bob.post(f"{API}/numbers", json=order)
        assert (gone.status_code, again.status_code) == (204, 409)
        assert again.json()["type"].endswith("number-unavailable")
    async with platform.client("operator", Role.OPERATOR) as operator:
        held = (await operator.get(f"{API}/inventory/442079460000/history")).json()["items"]
        assert [each["customer_name"] for each in held] == ["alice"]
        first = (await operator.get(f"{API}/inventory", params={"limit": 1})).json()
        rest = await operator.get(f"{API}/inventory", params={"cursor": first["next_cursor"]})
        stocked = first["items"] + rest.json()["items"]
        assert [each["status"] for each in stocked] == ["available", "quarantined", "available"]


async def test_of_two_who_race_for_a_number_exactly_one_gets_it(platform: "Platform") -> None:
    await stock(platform)
    async with platform.client("alice") as alice, platform.client("bob") as bob:
        order = {"number": "+442079460001"}
        answers = await asyncio.gather(
            *(client.post(f"{API}/numbers", json=order) for client in (alice, bob) * 3)
        )
    assert sorted(each.status_code for each in answers) == [201] + [409] * 5


async def test_a_number_is_changed_as_it_was_read(platform: "Platform") -> None:
    await stock(platform)
    async with platform.client("alice") as alice:
        await alice.post(f"{API}/numbers", json={"number": "+442079460000"})
        url = f"{API}/numbers/442079460000"
        read = await alice.get(url)
        limits = {"limits": {"max_concurrent_calls": 2}}
        match = {"If-Match": read.headers["ETag"]}
        changed = await alice.patch(url, json=limits, headers=match)
        assert changed.json()["limits"]["max_concurrent_calls"] == 2
        assert (await alice.patch(url, json=limits, headers=match)).status_code == 412
        unknown = await alice.patch(url, json={"primary_application_id": new_id()})
        assert unknown.status_code == 404


async def test_what_is_wrong_with_a_sheet_is_told_by_line_and_column(
    platform: "Platform",
) -> None:
    async with platform.client("operator", Role.OPERATOR) as operator:
        numbers = await operator.post(f"{API}/inventory", content="number\nx\ny\n", headers=CSV)
        deck = "prefix,per_minute\n4a,1\n44,x\n"
        tariff = await operator.post(f"{API}/tariffs", content=deck, headers=CSV)
        listed = (await operator.get(f"{API}/inventory")).json()["items"]
    for response, columns in ((numbers, ["number", "number"]), (tariff, ["prefix", "per_minute"])):
        assert response.status_code == 400
        told = response.json()["errors"]
        assert [(each["line"], each["column"]) for each in told] == list(
            zip([2, 3], columns, strict=True)
        )
    assert listed == []


async def test_tariffs_are_loaded_and_read(platform: "Platform") -> None:
    deck = (
        "service,prefix,caller_prefix,per_minute\ndial,44,,0.01\ndial,44,39,0.02\ndial,33,,0.03\n"
    )
    async with platform.client("operator", Role.OPERATOR) as operator:
        loaded = await operator.post(
            f"{API}/tariffs",
            content=deck,
            headers=CSV,
            params={"effective_at": "2099-12-01T00:00:00Z"},
        )
        assert loaded.status_code == 201, loaded.text
        assert loaded.json() == {
            "name": "standard",
            "version": 2,
            "currency": "EUR",
            "effective_at": "2099-12-01T00:00:00.000Z",
            "prefixes": 5,
        }
        versions = (await operator.get(f"{API}/tariffs")).json()["items"]
        assert [each["version"] for each in versions] == [2, 1]
        url = f"{API}/tariffs/standard/2/rates"
        first = (await operator.get(url, params={"prefix": "4", "limit": 1})).json()
        rest = await operator.get(url, params={"prefix": "4", "cursor": first["next_cursor"]})
        rates = first["items"] + rest.json()["items"]
        assert [(each["prefix"], each["caller_prefix"]) for each in rates] == [
            ("44", None),
            ("44", "39"),
        ]
        details = (await operator.get(f"{API}/tariffs/standard/2")).json()
        assert details["types"][0]["type"] == "local"
        assert (await operator.get(f"{API}/tariffs/nothing/1")).status_code == 404
    async with platform.client("alice") as alice:
        assert (await alice.get(f"{API}/tariffs")).status_code == 403


async def test_balances_are_topped_up_and_their_ledger_is_read_in_pages(
    platform: "Platform",
) -> None:
    acting = {"CustomerCode": platform.customers["alice"]}
    async with (
        platform.client("operator", Role.OPERATOR, None, **acting) as operator,
        platform.client("alice") as alice,
    ):
        for amount in ("1", "2.5", "0.000001"):
            key = {"Idempotency-Key": amount}
            for _ in range(2):
                await operator.post(f"{API}/billing/top-ups", json={"amount": amount}, headers=key)
        balance = (await alice.get(f"{API}/billing/balance")).json()
        assert (balance["balance"], balance["is_prepaid"]) == ("3.500001", False)
        page = (await alice.get(f"{API}/billing/ledger", params={"limit": 2})).json()
        rest = await alice.get(f"{API}/billing/ledger", params={"cursor": page["next_cursor"]})
        movements = page["items"] + rest.json()["items"]
        assert [each["amount"] for each in movements] == ["0.000001", "2.5", "1"]
        alert = {"below": "5", "url": "https://example.com/alerts"}
        assert (await alice.put(f"{API}/billing/alert", json=alert)).status_code == 200
        assert (await alice.get(f"{API}/billing/alert")).json() == alert | {"email": None}
        assert (await alice.delete(f"{API}/billing/alert")).status_code == 204
        assert (await alice.get(f"{API}/billing/alert")).json() == dict.fromkeys(alert, None) | {
            "email": None
        }
        refused = await alice.post(f"{API}/billing/top-ups", json={"amount": "9"})
        assert refused.status_code == 403
        (books,) = (await operator.get(f"{API}/billing/check")).json()["items"]
        assert books["agrees"]


async def settle(platform: "Platform", name: str) -> str:
    """Settle a call of 95 s on a number that somebody holds; return its id."""
    registry = platform.management.registry
    (number,) = await registry.numbers.of(platform.customers[name])
    at_us = now_us() - 200_000_000
    events: list[CallEvent] = [
        CallReceived(
            at_us, new_id(), "a", platform.customers[name], number.id, number.e164, "local",
            "+393703188051", "EUR",
        ),
        CallAnswered(at_us),
        CallEnded(at_us + 95_000_000, EndReason.CALLER_HUNG_UP),
    ]  # fmt: skip
    books = SqlBooks(platform.database)
    await books.settle([await price(books, events, msgspec.json.encode(events).decode())])
    return str(events[0].call_id)  # type: ignore[union-attr]


async def test_a_price_is_explained_to_whom_it_concerns(platform: "Platform") -> None:
    await stock(platform)
    async with platform.client("alice") as alice, platform.client("bob") as bob:
        await alice.post(f"{API}/numbers", json={"number": "+442079460000"})
        url = f"{API}/calls/{await settle(platform, 'alice')}/price"
        explained: dict[str, Any] = (await alice.get(url)).json()
        assert (await bob.get(url)).status_code == 404
    assert explained["price"] == "0.016"
    assert explained["is_reproduced"]
    (line,) = explained["lines"]
    assert (line["amount"], line["exact_amount"]) == ("0.016", "0.016")
    assert line["explanation"]["billed_s"] == 120
    assert Decimal(line["explanation"]["per_minute"]) == Decimal("0.008")


@pytest.mark.parametrize("amount", ["0", "-1", "x", "1.0000001"])
async def test_a_top_up_adds_something(platform: "Platform", amount: str) -> None:
    acting = {"CustomerCode": platform.customers["alice"]}
    async with platform.client("operator", Role.OPERATOR, None, **acting) as operator:
        response: httpx.Response = await operator.post(
            f"{API}/billing/top-ups", json={"amount": amount}
        )
    assert response.status_code == 400


async def test_an_entry_of_the_inventory_is_changed_as_it_was_read(platform: "Platform") -> None:
    await stock(platform)
    url = f"{API}/inventory/442079460000"
    async with platform.client("operator", Role.OPERATOR) as operator:
        read = await operator.get(url)
        assert (read.json()["area"], read.json()["fees"]) == ("London", None)
        seen = {"If-Match": read.headers["ETag"]}
        fees = {"currency": "EUR", "set_up_fee": "1", "monthly_fee": "2.5"}
        changed = await operator.patch(url, json={"fees": fees, "area": None}, headers=seen)
        assert changed.json() == read.json() | {"fees": fees, "area": None}
        late = await operator.patch(url, json={"fees": None}, headers=seen)
        unknown = await operator.patch(url, json={"trunk": "nobody"})
        negative = await operator.patch(url, json={"fees": fees | {"monthly_fee": "-1"}})
        again = await operator.get(url)
        missing = await operator.get(f"{API}/inventory/442079469999")
    codes = [each.status_code for each in (late, unknown, negative, missing)]
    assert codes == [412, 400, 400, 404]
    assert again.json() == changed.json()


async def test_trunks_are_added_listed_changed_and_removed(platform: "Platform") -> None:
    trunk = {"name": "carrier", "hosts": ["sip.example:5070"], "prefixes": ["+44"]}
    secret = {"username": "dillo", "password": "hush"}
    async with platform.client("operator", Role.OPERATOR) as operator:
        added = await operator.post(f"{API}/trunks", json=trunk | secret)
        assert added.status_code == 201, added.text
        assert "hush" not in added.text
        again = await operator.post(f"{API}/trunks", json=trunk)
        (listed,) = (await operator.get(f"{API}/trunks")).json()["items"]
        assert {name: listed[name] for name in trunk} == trunk
        url = f"{API}/trunks/carrier"
        seen = {"If-Match": (await operator.get(url)).headers["ETag"]}
        changed = await operator.patch(url, json={"hosts": ["sip2.example"]}, headers=seen)
        assert changed.json() == listed | {"hosts": ["sip2.example"]}
        late = await operator.patch(url, json={"username": None}, headers=seen)
        assert late.status_code == 412
        assert (await operator.patch(url, json={"username": None})).json()["username"] is None
        named = await operator.patch(url, json={"name": "acme"})
        assert (named.json()["id"], named.json()["name"]) == (listed["id"], "acme")
        gone = await operator.delete(f"{API}/trunks/acme")
        unknown = await operator.delete(url)
    assert (again.status_code, gone.status_code, unknown.status_code) == (409, 204, 404)
