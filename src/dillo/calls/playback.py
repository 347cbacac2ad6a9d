"""What the caller hears: prompts made ready, then played by the media worker."""

import asyncio
from collections.abc import Callable

import structlog

from dillo.calls.audio import AudioStream
from dillo.calls.ports import PreparedPrompt, PromptFailed, Prompts
from dillo.model.media import PlayFiles, PlayFinished, StopPlaying
from dillo.model.prompts import Prompt

_log = structlog.get_logger(__name__)


class Playback:
    """Plays one list of prompts at a time and tells how it went.

    `on_end` gets None when a list has played to its end, or why it could not.
    """

    def __init__(
        self,
        prompts: Prompts,
        customer_id: str,
        audio: AudioStream,
        tasks: asyncio.TaskGroup,
        on_end: Callable[[str | None], None],
    ) -> None:
        self._prompts = prompts
        self._customer_id = customer_id
        self._audio = audio
        self._tasks = tasks
        self._on_end = on_end
        self._play_id = 0
        self._is_playing = False
        self._preparing: asyncio.Task[None] | None = None

    def play(self, prompts: tuple[Prompt, ...], loop: int) -> None:
        """Play a list `loop` times, 0 for ever; prompts that are not ready are made first."""
        self.stop()
        ready = [self._prompts.cached(prompt, self._customer_id) for prompt in prompts]
        if None in ready:
            self._preparing = self._tasks.create_task(self._prepare(prompts, loop))
        else:
            self._send([prompt for prompt in ready if prompt is not None], loop)

    async def interject(self, prompts: tuple[Prompt, ...], *others: AudioStream) -> None:
        """Let caller and others hear something at once; what plays to them goes on afterwards."""
        try:
            ready = [await self._prompts.prepare(prompt, self._customer_id) for prompt in prompts]
        except PromptFailed as error:
            _log.warning("an interjection is not heard", error=str(error))
            return
        for audio in (self._audio, *others):
            paths = _paths(ready, audio)
            audio.port.send(PlayFiles(audio.port.call_id, 0, paths, 1, interjects=True))

    def stop(self) -> None:
        """Fall silent; nothing more is told of what played."""
        self.abandon()
        if self._is_playing:
            port = self._audio.port
            port.send(StopPlaying(port.call_id, self._play_id))
            self._is_playing = False

    def abandon(self) -> None:
        """Stop making prompts ready: nobody will hear them."""
        if self._preparing is not None:
            self._preparing.cancel()
            self._preparing = None

    def finished(self, event: PlayFinished) -> None:
        """Take the media worker's word that a list ended."""
        if not self._is_playing or event.play_id != self._play_id:
            return
        self._is_playing = False
        self._on_end(event.error or None)

    async def _prepare(self, prompts: tuple[Prompt, ...], loop: int) -> None:
        try:
            ready = [await self._prompts.prepare(prompt, self._customer_id) for prompt in prompts]
        except PromptFailed as error:
            self._on_end(str(error))
            return
        finally:
            self._preparing = None
        self._send(ready, loop)

    def _send(self, ready: list[PreparedPrompt], loop: int) -> None:
        self._play_id += 1
        self._is_playing = True
        port = self._audio.port
        port.send(PlayFiles(port.call_id, self._play_id, _paths(ready, self._audio), loop))


def _paths(ready: list[PreparedPrompt], audio: AudioStream) -> tuple[str, ...]:
    return tuple(prompt.alaw_path if audio.is_alaw else prompt.ulaw_path for prompt in ready)
