"""The prompt cache with its real workers: espeak-ng, real decoding, real HTTP on loopback."""

import asyncio
import io
import os
import signal
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from dillo.calls.ports import PreparedPrompt, PromptFailed
from dillo.files.folder import PromptFolder
from dillo.files.keys import url_key
from dillo.files.level import TARGET_DBOV, Signal, active_level_dbov
from dillo.files.orders import Remembered
from dillo.files.prompts import PromptCache
from dillo.files.speakers import Speakers
from dillo.files.uploads import store_upload
from dillo.model.clock import now_us
from dillo.model.prompts import Audio, Beep, Prompt, Silence, Speech
from dillo.rtp.g711 import Law
from dillo.rtp.pcm import decode
from dillo.speech.casting import Take
from dillo.workers.crew import Staffing

SECOND_US = 1_000_000
SENTENCE = Speech("For sales press one. For support press two.", "en-GB")


# All tests share the two workers, which takes one event loop.
pytestmark = pytest.mark.asyncio(loop_scope="module")


class Clock:
    """The cache's clock, moved by hand: microseconds since the epoch."""

    def __init__(self) -> None:
        self.at_us = 0

    def __call__(self) -> int:
        return self.at_us


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prompts")


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


def make_cache(home: Path, version: str = "espeak", clock: Clock | None = None) -> PromptCache:
    def cast(language: str, voice: str | None) -> tuple[Take]:
        return (Take("espeak", version, "gmw/en", language),)

    speakers = Speakers(home / "ready", cast, {"espeak": Staffing(1, 1, 30)})
    return PromptCache(
        home / "ready",
        home / "uploads",
        speakers,
        allowed_networks=["127.0.0.0/8"],
        clock=clock or now_us,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cache(home: Path, clock: Clock) -> AsyncIterator[PromptCache]:
    cache = make_cache(home, clock=clock)
    await cache.start()
    yield cache
    await cache.close()


def heard(prompt: PreparedPrompt, law: Law = Law.ULAW) -> Signal:
    return np.asarray(decode(octets(prompt, law), law) / 32768, dtype=np.float32)


def octets(prompt: PreparedPrompt, law: Law) -> bytes:
    return Path(prompt.ulaw_path if law is Law.ULAW else prompt.alaw_path).read_bytes()


def wav_file(seconds: float = 0.5, frequency_hz: float = 440) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 16000, 0, "NONE", ""))
        phase = 2 * np.pi * frequency_hz / 16000 * np.arange(int(16000 * seconds))
        writer.writeframes((np.sin(phase) * 3000).astype(np.int16).tobytes())
    return file.getvalue()


