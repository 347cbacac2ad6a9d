"""Transcription falls back from engine to engine, each in real worker processes."""

import os
from collections.abc import Mapping

import numpy as np
import pytest
from tests.unit.speech.plug_ins import install

from dillo.speech.engines import EngineFailed, Sound, SpeechRefused, Transcript
from dillo.speech.options import Ranked, speech_environment
from dillo.speech.transcription import Transcription

AUDIO = Sound(np.zeros(12_000, np.int16), 8000)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    folder = install(tmp_path_factory.mktemp("plug-in"))
    paths = f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    return {**speech_environment(), "PYTHONPATH": paths}


async def transcribed(
    environment: Mapping[str, str], first: str, second: str = "", timeout_s: float = 30
) -> Transcript:
    does = {"DILLO_SPEECH_FIRST_DOES": first, "DILLO_SPEECH_SECOND_DOES": second}
    engines = (Ranked("first", timeout_s), Ranked("second", 30))
    async with Transcription(engines, env={**environment, **does}) as transcription:
        return await transcription.transcribe(AUDIO, "it-IT")


async def test_the_first_engine_hears_the_samples(environment: Mapping[str, str]) -> None:
    transcript = await transcribed(environment, "")
    assert transcript.text == "12000 at 8000"
    assert transcript.segments[0].end_s == 1.5
    assert transcript.confidence == pytest.approx(0.9)
    assert transcript.engine == "scripted 1"


@pytest.mark.parametrize("fault", ["die", "fail", "break", "refuse"])
async def test_the_next_engine_serves(environment: Mapping[str, str], fault: str) -> None:
    assert (await transcribed(environment, fault)).text == "12000 at 8000"


async def test_the_next_engine_serves_after_the_time_out(environment: Mapping[str, str]) -> None:
    assert (await transcribed(environment, "hang", timeout_s=1)).text == "12000 at 8000"


async def test_what_all_refuse_is_refused(environment: Mapping[str, str]) -> None:
    with pytest.raises(SpeechRefused, match=r"^first: never; second: never$"):
        await transcribed(environment, "refuse", "refuse")


async def test_what_one_failed_at_may_be_tried_again(environment: Mapping[str, str]) -> None:
    with pytest.raises(EngineFailed, match=r"^first: never; second: out of order$"):
        await transcribed(environment, "refuse", "fail")


async def test_an_engine_that_is_not_installed_is_named(environment: Mapping[str, str]) -> None:
    engines = (Ranked("third", 30),)
    async with Transcription(engines, env=environment) as transcription:
        with pytest.raises(EngineFailed, match="there is no speech engine 'third'; installed are"):
            await transcription.transcribe(AUDIO, "it-IT")


def test_a_time_out_is_part_of_the_order() -> None:
    assert Ranked.parse("openai:2.5", 20) == Ranked("openai", 2.5)
    assert Ranked.parse("espeak", 20) == Ranked("espeak", 20)
    for wrong in ("", ":3", "kokoro:0", "kokoro:soon", "kokoro:inf"):
        with pytest.raises(ValueError, match=r"is not NAME|could not convert"):
            Ranked.parse(wrong, 20)
