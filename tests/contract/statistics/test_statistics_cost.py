"""What a page costs, counted in rows read rather than timed: the same at any depth and age."""

import random
from typing import TYPE_CHECKING

import pytest

from dillo.store.statistics import find_page, load_statements

if TYPE_CHECKING:
    from tests.contract.statistics.conftest import House

START_US = 1_793_491_200_000_000  # 2026-11-01T00:00:00Z
DAY_US = 86_400_000_000
CALLS = 1500


@pytest.fixture
def busy_house(house: "House") -> "House":
    """A number with fifty calls a day, each settled a minute later."""
    chance = random.Random(1)
    for moment in sorted(chance.randrange(30 * DAY_US) for _ in range(CALLS)):
        house.call(START_US + moment)
    return house


def cost(house: "House", skip: int, as_of_us: int | None) -> tuple[int, int]:
    """Return how many queries a page takes, and how many rows they return or skip."""
    statements = load_statements()
    period_us = (START_US, START_US + 30 * DAY_US)
    asking = find_page(house.alice.code, "+442079460000", period_us, (skip, 20), as_of_us)
    query, queries, rows = next(asking), 0, 0
    while True:
        found = house.execute(statements[query.name], **query.parameters)
        queries, rows = queries + 1, rows + len(found) + int(query.parameters.get("skip", 0))
        try:
            query = asking.send(found)
        except StopIteration:
            return queries, rows


def test_neither_depth_nor_age_makes_a_page_dear(busy_house: "House") -> None:
    moments = [None, *(START_US + int((30 - age) * DAY_US) for age in (0, 0.1, 1.5, 10.5, 29))]
    for as_of_us in moments:
        for skip in range(0, CALLS, 100):
            queries, rows = cost(busy_house, skip, as_of_us)
            assert queries <= 9
            assert rows <= 1 + 31 + 2 * (24 + 60) + 200 + 20
