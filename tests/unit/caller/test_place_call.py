"""The test caller against sipp, over real sockets."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from dillo.caller import CallPlan, DigitScript, place_call, write_wav
from dillo.model.errors import Unavailable
from dillo.sdp import NotAcceptable

SCENARIOS = Path(__file__).parents[2] / "data" / "sipp"
LOOPBACK = "127.0.0.1"

pytestmark = pytest.mark.skipif(shutil.which("sipp") is None, reason="needs sipp (sip-tester)")

Address = tuple[str, int]


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


async def _is_bound(process: asyncio.subprocess.Process, port: int) -> bool:
    """Wait for the port to be taken, without trying it: that could take it away from sipp."""
    address, table = f":{port:04X} ", Path("/proc/net/udp")
    while address not in table.read_text():  # noqa: ASYNC240 - an instant, and no disk
        if process.returncode is not None:
            return False
        await asyncio.sleep(0.01)
    return True


async def _start(scenario: str, folder: Path) -> tuple[asyncio.subprocess.Process, Address]:
    """Start sipp; again where another process took one of its ports first."""
    while True:
        port, rtp_port = _free_port(), _free_port()
        process = await asyncio.create_subprocess_exec(
            "sipp", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-m", "1", "-nostdin", "-rtp_echo",
            "-i", LOOPBACK, "-p", str(port), "-mi", LOOPBACK, "-mp", str(rtp_port),
            "-timeout", "20s", "-timeout_error", cwd=folder,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        if await _is_bound(process, port):
            return process, (LOOPBACK, port)


@asynccontextmanager
async def callee(scenario: str, folder: Path) -> AsyncIterator[Address]:
    """Run a sipp scenario for one call, echoing RTP; the scenario must have come to its end."""
    async with asyncio.timeout(20):
        process, address = await _start(scenario, folder)
        try:
            yield address
            assert await process.wait() == 0, "sipp saw something else than its scenario"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_an_answered_call_sends_keys_and_sound_and_hears_what_comes_back(
    tmp_path: Path,
) -> None:
    tone = (8000 * np.sin(np.arange(2400) * 2 * np.pi * 440 / 8000)).astype(np.int16)
    write_wav(tmp_path / "tone.wav", tone)
    async with callee("callee_answers", tmp_path) as target:
        plan = CallPlan(
            to="+442079460000",
            from_="+393703188051",
            target=target,
            script=DigitScript.parse("1,w40,2"),
            audio=tmp_path / "tone.wav",
            hang_up_after_s=1.2,
        )
        outcome = await place_call(plan)
    assert (outcome.status, outcome.is_answered, outcome.ended_by) == (200, True, "caller")
    assert outcome.digits_sent == "12"
    assert outcome.ringing_ms is not None
    assert outcome.answer_ms is not None
    assert outcome.answer_ms >= outcome.ringing_ms
    assert outcome.packets_lost == 0
    # 0.3 s of tone came back whole, on its place in the timeline.
    loud = np.flatnonzero(np.abs(outcome.heard) > 4000)
    assert 2300 < loud[-1] - loud[0] < 2500
    assert loud[0] > 0.5 * 8000
    assert -30 < outcome.heard_rms_dbfs < -12
    document = outcome.document()
    assert document["Answered"] is True
    assert document["DigitsSent"] == "12"


async def test_the_callee_hangs_up(tmp_path: Path) -> None:
    async with callee("callee_hangs_up", tmp_path) as target:
        outcome = await place_call(CallPlan(to="100", target=target, law="pcma"))
    assert (outcome.status, outcome.ended_by) == (200, "callee")
    assert outcome.duration_s > 0.4
    assert outcome.packets_sent > 10


async def test_a_busy_callee_ends_the_call(tmp_path: Path) -> None:
    async with callee("callee_is_busy", tmp_path) as target:
        outcome = await place_call(CallPlan(to="100", target=target))
    assert (outcome.status, outcome.reason, outcome.is_answered) == (486, "Busy Here", False)
    assert outcome.document()["HeardDbfs"] is None


async def test_a_call_that_only_rings_is_cancelled(tmp_path: Path) -> None:
    async with callee("callee_only_rings", tmp_path) as target:
        outcome = await place_call(CallPlan(to="100", target=target, cancel_after_s=0.2))
    assert outcome.status == 487
    assert outcome.ringing_ms is not None


async def test_an_answer_that_crosses_the_cancel_is_hung_up_at_once(tmp_path: Path) -> None:
    async with callee("callee_answers_too_late", tmp_path) as target:
        outcome = await place_call(CallPlan(to="100", target=target, cancel_after_s=0.1))
    assert (outcome.status, outcome.ended_by) == (200, "caller")


async def test_an_answer_without_a_common_codec_is_hung_up(tmp_path: Path) -> None:
    async with callee("callee_answers_in_g729", tmp_path) as target:
        with pytest.raises(NotAcceptable, match="PCMU"):
            await place_call(CallPlan(to="100", target=target))


async def test_an_interrupted_caller_cancels_the_call(tmp_path: Path) -> None:
    async with callee("callee_only_rings", tmp_path) as target:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await place_call(CallPlan(to="100", target=target))


async def test_an_interrupted_conversation_is_hung_up(tmp_path: Path) -> None:
    async with callee("callee_answers", tmp_path) as target:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await place_call(CallPlan(to="100", target=target))


async def test_the_callee_makes_the_offer(tmp_path: Path) -> None:
    async with callee("callee_offers", tmp_path) as target:
        plan = CallPlan(to="100", target=target, is_offer_late=True, hang_up_after_s=0.3)
        outcome = await place_call(plan)
    assert outcome.is_answered
    assert outcome.packets_received > 0


async def test_keys_go_by_info_where_wanted(tmp_path: Path) -> None:
    async with callee("callee_hears_info", tmp_path) as target:
        script = DigitScript.parse("4#")
        plan = CallPlan(to="100", target=target, script=script, dtmf="info", hang_up_after_s=0.6)
        outcome = await place_call(plan)
    assert outcome.digits_sent == "4#"


async def test_a_held_caller_falls_silent(tmp_path: Path) -> None:
    async with callee("callee_holds", tmp_path) as target:
        outcome = await place_call(CallPlan(to="100", target=target, hang_up_after_s=0.7))
    assert outcome.is_answered
    assert 5 < outcome.packets_sent < 0.8 * 50 * outcome.duration_s


async def test_a_target_where_nobody_listens_is_told_at_once() -> None:
    outcome = await place_call(CallPlan(to="100", target=(LOOPBACK, _free_port())))
    assert (outcome.status, outcome.reason) == (503, "Service Unavailable")


async def test_a_target_without_an_address_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="no way to"):
        await place_call(CallPlan(to="100", target=("host.invalid", 5060)))
