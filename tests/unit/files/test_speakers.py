"""The next engine speaks where one fails; real workers, engines from a plug-in."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.unit.speech.plug_ins import install

from dillo.files.folder import PromptFolder
from dillo.files.orders import NotMade
from dillo.files.prompts import PromptCache
from dillo.files.speakers import Speakers, Spoke
from dillo.model.prompts import Speech
from dillo.speech.casting import Casting, Take
from dillo.speech.options import speech_environment
from dillo.workers.crew import Staffing

SPEECH = Speech("one two three", "it-IT", None)


def cast(language: str, voice: str | None) -> tuple[Take, ...]:
    return tuple(Take(name, f"{name} 1", "anna", language) for name in ("first", "second"))


def make(
    folder: Path,
    first: str,
    second: str = "",
    timeout_s: float = 30,
    patience_s: float | None = None,
) -> Speakers:
    (folder / "plug-in").mkdir()
    plug_in = install(folder / "plug-in")
    does = {"DILLO_SPEECH_FIRST_DOES": first, "DILLO_SPEECH_SECOND_DOES": second}
    paths = f"{plug_in}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    staffing = {
        "first": Staffing(1, 1, timeout_s, idle_s=30),
        "second": Staffing(1, 1, 30, idle_s=30),
    }
    env = {**speech_environment(), **does, "PYTHONPATH": paths}
    return Speakers(folder, cast, staffing, patience_s=patience_s, env=env)


@asynccontextmanager
async def speaking(
    folder: Path,
    first: str,
    second: str = "",
    timeout_s: float = 30,
    patience_s: float | None = None,
) -> AsyncIterator[Speakers]:
    speakers = make(folder, first, second, timeout_s, patience_s)
    running = asyncio.create_task(speakers.run())
    yield speakers
    running.cancel()
    await asyncio.wait([running])


async def test_all_parts_are_heard(tmp_path: Path) -> None:
    async with speaking(tmp_path, "") as speakers:
        spoken = await speakers.speak(SPEECH)
    assert isinstance(spoken, Spoke)
    assert spoken.warnings == ()
    assert spoken.made.duration_ms == pytest.approx(1100, abs=60)
    assert PromptFolder(tmp_path).find(speakers.key(SPEECH)) is not None


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("fail", "first: out of order"),
        ("break", "first: ZeroDivisionError: what a bug"),
        ("die", "first: the worker process died of it 2 times"),
        ("hang", "first: no answer within 2 s"),
    ],
)
async def test_the_next_engine_speaks_and_the_failed_one_rests(
    tmp_path: Path, fault: str, said: str
) -> None:
    async with speaking(tmp_path, fault, timeout_s=2 if fault == "hang" else 30) as speakers:
        for text in ("one", "two"):
            spoken = await asyncio.wait_for(speakers.speak(Speech(text, "it-IT")), 20)
            assert isinstance(spoken, Spoke)
            assert spoken.warnings == (f"{said}: second speaks instead",)


@pytest.mark.parametrize("delay", ["load", "hang"])
async def test_who_waits_in_silence_hears_the_next_engine_soon(tmp_path: Path, delay: str) -> None:
    async with speaking(tmp_path, delay, patience_s=0.5) as speakers:
        for text, due_in_s in (("one", 0.5), ("two", 60)):  # the engine rests by then
            speaking_two = speakers.speak(Speech(text, "it-IT"), due_in_s)
            spoken = await asyncio.wait_for(speaking_two, 30)
            assert isinstance(spoken, Spoke)
            assert spoken.warnings == ("first: nothing within 1.0 s: second speaks instead",)


async def test_what_is_not_due_yet_is_waited_for(tmp_path: Path) -> None:
    async with speaking(tmp_path, "slow", patience_s=0.1) as speakers:
        spoken = await speakers.speak(SPEECH, due_in_s=30)
    assert isinstance(spoken, Spoke)
    assert spoken.warnings == ()


async def test_an_engine_that_refuses_a_text_does_not_rest(tmp_path: Path) -> None:
    async with speaking(tmp_path, "refuse", "refuse") as speakers:
        for _ in range(2):
            assert await speakers.speak(SPEECH) == NotMade(0, "first: never; second: never")


async def test_a_stand_in_is_said_to_be_one(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, tmp_path, make(tmp_path, "fail"))
    await cache.start()
    ready = await cache.prepare(SPEECH, "c")
    assert ready.warnings == ("first: out of order: second speaks instead",)
    assert cache.cached(SPEECH, "c") == ready
    await cache.close()


async def test_a_text_that_nobody_waits_for_is_dropped(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, tmp_path, make(tmp_path, "slow"))
    await cache.start()
    await cache.prepare(Speech("ready", "it-IT"), "c")
    for text in ("one " * 500, "two " * 500, "three " * 500):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(cache.prepare(Speech(text, "it-IT"), "c"), 0.2)
    began = asyncio.get_running_loop().time()
    await cache.prepare(Speech("four", "it-IT"), "c")
    assert asyncio.get_running_loop().time() - began < 25  # not the 150 s of the others
    await cache.close()


def test_the_casting_of_the_platform_knows_the_floor() -> None:
    assert [take.engine for take in Casting([]).cast("it-IT", None)] == ["espeak"]
