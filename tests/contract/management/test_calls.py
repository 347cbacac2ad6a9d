"""Calls over HTTP: lists, one call in full, sums and drop-off, each for its own customer."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import pytest_asyncio
from tests.contract.management.conftest import open_platform
from tests.contract.store.crowded import Crowd, crowd

from dillo.accounts import Change
from dillo.accounts.roles import Role
from dillo.calls.archive import CallFilter
from dillo.model.moments import iso_ms
from dillo.model.money import to_decimal
from dillo.records.record import CallRecord
from dillo.web.v1 import aggregates

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

CALLS = "/api/v1/calls"
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def platform(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator["Platform"]:
    """One for all tests: none of them changes anything."""
    url = request.getfixturevalue(f"{request.param}_crowd_url")
    async with open_platform(url, tmp_path_factory.mktemp("calls")) as platform:
        yield platform


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(platform: "Platform") -> Crowd:
    """60 calls of two customers, whose people are `0` and `1`."""
    settled = await crowd(platform.database, Change.by("operator"), 60)
    for index in (0, 1):
        owner = settled.lines[2 * index].customer_id
        await platform.add_person(str(index), Role.VIEWER, owner)
    return settled


@pytest_asyncio.fixture(loop_scope="module")
async def client(platform: "Platform", world: Crowd) -> AsyncIterator[httpx.AsyncClient]:
    async with platform.client("0", Role.VIEWER) as client:
        yield client


def _mine(world: Crowd, **filters: Any) -> list[CallRecord]:
    asked = CallFilter(customer_id=world.lines[0].customer_id, **filters)
    found = [call.record for call in world.matching(asked)]
    return sorted(found, key=lambda record: (record.created_us, record.call_id), reverse=True)


async def _all(client: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    items, cursor = [], None
    while True:
        parameters = asked | ({} if cursor is None else {"cursor": cursor})
        response = await client.get(CALLS, params=parameters)
        assert response.status_code == 200, response.text
        items += response.json()["items"]
        cursor = response.json()["next_cursor"]
        if cursor is None:
            return items


async def test_a_customers_calls_are_listed_in_pages(
    client: httpx.AsyncClient, world: Crowd
) -> None:
    found = await _all(client, limit=7)
    expected = _mine(world)
    assert [call["id"] for call in found] == [record.call_id for record in expected]
    call, record = found[0], expected[0]
    assert (call["status"], call["created_at"]) == ("finished", iso_ms(record.created_us))
    assert (call["number"], call["caller"]) == (record.number, record.caller)
    prices = {each.record.call_id: each.price_micros for each in world.calls}
    assert all(Decimal(each["price"]) == to_decimal(prices[each["id"]]) for each in found)


async def test_the_operator_lists_all_calls_or_those_of_a_customer(
    platform: "Platform", world: Crowd
) -> None:
    async with platform.client("operator", Role.OPERATOR) as operator:
        assert len(await _all(operator)) == 60
    mine = world.lines[0].customer_id
    async with platform.client("operator", Role.OPERATOR, CustomerCode=mine) as operator:
        assert len(await _all(operator)) == len(_mine(world))


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ({"number": "00442079460001"}, {"number_ids": 1}),
        ({"number": "+442079460001"}, {"number_ids": 1}),
        ({"caller": "+39"}, {"caller": "+39"}),
        ({"caller_country": ["IT", "GB"]}, {"caller_countries": ("IT", "GB")}),
        ({"end_reason": "Error"}, {"end_reasons": ("Error",)}),
        ({"is_answered": "false"}, {"is_answered": False}),
        ({"is_fallback_executed": "true"}, {"is_fallback_executed": True}),
        ({"is_test": "true"}, {"is_test": True}),
        ({"min_duration_s": "100.5"}, {"min_duration_ms": 100_500}),
        ({"max_price": "0.02"}, {"max_price_micros": 20_000}),
        ({"has_recordings": "true"}, {"has_recordings": True}),
        (
            {"storage_key": "Department", "digits": "1"},
            {"storage_key": "Department", "digits": "1"},
        ),
        ({"dial_status": "Busy"}, {"dial_status": "Busy"}),
        ({"sip_code": "486"}, {"sip_code": 486}),
        ({"max_mos": "4"}, {"max_mos": 4.0}),
    ],
)
async def test_calls_are_filtered(
    client: httpx.AsyncClient, world: Crowd, query: dict[str, Any], filters: dict[str, Any]
) -> None:
    if "number_ids" in filters:
        filters = {"number_ids": (world.lines[1].number_id,)}
    found = await _all(client, **query)
    expected = _mine(world, **filters)
    assert expected
    assert [call["id"] for call in found] == [record.call_id for record in expected]


async def test_lists_are_sorted_by_price(client: httpx.AsyncClient) -> None:
    prices = [Decimal(call["price"]) for call in await _all(client, sort="-price", limit=9)]
    assert prices == sorted(prices, reverse=True)
    assert len(set(prices)) > 3


async def test_days_are_those_of_the_time_zone(client: httpx.AsyncClient, world: Crowd) -> None:
    asked = {"from": "2026-11-02", "to": "2026-11-08", "time_zone": "Europe/Rome"}
    same = {"from": "2026-11-02T00:00:00+01:00", "to": "2026-11-08T23:00:00Z"}
    found = await _all(client, **asked)
    assert found == await _all(client, **same)
    assert found
    assert all("2026-11-01T23:" <= call["created_at"] < "2026-11-08T23:" for call in found)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"form": "2026-11-01"}, "invalid-request"),
        ({"from": "yesterday"}, "invalid-period"),
        ({"from": "2026-11-31"}, "invalid-period"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "invalid-period"),
        ({"time_zone": "Mars"}, "invalid-period"),
        ({"time_zone": "../etc/passwd"}, "invalid-period"),
        ({"from": "0001-01-01", "time_zone": "Asia/Tokyo"}, "invalid-period"),
        ({"number": "123"}, "invalid-number"),
        ({"end_reason": "Boredom"}, "invalid-request"),
        ({"limit": "0"}, "invalid-request"),
        ({"sort": "name"}, "invalid-request"),
        ({"cursor": "nonsense"}, "invalid-cursor"),
        ({"max_price": "1e5"}, "invalid-request"),
    ],
)
async def test_what_cannot_be_understood_is_a_problem(
    client: httpx.AsyncClient, query: dict[str, str], problem: str
) -> None:
    for path in (CALLS, f"{CALLS}/aggregates"):
        if path != CALLS and {"limit", "sort", "cursor"} & set(query):
            continue
        response = await client.get(path, params=query)
        assert response.status_code == 400, response.text
        assert response.json()["type"] == f"urn:dillo:problem:{problem}"


async def test_cursors_belong_to_their_order(client: httpx.AsyncClient) -> None:
    cursor = (await client.get(CALLS, params={"limit": 1})).json()["next_cursor"]
    response = await client.get(CALLS, params={"cursor": cursor, "sort": "price"})
    assert response.json()["type"] == "urn:dillo:problem:invalid-cursor"


async def test_a_call_is_shown_in_full(client: httpx.AsyncClient, world: Crowd) -> None:
    record = next(each for each in _mine(world) if each.recordings)
    response = await client.get(f"{CALLS}/{record.call_id}")
    assert response.status_code == 200, response.text
    call = response.json()
    assert [visit["node"] for visit in call["path"]] == [each.node for each in record.executions]
    assert call["recordings"][0]["duration_s"] == record.recordings[0].duration_ms / 1000
    assert sum(Decimal(line["amount"]) for line in call["charges"]) == Decimal(call["price"])
    assert call["charges"][0]["explanation"]["rule"] == "call"
    assert call["quality"]["packets_sent"] == 1000
    again = {"If-None-Match": response.headers["ETag"]}
    assert (await client.get(f"{CALLS}/{record.call_id}", headers=again)).status_code == 304


async def test_parts_of_a_call_have_addresses_of_their_own(
    client: httpx.AsyncClient, world: Crowd
) -> None:
    record = next(each for each in _mine(world) if each.collected)
    base = f"{CALLS}/{record.call_id}"
    events = (await client.get(f"{base}/events")).json()["items"]
    assert [event["kind"] for event in events[:2]] == ["CallReceived", "ApplicationStarted"]
    assert events[-1]["kind"] == "CallEnded"
    assert events[-1]["offset_s"] >= record.duration_ms / 1000
    graph = (await client.get(f"{base}/behavior")).json()
    assert "Executions" in graph["ChannelBehaviorNodes"]["0"]
    document = (await client.get(f"{base}/record")).json()
    assert json.loads(document["ChannelBehavior"]) == graph
    charges = (await client.get(f"{base}/charges")).json()["items"]
    assert charges == (await client.get(base)).json()["charges"]


async def test_calls_of_others_are_not_there(platform: "Platform", world: Crowd) -> None:
    call_id = _mine(world)[0].call_id
    async with platform.client("1", Role.VIEWER) as other:
        for path in ("", "/events", "/charges", "/behavior", "/record"):
            response = await other.get(f"{CALLS}/{call_id}{path}")
            assert response.status_code == 404
            assert response.json()["type"] == "urn:dillo:problem:call-not-found"
        found = await _all(other, number=world.lines[0].number)
        assert found == []
    async with platform.client() as nobody:
        assert (await nobody.get(CALLS)).status_code == 401


async def test_sums_are_those_of_the_list(client: httpx.AsyncClient, world: Crowd) -> None:
    listed = await _all(client, **NOVEMBER)
    asked = NOVEMBER | {"unit": "day", "group_by": "end_reason"}
    sums = (await client.get(f"{CALLS}/aggregates", params=asked)).json()
    (total,) = sums["totals"]
    assert total["calls"] == len(listed) == sum(item["calls"] for item in sums["items"])
    assert Decimal(total["price"]) == sum(Decimal(call["price"]) for call in listed)
    assert total["answered"] == sum(call["answered_at"] is not None for call in listed)
    assert len(sums["periods"]) == 30
    first = sums["items"][0]
    day = sums["periods"][first["period"]]["label"]
    same_day = [call for call in listed if call["created_at"].startswith(day)]
    assert first["calls"] == sum(call["end_reason"] == first["group"] for call in same_day)


async def test_groups_have_names(client: httpx.AsyncClient, world: Crowd) -> None:
    asked = {"from": "2026-10-01", "to": "2026-12-31"}
    for group_by, names in (
        ("number", {line.number for line in world.lines[:2]}),
        ("application", {line.number for line in world.lines[:2]} | {None}),
        ("caller_country", {None}),
        ("customer", {"Customer 0"}),
    ):
        parameters = asked | {"group_by": group_by}
        sums = (await client.get(f"{CALLS}/aggregates", params=parameters)).json()
        assert {item["name"] for item in sums["items"]} == names
        assert {item["period"] for item in sums["items"]} == {None}


async def test_many_groups_come_in_pages(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"from": "2026-10-01", "to": "2026-12-31", "unit": "month", "group_by": "end_reason"}
    whole = (await client.get(f"{CALLS}/aggregates", params=asked)).json()
    assert whole["next_cursor"] is None
    monkeypatch.setattr(aggregates, "MOST_SUMS", 2 * len(whole["periods"]))
    items: list[dict[str, object]] = []
    page = (await client.get(f"{CALLS}/aggregates", params=asked)).json()
    while True:
        assert page["totals"] == whole["totals"]
        items += page["items"]
        if page["next_cursor"] is None:
            break
        more = asked | {"cursor": page["next_cursor"]}
        page = (await client.get(f"{CALLS}/aggregates", params=more)).json()
    assert sorted(items, key=lambda each: (each["period"], each["group"])) == whole["items"]
    wrong = asked | {"group_by": "number", "cursor": "x"}
    assert (await client.get(f"{CALLS}/aggregates", params=wrong)).status_code == 400


async def test_too_many_periods_are_refused(client: httpx.AsyncClient) -> None:
    asked = {"from": "2020-01-01", "to": "2026-01-01", "unit": "hour"}
    response = await client.get(f"{CALLS}/aggregates", params=asked)
    assert response.json()["type"] == "urn:dillo:problem:too-many-periods"


async def test_drop_off_tells_where_calls_went(
    platform: "Platform", client: httpx.AsyncClient, world: Crowd
) -> None:
    line = world.lines[0]
    path = f"/api/v1/applications/{line.application_id}/drop-off"
    asked = {"from": "2026-10-01", "to": "2026-12-31"}
    answer = (await client.get(path, params=asked)).json()
    visits = [
        visit
        for each in world.calls
        if each.record.number_id == line.number_id
        for visit in each.record.executions
    ]
    assert answer["versions"] == [1]
    for node in answer["nodes"]:
        assert node["entered"] == sum(visit.node == node["node"] for visit in visits)
        assert node["entered"] == node["went_on"] + node["ended"] + node["failed"]
        assert node["ended"] == sum(each["calls"] for each in node["endings"])
    assert sum(node["entered"] for node in answer["nodes"]) == len(visits)
    assert (await client.get(path, params={"version": 2})).status_code == 404
    async with platform.client("1", Role.VIEWER) as other:
        assert (await other.get(path)).status_code == 404