class Site:
    """An HTTP server with one file, whose answer the test may change."""

    def __init__(self) -> None:
        self.status = 200
        self.headers = {"Content-Type": "audio/wav", "ETag": '"1"'}
        self.body = wav_file()
        self.requests: list[bytes] = []
        self.prompt = Audio()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        self.requests.append(request)
        unchanged = f"If-None-Match: {self.headers.get('ETag')}\r\n".encode() in request
        status, body = (304, b"") if unchanged and self.status == 200 else (self.status, self.body)
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        writer.write(f"HTTP/1.1 {status} So\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode())
        writer.write(body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def hosting() -> AsyncIterator[Site]:
    site = Site()
    server = await asyncio.start_server(site.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    site.prompt = Audio(url=f"http://127.0.0.1:{port}/welcome.wav")
    async with server:
        yield site


def known(home: Path, prompt: Audio) -> Remembered:
    """Return what the cache wrote down about an address."""
    known = PromptFolder(home / "ready").recall(url_key(prompt.url or ""))
    assert known is not None
    return known


async def test_speech_is_made_once_and_found_by_the_next_run(
    cache: PromptCache, home: Path
) -> None:
    text = Speech("This is said once.", "en-GB")
    assert cache.cached(text, "c") is None
    prompts = await asyncio.gather(*(cache.prepare(text, "c") for _ in range(20)))
    assert set(prompts) == {cache.cached(text, "other customer")}
    later = make_cache(home)
    assert later.cached(text, "c") == prompts[0]
    assert make_cache(home, "new").cached(text, "c") is None


async def test_speech_sounds_right_on_the_telephone(cache: PromptCache) -> None:
    prompt = await cache.prepare(SENTENCE, "c")
    ulaw, alaw = heard(prompt), heard(prompt, Law.ALAW)
    power = np.square(np.abs(np.fft.rfft(ulaw)))
    assert 2000 < prompt.duration_ms < 4000
    assert len(ulaw) == len(alaw)
    assert len(ulaw) // 8 == prompt.duration_ms
    assert active_level_dbov(ulaw) == pytest.approx(TARGET_DBOV, abs=1)
    assert active_level_dbov(alaw) == pytest.approx(TARGET_DBOV, abs=1)
    assert np.sqrt(np.mean((ulaw - alaw) ** 2)) < 0.03 * np.sqrt(np.mean(ulaw**2))
    # Band-limited: next to nothing in the last 200 Hz below 4 kHz, where aliases would be.
    assert power[len(power) * 19 // 20 :].mean() < 0.01 * power.mean()


async def test_beep_and_silence(cache: PromptCache) -> None:
    beep = await cache.prepare(Beep(), "c")
    silence = await cache.prepare(Silence(300), "c")
    nothing = await cache.prepare(Speech(" ", "en"), "c")
    assert beep.duration_ms == 250
    assert np.argmax(np.abs(np.fft.rfft(heard(beep)))) * 4 == 1000
    assert octets(silence, Law.ULAW) == b"\xff" * 2400
    assert octets(silence, Law.ALAW) == b"\xd5" * 2400
    assert nothing.duration_ms == 20


async def test_uploads_belong_to_their_customer(cache: PromptCache, home: Path) -> None:
    prompt = Audio(prompt_id=store_upload(home / "uploads", "c", wav_file()))
    prepared = await cache.prepare(prompt, "c")
    for customer, other in (("d", prompt), ("c", Audio(prompt_id="../x")), ("c", Audio())):
        with pytest.raises(PromptFailed, match="does not exist"):
            await cache.prepare(other, customer)
    assert prepared.duration_ms == 500
    assert active_level_dbov(heard(prepared)) == pytest.approx(TARGET_DBOV, abs=1)


async def test_a_fetched_prompt_is_asked_for_again_when_no_longer_fresh(
    cache: PromptCache, home: Path, clock: Clock
) -> None:
    async with hosting() as site:
        site.headers["Cache-Control"] = "max-age=300"
        first = await cache.prepare(site.prompt, "c")
        clock.at_us = known(home, site.prompt).checked_us + 299 * SECOND_US
        assert cache.cached(site.prompt, "c") == first
        clock.at_us += 2 * SECOND_US
        assert cache.cached(site.prompt, "c") is None
        assert await cache.prepare(site.prompt, "c") == first
        assert [b"If-None-Match" in request for request in site.requests] == [False, True]
        site.body, site.headers["ETag"] = wav_file(seconds=1), '"2"'
        clock.at_us += 400 * SECOND_US
        assert (await cache.prepare(site.prompt, "c")).duration_ms == 1000


async def test_a_stale_copy_bridges_a_server_that_is_down(
    cache: PromptCache, home: Path, clock: Clock
) -> None:
    async with hosting() as site:
        first = await cache.prepare(site.prompt, "c")
        clock.at_us = known(home, site.prompt).checked_us + 120 * SECOND_US
        site.status = 503
        assert await cache.prepare(site.prompt, "c") == first
        site.status = 404
        with pytest.raises(PromptFailed, match="the server answered 404"):
            await cache.prepare(site.prompt, "c")


@pytest.mark.parametrize(
    ("status", "body", "complaint"),
    [
        (200, b"<!DOCTYPE html><p>Sorry", "neither WAV, MP3, OGG nor FLAC"),
        (200, b"RIFF\0\0\0\0WAVEnonsense", "not a WAV file that can be decoded"),
        (200, b"", "begins with b''"),
        (403, wav_file(), "the server answered 403"),
        (500, wav_file(), "the server answered 500"),
        (302, wav_file(), "the server answered 302"),
    ],
)
async def test_an_answer_that_is_no_prompt(
    cache: PromptCache, status: int, body: bytes, complaint: str
) -> None:
    async with hosting() as site:
        site.status, site.body = status, body
        with pytest.raises(PromptFailed, match=complaint) as failure:
            await cache.prepare(site.prompt, "c")
    assert str(site.prompt) in str(failure.value)


async def test_warming_tells_what_cannot_be_made(cache: PromptCache) -> None:
    inside = Audio(url="http://169.254.169.254/latest")
    too_long = Speech("a" * 20_001, "en")
    prompts: tuple[Prompt, ...] = (SENTENCE, SENTENCE, Beep(), inside, too_long)
    failures = await cache.warm(prompts, "c")
    assert set(failures) == {inside, too_long}
    assert "not public" in failures[inside]
    assert "longer than 20,000 characters" in failures[too_long]
    assert cache.cached(SENTENCE, "c")
    assert cache.cached(Beep(), "c")


async def test_killed_workers_cost_no_prompt(cache: PromptCache, home: Path) -> None:
    await cache.prepare(Beep(), "c")
    making = [asyncio.create_task(cache.prepare(Silence(ms), "c")) for ms in range(100, 120)]
    await asyncio.sleep(0)
    for pid in workers(home):
        os.kill(pid, signal.SIGKILL)
    prompts = await asyncio.gather(*making)
    assert [prompt.duration_ms for prompt in prompts] == list(range(100, 120))


def workers(home: Path) -> list[int]:
    """Return the worker processes that this test's cache started."""
    me = os.getpid()
    children = Path(f"/proc/{me}/task/{me}/children").read_text().split()
    ours = str(home / "ready").encode()
    return [int(pid) for pid in children if ours in Path(f"/proc/{pid}/cmdline").read_bytes()]


async def test_a_waiter_that_leaves_does_not_stop_the_others(cache: PromptCache) -> None:
    text = Speech("Two wait for this.", "en")
    leaver = asyncio.create_task(cache.prepare(text, "c"))
    stayer = asyncio.create_task(cache.prepare(text, "c"))
    await asyncio.sleep(0)
    leaver.cancel()
    assert (await stayer).duration_ms > 500
    assert leaver.cancelled()


async def test_closing_fails_those_who_wait(tmp_path: Path) -> None:
    cache = make_cache(tmp_path)
    await cache.start()
    waiter = asyncio.create_task(cache.prepare(SENTENCE, "c"))
    await asyncio.sleep(0)
    await cache.close()
    with pytest.raises(PromptFailed, match="the platform is stopping"):
        await waiter
    with pytest.raises(PromptFailed, match="not being made just now"):
        await cache.prepare(SENTENCE, "c")


async def test_a_folder_that_takes_nothing_fails_the_prompt(cache: PromptCache, home: Path) -> None:
    (home / "ready").rename(home / "gone")
    with pytest.raises(PromptFailed, match="cannot be stored: No such file or directory"):
        await cache.prepare(Silence(77), "c")
    (home / "gone").rename(home / "ready")
