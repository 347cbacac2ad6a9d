"""Ears for the jobs process: recordings of this platform, engines as its settings want them."""

from contextlib import AsyncExitStack
from typing import Self

from dillo.app.recordings import make_recordings
from dillo.app.transcription import make_transcription
from dillo.calls.transcribing import Audio
from dillo.model.errors import PeerError
from dillo.settings import Settings
from dillo.speech.listening import open_recording
from dillo.speech.registry import transcriber_names
from dillo.speech.transcription import Transcription


class Ears:
    """Opens recordings for engines, whose processes start when one is needed first.

    Use it as an asynchronous context manager (calls.transcribing.Listener).
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._recordings = make_recordings(settings)
        self._engines: dict[str | None, Transcription] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for engine in (None, *transcriber_names()):
            settings = self._settings
            if engine is not None:
                settings = settings.model_copy(update={"transcription_engines": [engine]})
            transcription = make_transcription(settings)
            self._engines[engine] = await self._stack.enter_async_context(transcription)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def open(self, path: str, engine: str | None) -> Audio:
        """Open a recording, for one engine by name or for those of the settings.

        Raises PeerError where there is no such recording or engine.
        """
        if engine not in self._engines:
            raise PeerError(f"there is no engine {engine!r}: {', '.join(transcriber_names())}")
        async with self._recordings.local(path) as file:
            return await open_recording(file, self._engines[engine])
