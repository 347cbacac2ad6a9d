"""RTCP of the test caller, between two of its voices over loopback."""

import asyncio

import numpy as np
import pytest

from dillo.caller import DigitScript, reports
from dillo.caller.hearing import Hearing
from dillo.caller.talk import Talk
from dillo.caller.voice import Voice, open_voice
from dillo.sdp import LocalMedia, accept, offer

LOOPBACK = "127.0.0.1"


def _begin(voice: Voice, peer_port: int) -> None:
    talk = Talk(DigitScript(), np.zeros(0, dtype=np.int16), print)
    voice.begin(talk, accept(offer(LocalMedia(LOOPBACK, peer_port, 1))))


async def _until(voice: Voice) -> None:
    while voice.reports.round_trip_ms is None:  # noqa: ASYNC110 - what a caller polls too
        await asyncio.sleep(0.01)


async def test_two_sides_measure_loss_and_round_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "INTERVAL_S", 0.1)
    async with (
        asyncio.timeout(10),
        open_voice(LOOPBACK, Hearing()) as (one, one_port),
        open_voice(LOOPBACK, Hearing()) as (other, other_port),
    ):
        _begin(one, other_port)
        _begin(other, one_port)
        await asyncio.gather(_until(one), _until(other))
    for voice in (one, other):
        assert voice.reports.lost_at_callee == 0
        assert voice.reports.round_trip_ms is not None
        assert 0 <= voice.reports.round_trip_ms < 5000


def test_what_is_no_report_is_passed_over() -> None:
    alone = reports.Reports()
    alone.datagram_received(b"no report", (LOOPBACK, 1))
    assert alone.lost_at_callee is None
