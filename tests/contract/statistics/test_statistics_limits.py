"""Token buckets on a virtual clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dillo.web.limits import TokenBuckets


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_the_steady_rate() -> None:
    clock = Clock()
    buckets = TokenBuckets(rate=2, burst=3, clock=clock)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a") == pytest.approx(0.5)
    assert buckets.take("b") == 0
    clock.now += 0.5
    assert buckets.wait_s("a") == 0
    assert buckets.take("a") == 0
    assert buckets.take("a") == pytest.approx(0.5)
    clock.now += 1000
    assert [buckets.take("a") > 0 for _ in range(4)] == [False, False, False, True]


def test_looking_takes_nothing() -> None:
    buckets = TokenBuckets(rate=1, burst=1, clock=Clock())
    assert [buckets.wait_s("a") for _ in range(3)] == [0, 0, 0]
    assert "a" not in buckets


def test_the_longest_silent_client_is_forgotten_first() -> None:
    buckets = TokenBuckets(rate=1, burst=1, capacity=2, clock=Clock())
    for client in ("a", "b", "a", "c"):
        buckets.take(client)
    assert [client in buckets for client in "abc"] == [True, False, True]
    assert len(buckets) == 2


@given(
    steps=st.lists(st.tuples(st.floats(0, 3), st.sampled_from("abc")), max_size=80),
    rate=st.floats(0.5, 20),
    burst=st.integers(1, 5),
)
def test_nobody_gets_more_than_burst_and_rate(
    steps: list[tuple[float, str]], rate: float, burst: int
) -> None:
    clock = Clock()
    buckets = TokenBuckets(rate, burst, clock=clock)
    allowed = dict.fromkeys("abc", 0)
    for pause, client in steps:
        clock.now += pause
        allowed[client] += buckets.take(client) == 0
    elapsed = clock.now - 100
    assert all(count <= burst + rate * elapsed + 1e-6 for count in allowed.values())
