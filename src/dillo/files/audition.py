"""Prompts outside calls: uploads are proved to be playable, texts are spoken to be listened to.

The work is done by a prompt cache on the folder that the platform's calls use too, so what was
heard here is ready when the first caller comes. Its processes start with the first order: most
platforms serve HTTP for days without one.
"""

import asyncio
import hashlib
import io
import wave
from collections.abc import Iterable, Sequence
from pathlib import Path

from dillo.accounts.errors import InvalidAudio, Unspeakable
from dillo.accounts.prompts import Kept
from dillo.behavior.prompts import WantedVoice
from dillo.calls.ports import PreparedPrompt, PromptFailed
from dillo.files.folder import write_whole
from dillo.files.kinds import NotAudio, sniff
from dillo.files.prompts import PromptCache
from dillo.files.uploads import LARGEST, upload_path
from dillo.model.prompts import Audio, Prompt, Speech
from dillo.rtp.g711 import Law

_RATE_HZ = 8000
_PATIENCE_S = 10.0


class Audition:
    """Keeps uploads, speaks texts, and makes the prompts of an application ahead of its calls."""

    def __init__(self, prompts: PromptCache, uploads: Path) -> None:
        self._prompts = prompts
        self._uploads = uploads
        self._starting = asyncio.Lock()
        self._is_started = False

    async def keep(self, customer_id: str, data: bytes) -> Kept:
        """Keep an audio file. Raises InvalidAudio where it cannot be played."""
        if len(data) > LARGEST:
            raise InvalidAudio(f"{len(data):,} bytes are more than {LARGEST:,}")
        kind = _kind(data)
        sha256 = hashlib.sha256(data).hexdigest()
        path = upload_path(self._uploads, customer_id, sha256)
        assert path is not None
        is_known = path.is_file()
        await asyncio.to_thread(_write, path, data)
        prompt = Audio(prompt_id=sha256)
        try:
            ready = await self._made(prompt, customer_id)
        except PromptFailed as error:
            if not is_known:
                path.unlink(missing_ok=True)
            why = str(error).removeprefix(f"{prompt}: ")
            raise InvalidAudio(why) from error
        return Kept(sha256, len(data), ready.duration_ms, kind)

    async def remove(self, customer_id: str, sha256: str) -> None:
        """Forget an audio file; what was made of it goes when room is needed."""
        path = self.path(customer_id, sha256)
        if path is not None:
            path.unlink(missing_ok=True)

    def path(self, customer_id: str, sha256: str) -> Path | None:
        """Return where an upload is, None where there is none."""
        path = upload_path(self._uploads, customer_id, sha256)
        return path if path is not None and path.is_file() else None

    async def speak(self, text: str, language: str, voice: str | None, customer_id: str) -> bytes:
        """Return a text as a WAV file, as callers hear it. Raises Unspeakable."""
        try:
            ready = await self._made(Speech(text, language, voice), customer_id)
        except PromptFailed as error:
            raise Unspeakable(str(error)) from error
        return await asyncio.to_thread(_wav, Path(ready.ulaw_path))

    async def fetch(self, files: Iterable[Audio], customer_id: str) -> dict[Audio, str]:
        """Fetch files ahead of the first call; returns why, for those that failed."""
        wanted = tuple(files)
        failures = await asyncio.gather(*(self._failure(each, customer_id) for each in wanted))
        return {audio: why for audio, why in zip(wanted, failures, strict=True) if why}

    async def voice_warnings(
        self, voices: Iterable[WantedVoice]
    ) -> dict[WantedVoice, Sequence[str]]:
        """Return what is heard instead of voices that are not there."""
        wanted = tuple(voices)
        # In a thread: engines are imported when they are asked for first.
        return await asyncio.to_thread(
            lambda: {voice: self._prompts.warnings(Speech("", *voice)) for voice in wanted}
        )

    async def _failure(self, audio: Audio, customer_id: str) -> str | None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._made(audio, customer_id)
        except PromptFailed as error:
            return str(error).removeprefix(f"{audio}: ")
        except TimeoutError:
            return f"it takes longer than {_PATIENCE_S:g} s"
        return None

    async def close(self) -> None:
        """Stop the processes."""
        if self._is_started:
            await self._prompts.close()

    async def _made(self, prompt: Prompt, customer_id: str) -> PreparedPrompt:
        await self._start()
        return await self._prompts.prepare(prompt, customer_id)

    async def _start(self) -> None:
        async with self._starting:
            if not self._is_started:
                await self._prompts.start()
                self._is_started = True


def _kind(data: bytes) -> str:
    try:
        return sniff(data)
    except NotAudio as error:
        raise InvalidAudio(str(error)) from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)


def _wav(path: Path) -> bytes:
    from dillo.rtp.pcm import decode  # loads numpy, which only listening needs

    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((1, 2, _RATE_HZ, 0, "NONE", ""))
        file.writeframes(decode(path.read_bytes(), Law.ULAW).tobytes())
    return written.getvalue()
