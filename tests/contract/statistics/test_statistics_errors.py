"""Each error of the statistics API: its status, its type, and what is checked first."""

import sqlite3
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.contract.statistics.conftest import House

PATH = "/api/inbound/voice"
FOREIGN_DIGITS = "\u0662\u0660\u0662\u0666\u0664\u0664"
GOOD = f"{PATH}/442079460000/2026-11-01/2026-11-30"


def problem(response: httpx.Response) -> tuple[int, str]:
    """Return status and kind, after checking that it is a whole problem response."""
    body = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert list(body) == ["type", "title", "status", "detail"]
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"].endswith(".")
    prefix = "urn:dillo:problem:"
    assert body["type"].startswith(prefix)
    return response.status_code, body["type"].removeprefix(prefix)


@pytest.mark.parametrize(
    "number",
    [
        "02079460000",
        "2079",
        "+",
        "00",
        "+00442079460000",
        "44 2079460000",
        "44-20",
        "abc",
        FOREIGN_DIGITS,
    ],
)
async def test_a_number_without_country_dial_code(house: "House", number: str) -> None:
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/{number}/2026-11-01/2026-11-30")
    assert problem(response) == (400, "invalid-number")


@pytest.mark.parametrize(
    "day",
    [
        *["2026-1-5", "20260105", "2026-02-30", "2026-13-01", "2026-00-10", "0000-01-01"],
        *[
            "2026-W02-1",
            "05-01-2026",
            "2026-01-05T00:00",
            " 2026-01-05",
            FOREIGN_DIGITS[:4] + "-01-05",
            "today",
        ],
    ],
)
@pytest.mark.parametrize("side", ["start", "end"])
async def test_a_date_that_is_no_calendar_day(house: "House", day: str, side: str) -> None:
    days = f"{day}/2026-01-05" if side == "start" else f"2026-01-05/{day}"
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/442079460000/{days}")
    assert problem(response) == (400, "invalid-date")
    assert f"{side}Date" in response.json()["detail"]


@pytest.mark.parametrize("days", ["2026-01-02/2026-01-01", "2026-11-30/2025-12-01"])
async def test_an_end_before_the_start(house: "House", days: str) -> None:
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/442079460000/{days}")
    assert problem(response) == (400, "end-before-start")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("2026-01-01/2026-01-31", 200),
        ("2026-01-01/2026-02-01", 400),
        ("2024-02-01/2024-03-02", 200),
        ("2024-02-01/2024-03-03", 400),
        ("2026-01-01/2026-01-01", 200),
        ("9999-12-01/9999-12-31", 200),
        ("0001-01-01/0001-01-01", 200),
        ("0001-01-01/9999-12-31", 400),
    ],
)
async def test_a_period_is_at_most_31_days(house: "House", days: str, expected: int) -> None:
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/442079460000/{days}")
    assert response.status_code == expected
    if expected == 400:
        assert problem(response) == (400, "period-too-long")


@pytest.mark.parametrize(
    "page", ["0", "-1", "+1", "1.5", "1e3", "abc", "00", FOREIGN_DIGITS[0], " 1", "0x1"]
)
async def test_a_page_that_is_no_whole_number_from_1_up(house: "House", page: str) -> None:
    async with house.client(house.alice) as client:
        response = await client.get(f"{GOOD}/{page}")
    assert problem(response) == (400, "invalid-page")


@pytest.mark.parametrize("page", ["2", "1000000", str(2**63), str(10**30), "9" * 5000])
async def test_a_page_past_the_end_is_empty(house: "House", page: str) -> None:
    house.call("2026-11-03T10:00:00Z")
    async with house.client(house.alice) as client:
        response = await client.get(f"{GOOD}/{page}")
    assert (response.status_code, response.content) == (200, b"[]")
    assert response.headers["X-Total-Count"] == "1"
    assert "Link" not in response.headers


@pytest.mark.parametrize("as_of", ["", "now", "1700000000", "2026-11-23T10:00:00", "2026-11-23"])
async def test_an_as_of_that_is_no_moment(house: "House", as_of: str) -> None:
    async with house.client(house.alice) as client:
        response = await client.get(GOOD, params={"asOf": as_of})
    assert problem(response) == (400, "invalid-as-of")


@pytest.mark.parametrize("path", ["/api", PATH, f"{PATH}/442079460000", f"{GOOD}/1/2", "/api/docs"])
async def test_addresses_that_do_not_exist(house: "House", path: str) -> None:
    async with house.client(house.alice) as client:
        response = await client.get(path)
    assert problem(response) == (404, "not-found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods(house: "House", method: str) -> None:
    async with house.client(house.alice) as client:
        response = await client.request(method, GOOD)
    assert problem(response) == (405, "method-not-allowed")
    assert "GET" in response.headers["Allow"]


async def test_who_asks_is_checked_first_then_the_parameters_then_the_number(
    house: "House",
) -> None:
    wrong_everything = f"{PATH}/0123/2026-13-01/x/0"
    async with house.client() as client:
        assert problem(await client.get(wrong_everything)) == (401, "unauthorized")
    async with house.client(house.alice) as client:
        assert problem(await client.get(wrong_everything)) == (400, "invalid-number")
        foreign = f"{PATH}/393703188051/2026-11-30/2026-11-01"
        assert problem(await client.get(foreign)) == (400, "end-before-start")


async def test_a_database_that_does_not_answer(house: "House") -> None:
    async with house.client(house.alice) as client:
        house.execute("ALTER TABLE call_tallies RENAME TO moved")
        response = await client.get(GOOD)
        house.execute("ALTER TABLE moved RENAME TO call_tallies")
    assert problem(response) == (503, "unavailable")
    assert response.headers["Retry-After"] == "1"


async def test_what_breaks_inside_says_nothing_of_the_inside(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise sqlite3.ProgrammingError("secret")

    async with house.client(house.alice) as client:
        monkeypatch.setattr("dillo.store.reading.find_page", breaks)
        response = await client.get(GOOD)
    assert problem(response) == (500, "internal-error")
    assert "secret" not in response.text
