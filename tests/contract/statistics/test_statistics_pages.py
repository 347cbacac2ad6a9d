"""Pages: any of them directly, and a list that stays as it was for who follows the links."""

import json
import random
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.model.moments import to_datetime

if TYPE_CHECKING:
    from tests.contract.statistics.conftest import House

PATH = "/api/inbound/voice/442079460000"
NOVEMBER = f"{PATH}/2026-11-01/2026-11-30"
START_US = 1_793_491_200_000_000  # 2026-11-01T00:00:00Z
DAY_US = 86_400_000_000
SECOND_US = 1_000_000

# Calls crowd into few seconds, minutes, hours and days, so that spans share and divide them.
MOMENTS = st.builds(
    lambda day, hour, minute, us: START_US + day * DAY_US + hour * 3_600_000_000 + minute + us,
    st.integers(-1, 31),
    st.sampled_from((0, 10, 23)),
    st.sampled_from((0, 60_000_000, 3_540_000_000)),
    st.sampled_from((0, 1, SECOND_US, 59_999_999)),
)


def ids(response: httpx.Response) -> list[str]:
    """Return the ids of the calls on a page (see conftest.call_document)."""
    assert response.status_code == 200, response.text
    return [json.loads(call["ChannelBehavior"])["Id"] for call in response.json()]


def fill(house: "House", count: int, seed: int = 1) -> list[str]:
    """Settle calls all over November in no order; return their ids as the API lists them."""
    chance = random.Random(seed)
    moments = [START_US + chance.randrange(30 * DAY_US) for _ in range(count)]
    made = {house.call(moment): moment for moment in moments}
    return sorted(made, key=lambda call_id: (made[call_id], call_id), reverse=True)


async def follow(client: httpx.AsyncClient, response: httpx.Response) -> httpx.Response | None:
    link = response.links.get("next")
    return await client.get(link["url"]) if link else None


async def test_every_page_is_reached_directly(house: "House") -> None:
    expected = fill(house, 405)
    async with house.client(house.alice) as client:
        for page in range(1, 23):
            response = await client.get(f"{NOVEMBER}/{page}")
            assert ids(response) == expected[(page - 1) * 20 : page * 20]
            assert response.headers["X-Total-Count"] == "405"
            assert ("next" in response.links) == (page < 21)


async def test_a_full_last_page_has_no_next(house: "House") -> None:
    fill(house, 20)
    async with house.client(house.alice) as client:
        response = await client.get(NOVEMBER)
    assert len(response.json()) == 20
    assert "Link" not in response.headers


async def test_the_link_says_the_number_as_sent_and_pins_the_moment(house: "House") -> None:
    fill(house, 21)
    query = "SELECT max(settled_us) FROM calls"
    ((latest_us,),) = house.execute(query)
    moment = to_datetime(latest_us).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for number in ("442079460000", "+442079460000", "00442079460000"):
        path = f"/api/inbound/voice/{number}/2026-11-01/2026-11-30"
        async with house.client(house.alice) as client:
            response = await client.get(path)
        link = f'<https://voice.example.com{path}/2?asOf={moment}>; rel="next"'
        assert response.headers["Link"] == link


async def test_the_list_stays_while_calls_arrive_and_late_ones_settle(house: "House") -> None:
    expected = fill(house, 65)
    seen: list[str] = []
    async with house.client(house.alice) as client:
        response: httpx.Response | None = await client.get(NOVEMBER)
        while response is not None:
            seen += ids(response)
            assert response.headers["X-Total-Count"] == "65"
            house.call("2026-11-30T23:59:59Z")
            fill(house, 30, seed=len(seen))
            response = await follow(client, response)
        fresh = await client.get(NOVEMBER)
    assert seen == expected
    assert fresh.headers["X-Total-Count"] == str(65 + 4 * 31)


async def test_as_of_takes_any_iso_instant(house: "House") -> None:
    house.call("2026-11-03T10:00:00Z")  # settles a minute later
    count = {
        "2026-11-03T10:01:00Z": "1",
        "2026-11-03T10:00:59.999999Z": "0",
        "2026-11-03T11:01:00+01:00": "1",
        "20261103T100100Z": "1",
        "2026-11-03T10:01Z": "1",
        "1900-01-01T00:00:00Z": "0",
        "9999-12-31T23:59:59.999999-12:00": "1",
        "0001-01-01T00:00:00+12:00": "0",
    }
    async with house.client(house.alice) as client:
        for as_of, expected in count.items():
            response = await client.get(NOVEMBER, params={"asOf": as_of})
            assert response.headers["X-Total-Count"] == expected, as_of
        unescaped = await client.get(f"{NOVEMBER}?asOf=2026-11-03T11:01:00+01:00")
    assert unescaped.headers["X-Total-Count"] == "1"


async def test_an_as_of_in_the_future_pins_what_is_there(house: "House") -> None:
    expected = fill(house, 30)
    async with house.client(house.alice) as client:
        first = await client.get(NOVEMBER, params={"asOf": "2999-01-01T00:00:00Z"})
        house.call("2026-11-30T23:59:59Z")
        second = await follow(client, first)
    assert second is not None
    assert ids(first) + ids(second) == expected


@given(
    moments=st.lists(MOMENTS, max_size=60),
    pinned=st.integers(0, 60),
    days=st.tuples(st.integers(0, 29), st.integers(0, 29)).map(sorted),
)
@settings(deadline=None, max_examples=60)
async def test_pages_are_what_a_plain_query_finds(
    empty_database: Path,
    house_type: "type[House]",
    moments: list[int],
    pinned: int,
    days: list[int],
) -> None:
    """Whatever was settled when, the pages as of some settlement are those of a full sort."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "dillo.db")
        shutil.copy(empty_database, path)
        house = house_type(f"sqlite:///{path}", path.parent)
        for moment in moments:
            house.call(moment)
        rows = house.execute("SELECT settled_us FROM calls ORDER BY 1")
        as_of_us = rows[pinned][0] if pinned < len(rows) else START_US + 99 * DAY_US
        period_us = (START_US + days[0] * DAY_US, START_US + (days[1] + 1) * DAY_US)
        expected = plain_query(house, period_us, as_of_us)
        first, last = (to_datetime(START_US + day * DAY_US).date() for day in days)
        params = {"asOf": to_datetime(as_of_us).isoformat()}
        async with house.client(house.alice) as client:
            for page in range(1, len(expected) // 20 + 2):
                response = await client.get(f"{PATH}/{first}/{last}/{page}", params=params)
                assert ids(response) == expected[(page - 1) * 20 : page * 20]
                assert response.headers["X-Total-Count"] == str(len(expected))
        await house.close()


def plain_query(house: "House", period_us: tuple[int, int], as_of_us: int) -> list[str]:
    rows = house.execute(
        "SELECT id FROM calls WHERE created_us >= :start AND created_us < :end"
        " AND settled_us <= :as_of ORDER BY created_us DESC, id DESC",
        start=period_us[0],
        end=period_us[1],
        as_of=as_of_us,
    )
    return [call_id for (call_id,) in rows]
