"""What the caller hears: prompts played by the media worker as they are made ready."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from dillo.behavior.sentences import opening, pieces
from dillo.calls.audio import AudioStream
from dillo.calls.ports import PreparedPrompt, PromptFailed, Prompts
from dillo.model.media import ExtendPlaying, PlayFiles, PlayFinished, StopPlaying
from dillo.model.prompts import Prompt, Speech

_SOON_S = 1.0
"""How long a caller may hear nothing while the opening of a sentence is made."""
_SHORTEST = 20
"""Characters: less than that is not worth a cut."""

_log = structlog.get_logger(__name__)


class Playback:
    """Plays one list of prompts at a time and tells how it went.

    A text is spoken piece by piece, while the rest of it is made. `on_end` gets None when a list
    has played to its end, or why it could not; `on_warning` what the application's owner should
    know, once.
    """

    def __init__(
        self,
        prompts: Prompts,
        customer_id: str,
        audio: AudioStream,
        tasks: asyncio.TaskGroup,
        on_end: Callable[[str | None], None],
        on_warning: Callable[[str], None],
    ) -> None:
        self._prompts = prompts
        self._customer_id = customer_id
        self._audio = audio
        self._tasks = tasks
        self._on_end = on_end
        self._on_warning = on_warning
        self._warned: set[str] = set()
        self._play_id = 0
        self._is_playing = False
        self._silent_from_s = 0.0
        """When what was sent so far has been heard, on the clock of the event loop."""
        self._preparing: asyncio.Task[None] | None = None

    def play(self, prompts: tuple[Prompt, ...], loop: int) -> None:
        """Play a list `loop` times, 0 for ever; what is not ready is made meanwhile."""
        self.stop()
        parts = [part for prompt in prompts for part in _parts(prompt)]
        ready: list[PreparedPrompt] = []
        for part in parts:
            prompt = self._prompts.cached(part, self._customer_id)
            if prompt is None:
                break
            ready.append(prompt)
        missing = parts[len(ready) :]
        if ready or not missing:
            self._send(ready, loop, is_open=bool(missing))
        if missing:
            self._preparing = self._tasks.create_task(self._go_on(missing, loop))

    async def interject(self, prompts: tuple[Prompt, ...], *others: AudioStream) -> None:
        """Let caller and others hear something at once; what plays to them goes on afterwards."""
        try:
            ready = [await self._prompts.prepare(prompt, self._customer_id) for prompt in prompts]
        except PromptFailed as error:
            _log.warning("an interjection is not heard", error=str(error))
            return
        for audio in (self._audio, *others):
            paths = tuple(_path(prompt, audio) for prompt in ready)
            audio.port.send(PlayFiles(audio.port.call_id, 0, paths, 1, interjects=True))

    def stop(self) -> None:
        """Fall silent; nothing more is told of what played."""
        self.abandon()
        if self._is_playing:
            port = self._audio.port
            port.send(StopPlaying(port.call_id, self._play_id))
            self._is_playing = False
            self._silent_from_s = 0.0

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
        self.abandon()
        self._on_end(event.error or None)

    async def _go_on(self, missing: list[Prompt], loop: int) -> None:
        """Make the rest of a list, and play each part as soon as it is there."""
        try:
            while missing:
                part, *missing = (*self._opened(missing[0]), *missing[1:])
                prompt = await self._prompts.prepare(part, self._customer_id, self._due_in_s())
                if self._is_playing:
                    self._extend(prompt, is_last=not missing)
                else:
                    self._send([prompt], loop, is_open=bool(missing))
        except PromptFailed as error:
            self._preparing = None
            self.stop()
            self._on_end(str(error))
        else:
            self._preparing = None

    def _opened(self, part: Prompt) -> Sequence[Prompt]:
        """Cut a sentence that would come late, so that its opening does not."""
        if not isinstance(part, Speech) or self._prompts.cached(part, self._customer_id):
            return (part,)
        in_time_s = self._due_in_s() + _SOON_S
        return opening(part, max(_SHORTEST, int(self._prompts.pace(part) * in_time_s)))

    def _send(self, ready: list[PreparedPrompt], loop: int, *, is_open: bool) -> None:
        self._play_id += 1
        self._is_playing = True
        self._lengthen(*ready)
        paths = tuple(map(self._path, ready))
        port = self._audio.port
        port.send(PlayFiles(port.call_id, self._play_id, paths, loop, is_open=is_open))

    def _extend(self, prompt: PreparedPrompt, *, is_last: bool) -> None:
        self._lengthen(prompt)
        port = self._audio.port
        port.send(
            ExtendPlaying(port.call_id, self._play_id, (self._path(prompt),), is_last=is_last)
        )

    def _lengthen(self, *prompts: PreparedPrompt) -> None:
        begins_s = max(self._silent_from_s, asyncio.get_running_loop().time())
        self._silent_from_s = begins_s + sum(prompt.duration_ms for prompt in prompts) / 1000

    def _due_in_s(self) -> float:
        """Return for how long there is still something to be heard."""
        return max(0.0, self._silent_from_s - asyncio.get_running_loop().time())

    def _path(self, prompt: PreparedPrompt) -> str:
        for warning in prompt.warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                self._on_warning(warning)
        return _path(prompt, self._audio)


def _path(prompt: PreparedPrompt, audio: AudioStream) -> str:
    return prompt.alaw_path if audio.is_alaw else prompt.ulaw_path


def _parts(prompt: Prompt) -> Sequence[Prompt]:
    return pieces(prompt) if isinstance(prompt, Speech) else (prompt,)
