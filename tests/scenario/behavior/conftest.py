"""Plays graphs written in short against text tables."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dillo.behavior import Behavior, begin, load
from dillo.behavior.scenario import Played, parse, play

Nodes = dict[str, tuple[Any, ...]]


def behavior_of(nodes: Nodes, version_id: str) -> Behavior:
    """Load nodes written as `{"0": (ActionType, ChannelBehaviorAction, NextNode)}`."""
    names = ("ActionType", "ChannelBehaviorAction", "NextNode")
    document = {number: dict(zip(names, node, strict=False)) for number, node in nodes.items()}
    return load(json.dumps({"ChannelBehaviorNodes": document}), version_id)


@pytest.fixture
def holds() -> Callable[..., Played]:
    """Return a function that plays nodes and asserts that exactly the table's rows came about."""

    def assert_holds(
        nodes: Nodes | None,
        table: str,
        *,
        fallback: Nodes | None = None,
        caller: str = "+393703188051",
        starts_us: int = 0,
    ) -> Played:
        primary = behavior_of(nodes, "v1") if nodes is not None else None
        second = behavior_of(fallback, "v2") if fallback is not None else None
        state = begin(caller, "+442079460000", primary, second)
        played = play(state, table, starts_us=starts_us)
        assert [str(row) for row in played.rows] == [str(row) for row in parse(table)]
        return played

    return assert_holds
