"""Dialling: strategies, races, ringing and who hears whom."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.unit.calls.dialling import CALLER, OTHER, OWN, World, sdp

from dillo.behavior import events as inputs
from dillo.behavior.effects import Connect, StopDialing
from dillo.model.events import LegAnswered, LegDialed, LegEnded, LegStatus, Warned
from dillo.model.media import MediaTimedOut, PortLost
from dillo.model.prompts import Audio

FIRST, SECOND = "+442079460123", "+442079460124"


@asynccontextmanager
async def world(**invitation: object) -> AsyncIterator[World]:
    async with asyncio.TaskGroup() as tasks:
        opened = await World(tasks, **invitation).open()
        yield opened
        opened.dialer.release()


def ended(made: World) -> list[tuple[LegStatus, int | None]]:
    return [(fact.status, fact.sip_code) for fact in made.facts if isinstance(fact, LegEnded)]


def outcome(made: World) -> list[LegStatus]:
    return [event.status for event in made.told if isinstance(event, inputs.DialEnded)]


async def test_callee_who_answers_is_connected() -> None:
    async with world() as made:
        (callee,) = await made.dial(FIRST)
        assert made.caller.did == ["ring"]
        callee.listener.answered(sdp(4002))
        (answered,) = made.told
        assert isinstance(answered, inputs.DialAnswered)
        made.dialer.perform(Connect(), True)
        leg_id = answered.leg_id
        assert made.audio.port.commands == [f"Bridge {leg_id}"]  # type: ignore[attr-defined]
        assert made.port_of(0).commands == ["ChangePeer", "Bridge call"]
        callee.listener.hung_up()
        assert outcome(made) == [LegStatus.ANSWERED]
        assert ended(made) == [(LegStatus.ANSWERED, 200)]
        assert made.port_of(0).commands[-1] == "ClosePort"


async def test_call_goes_out_by_the_trunk_as_the_caller() -> None:
    async with world(max_forwards=12, depth=2) as made:
        (callee,) = await made.dial(FIRST)
        destination = callee.destination
        assert destination.uri == f"sip:{FIRST}@192.0.2.1:5070"
        assert destination.hops == ("192.0.2.1:5070", "192.0.2.2")
        assert (destination.username, destination.password) == ("user", "secret")
        assert (destination.caller, destination.max_forwards) == (CALLER, 11)
        assert destination.headers == (("X-Dillo-Depth", "3"),)
        (dialled,) = [fact for fact in made.facts if isinstance(fact, LegDialed)]
        assert (dialled.telephone_number, dialled.caller) == (FIRST, CALLER)


async def test_own_numbers_are_called_on_the_spot() -> None:
    async with world() as made:
        (callee,) = await made.dial(OTHER, caller_id=OWN)
        assert callee.destination.uri == f"sip:{OTHER}@127.0.0.1:5060"
        assert callee.destination.hops == ("127.0.0.1:5060",)
        assert callee.destination.caller == OWN


@pytest.mark.parametrize(
    ("callee", "invitation", "sip_code"),
    [
        (OTHER, {"depth": 5}, 482),
        ("sip:bob@pbx.example", {"depth": 5}, 482),
        (FIRST, {"max_forwards": 1}, 483),
        ("+33123456789", {}, 404),
    ],
)
async def test_call_that_has_no_way_fails(
    callee: str, invitation: dict[str, object], sip_code: int
) -> None:
    async with world(**invitation) as made:
        assert await made.dial(callee) == []
        assert ended(made) == [(LegStatus.FAILED, sip_code)]
        assert outcome(made) == [LegStatus.FAILED]


@pytest.mark.parametrize("caller_id", [OTHER, "+33123456789", "nonsense"])
async def test_calling_as_somebody_else_is_refused(caller_id: str) -> None:
    async with world() as made:
        assert await made.dial(FIRST, caller_id=caller_id) == []
        assert outcome(made) == [LegStatus.FAILED]
        (warning,) = made.facts
        assert isinstance(warning, Warned)
        assert "is no number of this account" in warning.detail


async def test_first_to_answer_gets_the_call() -> None:
    async with world() as made:
        first, second = await made.dial(FIRST, SECOND)
        second.listener.answered(sdp(4004))
        first.listener.answered(sdp(4002))  # crossed our CANCEL
        first.listener.failed(487, "cancelled")
        assert first.did == ["cancel"]
        assert len(made.told) == 1
        assert ended(made) == [(LegStatus.CANCELED, 487)]
        assert len([fact for fact in made.facts if isinstance(fact, LegAnswered)]) == 1


async def test_one_after_the_other_until_nobody_is_left() -> None:
    async with world() as made:
        (first,) = await made.dial(FIRST, SECOND, is_sequential=True)
        first.listener.failed(486, "Busy Here")
        _, second = await made.settle()
        assert outcome(made) == []
        second.listener.failed(404, "Not Found")
        assert outcome(made) == [LegStatus.BUSY]


@pytest.mark.parametrize("is_sequential", [True, False])
async def test_ringing_too_long_is_no_answer(is_sequential: bool) -> None:
    async with world() as made:
        await made.dial(FIRST, SECOND, is_sequential=is_sequential, timeout_s=0.01)
        await made.over.wait()
        assert [callee.did for callee in made.network.callees] == [["cancel"], ["cancel"]]
        assert outcome(made) == [LegStatus.NO_ANSWER]
        assert ended(made) == [(LegStatus.NO_ANSWER, 487)] * 2


async def test_talk_ends_when_it_has_lasted_long_enough() -> None:
    async with world() as made:
        (callee,) = await made.dial(FIRST, max_duration_s=0.01)
        callee.listener.answered(sdp(4002))
        made.dialer.perform(Connect(), True)
        await made.over.wait()
        assert callee.did == ["hang up"]
        assert outcome(made) == [LegStatus.ANSWERED]


async def test_caller_who_gives_up_cancels_everybody() -> None:
    async with world() as made:
        callees = await made.dial(FIRST, SECOND)
        made.dialer.perform(StopDialing(), False)
        assert [callee.did for callee in callees] == [["cancel"], ["cancel"]]
        assert made.told == []
        assert ended(made) == [(LegStatus.CANCELED, 487)] * 2


async def test_callee_is_not_rung_when_the_caller_gave_up_before() -> None:
    async with world() as made:
        async with asyncio.TaskGroup():
            dialing = asyncio.ensure_future(made.dial(FIRST))
            await asyncio.sleep(0)
            made.dialer.release()
            assert await dialing == []
        assert all(
            port.commands[-1:] == ["ClosePort"] for port in list(made.pool.ports.values())[1:]
        )


async def test_callee_who_hangs_up_before_being_connected_ends_the_dial() -> None:
    async with world() as made:
        (callee,) = await made.dial(FIRST)
        callee.listener.answered(sdp(4002))
        callee.listener.hung_up()
        made.dialer.perform(Connect(), True)
        assert [type(event) for event in made.told] == [inputs.DialAnswered, inputs.DialEnded]
        assert made.audio.port.commands == []  # type: ignore[attr-defined]


async def test_far_end_is_heard_before_it_answers() -> None:
    async with world() as made:
        (callee,) = await made.dial(FIRST)
        callee.listener.progressed(180, None)
        assert made.caller.did == ["ring"]
        callee.listener.progressed(183, sdp(4002))
        assert made.caller.did == ["ring", "progress"]
        assert made.port_of(0).commands == ["ChangePeer", "Bridge call"]


async def test_of_several_the_first_is_heard_early_until_it_is_gone() -> None:
    async with world() as made:
        first, second, third = await made.dial(FIRST, SECOND, OTHER)
        second.listener.progressed(183, sdp(4004))
        first.listener.progressed(183, sdp(4002))
        second.listener.progressed(183, sdp(4004))
        assert made.caller.did == ["ring", "progress"]
        assert made.port_of(1).commands == ["ChangePeer", "Bridge call", "ChangePeer"]
        assert made.port_of(0).commands == ["ChangePeer"]
        second.listener.failed(486, "Busy Here")
        assert made.port_of(0).commands == ["ChangePeer", "Bridge call"]
        first.listener.failed(486, "Busy Here")
        assert made.audio.port.commands == ["PlayFiles"]  # type: ignore[attr-defined]
        third.listener.failed(486, "Busy Here")
        assert outcome(made) == [LegStatus.BUSY]


async def test_who_is_not_heard_early_ends_unnoticed() -> None:
    async with world() as made:
        first, second, _ = await made.dial(FIRST, SECOND, OTHER)
        first.listener.progressed(183, sdp(4002))
        second.listener.progressed(183, sdp(4004))
        second.listener.failed(480, "Temporarily Unavailable")
        assert made.port_of(0).commands == ["ChangePeer", "Bridge call"]
        assert made.audio.port.commands == []  # type: ignore[attr-defined]


async def test_caller_without_an_offer_only_hears_its_own_ringing() -> None:
    async with world(offer=None) as made:
        (callee,) = await made.dial(FIRST, ringback=Audio("http://a/b.wav"))
        callee.listener.progressed(183, sdp(4002))
        assert made.caller.did == ["ring"]


@pytest.mark.parametrize(
    ("ringback", "is_answered", "did"),
    [(Audio("http://a/b.wav"), False, ["progress"]), (None, True, [])],
)
async def test_ringing_is_played_where_the_caller_can_hear_it(
    ringback: Audio | None, is_answered: bool, did: list[str]
) -> None:
    async with world() as made:
        (callee,) = await made.dial(FIRST, ringback=ringback, is_answered=is_answered)
        assert made.caller.did == did
        assert made.audio.port.commands == ["PlayFiles"]  # type: ignore[attr-defined]
        callee.listener.failed(486, "Busy Here")
        assert made.audio.port.commands == ["PlayFiles", "StopPlaying"]  # type: ignore[attr-defined]


async def test_answer_without_a_codec_of_ours_fails() -> None:
    async with world() as made:
        (callee,) = await made.dial(FIRST)
        callee.listener.answered(b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n")
        assert callee.did == ["hang up"]
        assert ended(made) == [(LegStatus.FAILED, 488)]
        assert outcome(made) == [LegStatus.FAILED]


async def test_callee_who_vanishes_ends_the_talk() -> None:
    async with world() as made:
        (callee,) = await made.dial(FIRST)
        leg = made.dialer._legs[0]
        leg.media_event(MediaTimedOut("leg"))
        assert outcome(made) == []  # nobody talks into a telephone that rings
        callee.listener.answered(sdp(4002))
        leg.media_event(MediaTimedOut("leg"))
        assert callee.did == ["hang up"]
        assert outcome(made) == [LegStatus.ANSWERED]


async def test_media_worker_that_dies_while_it_rings_fails_the_leg() -> None:
    async with world() as made:
        await made.dial(FIRST)
        made.dialer._legs[0].media_event(PortLost("leg"))
        assert outcome(made) == [LegStatus.FAILED]


async def test_keys_sent_by_info_reach_the_other_side() -> None:
    async with world() as made:
        (callee,) = await made.dial(FIRST)
        made.dialer.caller_pressed("1")
        callee.listener.answered(sdp(4002))
        made.dialer.caller_pressed("2")
        callee.listener.digit_pressed("3")
        assert callee.did == ["key 2"]
        assert made.caller.did == ["ring", "key 3"]


async def test_hold_is_passed_on_and_taken_back() -> None:
    async with world() as made:
        (callee,) = await made.dial(FIRST)
        callee.listener.answered(sdp(4002))
        made.dialer.perform(Connect(), True)
        made.audio.renegotiate(sdp(4000, "sendonly"))
        made.dialer.caller_renegotiated()
        assert b"a=sendonly" in callee.offers[0]
        callee.listener.offered(sdp(4002, "inactive"))
        assert callee.did == ["accept"]
        assert b"a=inactive" in made.caller.offers[0]
        callee.listener.hung_up()
        assert b"a=sendrecv" in made.caller.offers[1]


async def test_callee_may_ask_for_our_offer_and_answer_it_late() -> None:
    async with world() as made:
        (callee,) = await made.dial(FIRST)
        callee.listener.answered(sdp(4002))
        callee.listener.offered(None)
        assert callee.did == ["accept"]
        assert made.caller.offers == []
        callee.listener.acknowledged(sdp(4006))
        assert made.caller.offers == []  # nothing changed for the caller
        assert made.port_of(0).commands == ["ChangePeer", "ChangePeer"]


async def test_offer_that_cannot_be_taken_is_declined() -> None:
    async with world() as made:
        (callee,) = await made.dial(FIRST)
        callee.listener.answered(sdp(4002))
        callee.listener.offered(b"nonsense")
        assert callee.did == ["decline 400"]


async def test_same_law_is_preferred_so_that_audio_passes_untouched() -> None:
    async with world(offer=sdp(4000, payload_types=(8, 0))) as made:
        await made.dial(FIRST)
        leg = made.dialer._legs[0]
        assert leg.audio is not None
        assert leg.audio.is_alaw
        assert b"RTP/AVP 8 0 101" in leg.audio.describe()
