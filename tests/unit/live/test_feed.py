"""Live calls, from the journal's events to a listener, over a real Unix socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dillo.calls.board import Board
from dillo.calls.live import Told, TooManyListeners
from dillo.live import watching
from dillo.live.feed import Feed
from dillo.live.watching import Listener, LiveCalls
from dillo.model.clock import now_us
from dillo.model.errors import Unavailable
from dillo.model.events import (
    ApplicationStarted,
    CallAnswered,
    CallEnded,
    CallReceived,
    EndReason,
    NodeEntered,
    NodeLeft,
    Role,
)
from dillo.model.live import CallStatus


class Scene:
    """A feed, and what it was told to hang up."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.board = Board()
        self.hung_up: list[tuple[str, str]] = []
        self.feed = Feed(self.board, lambda call_id, why: self.hung_up.append((call_id, why)))

    def ring(self, call_id: str, customer_id: str = "alice") -> None:
        number = ("number", "+442079460000", "local")
        event = CallReceived(now_us(), call_id, "a", customer_id, *number, "+39370", "EUR")
        self.board.note(call_id, event)

    def end(self, call_id: str) -> None:
        self.board.note(call_id, CallEnded(now_us(), EndReason.CALLER_HUNG_UP))


@asynccontextmanager
async def _scene(path: Path) -> AsyncIterator[Scene]:
    scene = Scene(path)
    await scene.feed.serve(path)
    try:
        yield scene
    finally:
        scene.feed.close()


@asynccontextmanager
async def _watching(path: Path) -> AsyncIterator[LiveCalls]:
    live = LiveCalls(path)
    keeper = asyncio.create_task(live.keep_connected())
    try:
        await _until(live, is_known=True)
        yield live
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)


def _is_known(live: LiveCalls) -> bool:
    try:
        live.running(None)
    except Unavailable:
        return False
    return True


async def _until(live: LiveCalls, *, is_known: bool) -> None:
    async with asyncio.timeout(5):
        while _is_known(live) is not is_known:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def _hear(listener: Listener) -> Told:
    told = await listener.hear(5)
    assert told is not None
    return told


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "live.sock"


async def test_a_call_is_followed_from_the_first_ring_to_its_end(path: Path) -> None:
    async with _scene(path) as scene:
        scene.ring("one")
        async with _watching(path) as live, live.listening("alice", None) as listener:
            first = await _hear(listener)
            assert first.is_snapshot
            assert [call.status for call in first.calls] == [CallStatus.RINGING]
            scene.board.note("one", ApplicationStarted(2, Role.PRIMARY, "version"))
            scene.board.note("one", CallAnswered(3))
            scene.board.note("one", NodeEntered(4, "0", "Say"))
            scene.board.note("one", NodeLeft(5, "0", "completed"))
            (call,) = (await _hear(listener)).calls  # told as one
            assert (call.status, call.version_id, call.node, call.answered_us) == (
                *(CallStatus.IN_PROGRESS, "version", "0", 3),
            )
            assert live.running("alice") == [call]
            assert live.running("bob") == []
            scene.end("one")
            (call,) = (await _hear(listener)).calls
            assert (call.status, call.end_reason) == (CallStatus.FINISHED, "CallerHungUp")
            assert live.running(None) == []
            assert live.find("alice", "one") == call
            assert live.find("bob", "one") is None


async def test_nobody_hears_of_calls_of_others(path: Path) -> None:
    async with (
        _scene(path) as scene,
        _watching(path) as live,
        live.listening("alice", None) as alice,
        live.listening(None, None) as operator,
    ):
        assert not (await _hear(alice)).calls
        assert not (await _hear(operator)).calls
        scene.ring("hers", "bob")
        assert (await _hear(operator)).calls[0].call_id == "hers"
        with pytest.raises(TimeoutError):
            await alice.hear(0.2)


async def test_who_comes_back_hears_what_was_missed(path: Path) -> None:
    async with _scene(path) as scene, _watching(path) as live:
        async with live.listening("alice", None) as listener:
            scene.ring("one")
            await _hear(listener)
            mark = (await _hear(listener)).mark
        scene.ring("two")
        async with live.listening(None, None) as other:
            while "two" not in {call.call_id for call in (await _hear(other)).calls}:
                pass
        async with live.listening("alice", mark) as listener:
            told = await _hear(listener)
            assert (told.is_snapshot, [call.call_id for call in told.calls]) == (False, ["two"])
        for unknown in ("", "x", "other.1", f"{mark}0", f"{mark.split('.')[0]}.99"):
            async with live.listening("alice", unknown) as listener:
                assert (await _hear(listener)).is_snapshot


async def test_calls_are_told_anew_when_the_process_is_back(path: Path) -> None:
    async with _scene(path) as scene, _watching(path) as live:
        scene.ring("one")
        async with live.listening("alice", None) as listener:
            await _hear(listener)
            scene.feed.close()
            await _until(live, is_known=False)
            with pytest.raises(Unavailable):
                live.running(None)
            async with _scene(path) as again:
                again.ring("two")
                told = await _hear(listener)
                while not told.is_snapshot:
                    told = await _hear(listener)
                assert [call.call_id for call in told.calls] == ["two"]


async def test_a_call_is_hung_up_for_its_customer_only(path: Path) -> None:
    async with _scene(path) as scene, _watching(path) as live:
        async with live.listening(None, None) as listener:
            await _hear(listener)
            scene.ring("one")
            (call,) = (await _hear(listener)).calls
        assert await live.hang_up(call, "enough")
        assert scene.hung_up == [("one", "enough")]
        scene.end("one")
        assert not await live.hang_up(call, "again")


async def test_slow_listeners_are_let_go(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_QUEUED", 4)
    monkeypatch.setattr(watching, "_LISTENERS_EACH", 1)
    async with (
        _scene(path) as scene,
        _watching(path) as live,
        live.listening(None, None) as slow,
        live.listening("alice", None) as quick,
    ):
        with pytest.raises(TooManyListeners):
            async with live.listening(None, None):
                pass
        for index in range(3):
            for call in range(4):
                scene.ring(f"{index}.{call}")
            heard = 0
            while heard < 4:
                told = await _hear(quick)
                heard += 0 if told.is_snapshot else len(told.calls)
        last: Told | None = await slow.hear(5)
        while last is not None:
            last = await slow.hear(5)


async def test_listeners_hear_the_end(path: Path) -> None:
    async with _scene(path), _watching(path) as live, live.listening(None, None) as listener:
        live.close_listeners()
        assert await listener.hear(5) is None
