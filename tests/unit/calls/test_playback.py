"""A list of prompts is played while the rest of it is made."""

import asyncio
from typing import cast

import pytest

from dillo.calls.audio import AudioStream
from dillo.calls.playback import Playback
from dillo.calls.ports import PreparedPrompt, PromptFailed
from dillo.model.media import Command, ExtendPlaying, PlayFiles, PlayFinished, StopPlaying
from dillo.model.prompts import Prompt, Silence, Speech


class Maker:
    """Prompts that are ready when the test says so."""

    def __init__(self, *ready: str) -> None:
        self.made = {word: asyncio.Event() for word in ("One.", "Two.", "Three.", *ready)}
        for word in ready:
            self.made[word].set()
        self.broken: set[str] = set()
        self.stopped: list[str] = []
        self.due_in_s: list[float] = []
        self.characters_a_second = 1000.0

    def cached(self, prompt: Prompt, customer_id: str) -> PreparedPrompt | None:
        if isinstance(prompt, Silence):
            return PreparedPrompt("pause", "pause", prompt.duration_ms)
        ready = isinstance(prompt, Speech) and self.made[prompt.text].is_set()
        return PreparedPrompt(str(prompt), "alaw", 100, ("odd",)) if ready else None

    async def prepare(
        self, prompt: Prompt, customer_id: str, due_in_s: float = 0
    ) -> PreparedPrompt:
        self.due_in_s.append(due_in_s)
        try:
            while (ready := self.cached(prompt, customer_id)) is None:
                if str(prompt) in self.broken:
                    raise PromptFailed("broken")
                await self.made[str(prompt)].wait()
        except asyncio.CancelledError:
            self.stopped.append(str(prompt))
            raise
        return ready

    def pace(self, speech: Speech) -> float:
        return self.characters_a_second

    def expect(self, language: str, voice: str | None) -> None: ...


class Port:
    call_id = "c"

    def __init__(self) -> None:
        self.sent: list[Command] = []

    def send(self, command: Command) -> None:
        self.sent.append(command)


class Audio:
    is_alaw = False

    def __init__(self) -> None:
        self.port = Port()


class Scene:
    def __init__(
        self, maker: Maker, tasks: asyncio.TaskGroup, text: str = "One. Two. Three."
    ) -> None:
        self.audio = Audio()
        self.ends: list[str | None] = []
        self.warnings: list[str] = []
        self.playback = Playback(
            maker,
            "customer",
            cast("AudioStream", self.audio),
            tasks,
            self.ends.append,
            self.warnings.append,
        )
        self.playback.play((Speech(text, "en"),), 1)

    @property
    def sent(self) -> list[Command]:
        return self.audio.port.sent


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_is_ready_plays_at_once_as_a_whole() -> None:
    async with asyncio.TaskGroup() as tasks:
        scene = Scene(Maker("One.", "Two.", "Three."), tasks)
    assert scene.sent == [PlayFiles("c", 1, ("One.", "pause", "Two.", "pause", "Three."), 1)]
    assert scene.warnings == ["odd"]


async def test_the_first_sentence_plays_while_the_next_is_made() -> None:
    async with asyncio.TaskGroup() as tasks:
        maker = Maker()
        scene = Scene(maker, tasks)
        assert scene.sent == []
        maker.made["One."].set()
        await settle()
        assert scene.sent == [
            PlayFiles("c", 1, ("One.",), 1, is_open=True),
            ExtendPlaying("c", 1, ("pause",), is_last=False),
        ]
        maker.made["Two."].set()
        maker.made["Three."].set()
        await settle()
        assert scene.sent[-1] == ExtendPlaying("c", 1, ("Three.",), is_last=True)
        scene.playback.finished(PlayFinished("c", 1, True))
    assert scene.ends == [None]


async def test_a_sentence_is_due_when_those_before_it_were_heard() -> None:
    async with asyncio.TaskGroup() as tasks:
        maker = Maker("One.")
        Scene(maker, tasks)
        await settle()
        maker.made["Two."].set()
        maker.made["Three."].set()
        await settle()
    for due_in_s, at_most_s in zip(maker.due_in_s, (0.32, 0.42, 0.64), strict=True):
        assert at_most_s - 0.3 < due_in_s <= at_most_s


async def test_the_opening_of_a_slow_sentence_is_made_first() -> None:
    async with asyncio.TaskGroup() as tasks:
        maker = Maker("Your order number", "4270 is on its way.")
        maker.made["Your order number 4270 is on its way."] = asyncio.Event()
        maker.characters_a_second = 20.0
        scene = Scene(maker, tasks, "Your order number 4270 is on its way.")
        await settle()
    assert scene.sent[0] == PlayFiles("c", 1, ("Your order number",), 1, is_open=True)
    assert scene.sent[-1] == ExtendPlaying("c", 1, ("4270 is on its way.",), is_last=True)


async def test_an_interrupted_list_is_made_no_further() -> None:
    async with asyncio.TaskGroup() as tasks:
        maker = Maker("One.")
        scene = Scene(maker, tasks)
        await settle()
        scene.playback.stop()
        await settle()
        assert maker.stopped == ["Two."]
        assert scene.sent[-1] == StopPlaying("c", 1)
    assert scene.ends == []


@pytest.mark.parametrize("ready", [(), ("One.",)])
async def test_what_cannot_be_made_ends_the_list(ready: tuple[str, ...]) -> None:
    async with asyncio.TaskGroup() as tasks:
        maker = Maker(*ready)
        maker.broken = {"One.", "Two."}
        scene = Scene(maker, tasks)
    assert scene.ends == ["broken"]
    assert [type(command) for command in scene.sent[-1:]] == ([StopPlaying] if ready else [])
