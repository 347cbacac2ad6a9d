"""Filling in goes on until nothing is left, and waits for a database that is away."""

import pytest

from dillo.jobs import filler
from dillo.model.errors import Unavailable


async def test_steps_are_taken_until_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filler, "_RETRY_S", 0)
    monkeypatch.setattr(filler, "_PAUSE_S", 0)
    answers: list[bool | Unavailable] = [True, Unavailable("locked"), True, False]

    async def step() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Unavailable):
            raise answer
        return answer

    await filler.fill(step)
    assert answers == []
