"""Dialling: rings callees one after the other or all at once, and connects one with the caller."""

import asyncio
from collections.abc import Callable

from dillo.behavior import effects
from dillo.behavior import events as inputs
from dillo.calls.audio import AudioStream
from dillo.calls.dialled import DialledLeg, Stage
from dillo.calls.platform import Platform
from dillo.calls.playback import Playback
from dillo.calls.ports import InboundLeg
from dillo.calls.ringing import Ringing
from dillo.calls.timers import Timers
from dillo.calls.ways import NoWay, Ways
from dillo.model.clock import now_us
from dillo.model.errors import Unavailable
from dillo.model.events import CallEvent, LegAnswered, LegDialed, LegEnded, LegStatus, Warned
from dillo.model.ids import new_id
from dillo.model.media import Bridge

_RING, _TALK = "ring", "talk"
_BOTH_WAYS = (True, True)


class Dialer:
    """Does what a Dial asks for, one Dial at a time (LegOwner).

    `note` takes facts for the journal, `tell` what the flow must hear: DialAnswered, then
    DialEnded; or DialEnded alone.
    """

    def __init__(
        self,
        caller: InboundLeg,
        audio: AudioStream,
        playback: Playback,
        platform: Platform,
        ways: Ways,
        tasks: asyncio.TaskGroup,
        note: Callable[[CallEvent], None],
        tell: Callable[[inputs.Event], None],
    ) -> None:
        self._caller = caller
        self._audio = audio
        self._platform = platform
        self._ways = ways
        self._tasks = tasks
        self._note = note
        self._tell = tell
        self._ringing = Ringing(caller, audio, playback)
        self._timers = Timers(self._timer_fired)
        self._wanted: effects.Dial | None = None
        self._waiting: list[str] = []
        """Callees who are to be rung after those who ring now."""
        self._as_whom = ""
        self._legs: list[DialledLeg] = []
        self._statuses: list[LegStatus] = []
        self._early: list[DialledLeg] = []
        """Those who play something before they answer; the caller hears the first."""
        self._chosen: DialledLeg | None = None
        self._caller_flow = self._callee_flow = _BOTH_WAYS
        """What was last offered to either: whether we send to it, and whether it may send."""

    @property
    def connected_port(self) -> str | None:
        """The media port of the callee that the caller talks with."""
        port = self._chosen.port if self._chosen else None
        return None if port is None else port.call_id

    @property
    def connected_audio(self) -> AudioStream | None:
        """The stream of the callee that the caller talks with."""
        return self._chosen.audio if self._chosen else None

    def perform(
        self, effect: effects.Dial | effects.Connect | effects.StopDialing, is_answered: bool
    ) -> None:
        """Do what the flow asks for; `is_answered` tells whether the caller's call is."""
        match effect:
            case effects.Dial():
                self._dial(effect, is_answered)
            case effects.Connect():
                self._connect()
            case effects.StopDialing():
                self.release()

    def _dial(self, wanted: effects.Dial, is_answered: bool) -> None:
        self._wanted, self._chosen = wanted, None
        self._callee_flow = _BOTH_WAYS
        self._waiting, self._legs, self._statuses = list(wanted.to), [], []
        self._early = []
        self._ringing.start(wanted.ringback, is_answered=is_answered)
        self._tasks.create_task(self._begin(wanted))

    def _connect(self) -> None:
        self._ringing.stop()
        leg = self._chosen
        if leg is None or leg.stage is Stage.OVER or self._wanted is None or leg.audio is None:
            return  # hung up meanwhile: DialEnded is on its way
        ours, theirs = self._audio.port, leg.audio.port
        ours.send(Bridge(ours.call_id, theirs.call_id))
        theirs.send(Bridge(theirs.call_id, ours.call_id))
        self._timers.start(_TALK, self._wanted.max_duration_s)

    def release(self) -> None:
        """Let go of everybody, and tell the flow nothing more of this Dial."""
        if self._wanted is None:
            return
        self._wanted = None
        self._timers.cancel_all()
        self._ringing.stop()
        self._let_go(LegStatus.CANCELED)

    # What the caller does.

    def caller_pressed(self, digit: str) -> None:
        """Pass on a key that the caller sent by INFO; those in RTP are forwarded there."""
        if self._chosen is not None:
            self._chosen.press_digit(digit)

    def caller_renegotiated(self) -> None:
        """Pass on that the caller holds the call, or takes it up again."""
        flow = self._audio.peer_sends, self._audio.peer_receives
        if self._chosen is not None and flow != self._callee_flow:
            self._callee_flow = flow
            self._chosen.offer(sends=flow[0], receives=flow[1])

    # What the callees do (LegOwner).

    def heard_early(self, leg: DialledLeg) -> None:
        if leg not in self._early:
            self._early.append(leg)
            if len(self._early) == 1:  # of several, all others are mute (RFC 3960 §3.1)
                self._hear_first()

    def answered(self, leg: DialledLeg) -> None:
        self._note(LegAnswered(now_us(), leg.leg_id))
        self._timers.cancel(_RING)
        self._chosen, self._waiting = leg, []
        self._let_go(LegStatus.CANCELED, but=leg)
        self._tell(inputs.DialAnswered(now_us(), leg.leg_id))

    def renegotiated(self, leg: DialledLeg) -> None:
        if leg is self._chosen and leg.audio is not None:
            self._offer_caller((leg.audio.peer_sends, leg.audio.peer_receives))

    def digit_pressed(self, leg: DialledLeg, digit: str) -> None:
        if leg is self._chosen:
            self._caller.press_digit(digit)

    def over(self, leg: DialledLeg, status: LegStatus, sip_code: int | None, detail: str) -> None:
        self._note(LegEnded(now_us(), leg.leg_id, status, sip_code, detail))
        self._statuses.append(status)
        was_heard = self._early[:1] == [leg]
        self._early = [each for each in self._early if each is not leg]
        if self._wanted is None:
            return
        if leg is self._chosen:
            self._end_talk()
        elif self._chosen is not None:
            return
        elif not self._ringing_legs():
            self._ring_next()
        elif was_heard:
            self._hear_first()

    def _hear_first(self) -> None:
        """Let the caller hear who plays something for the longest time; ringing if nobody does."""
        if self._early and (audio := self._early[0].audio) is not None:
            self._ringing.let_through(audio)
        else:
            self._ringing.go_on()

    # One after the other.

    async def _begin(self, wanted: effects.Dial) -> None:
        try:
            self._as_whom = await self._ways.caller_id(wanted.caller_id)
        except (NoWay, Unavailable) as error:
            self._note(Warned(now_us(), f"node {wanted.node}: {error}"))
            self._waiting = []
        if self._wanted is wanted:
            self._ring_next()

    def _ring_next(self) -> None:
        """Ring those whose turn it is; where nobody is left the Dial has failed."""
        if self._wanted is None or not self._waiting:
            self._end(_in_vain(self._statuses))
            return
        turn = 1 if self._wanted.is_sequential else len(self._waiting)
        callees, self._waiting = self._waiting[:turn], self._waiting[turn:]
        if self._legs:
            self._ringing.go_on()
        self._timers.start(_RING, self._wanted.timeout_s)
        placed = [self._dialled(callee, self._wanted.node) for callee in callees]
        for leg in placed:
            self._tasks.create_task(self._place(leg))

    def _dialled(self, callee: str, node: str) -> DialledLeg:
        leg = DialledLeg(new_id(), callee, self)
        self._legs.append(leg)
        self._note(LegDialed(now_us(), leg.leg_id, node, callee, self._as_whom))
        return leg

    async def _place(self, leg: DialledLeg) -> None:
        try:
            destination = await self._ways.towards(leg.callee, self._as_whom)
            audio = await AudioStream.dial(
                leg.leg_id,
                self._caller.invitation.local_ip,
                self._audio,
                self._platform.media,
                self._platform.media_timeout_s,
                leg.media_event,
            )
        except NoWay as error:
            leg.fail(error.sip_code, str(error))
        except Unavailable as error:
            leg.fail(503, str(error))
        else:
            leg.place(self._platform.outbound, destination, audio)

    def _timer_fired(self, name: str) -> None:
        if name == _TALK and self._chosen is not None:
            self._chosen.let_go(LegStatus.ANSWERED)
        else:
            self._let_go(LegStatus.NO_ANSWER)

    def _ringing_legs(self) -> list[DialledLeg]:
        return [leg for leg in self._legs if leg.stage is Stage.RINGING]

    def _let_go(self, status: LegStatus, but: DialledLeg | None = None) -> None:
        for leg in tuple(self._legs):  # the end of one may begin the next
            if leg is not but:
                leg.let_go(status)

    # The end.

    def _end_talk(self) -> None:
        self._offer_caller(_BOTH_WAYS)
        self._end(LegStatus.ANSWERED)

    def _end(self, status: LegStatus) -> None:
        self._wanted = None
        self._timers.cancel_all()
        self._ringing.stop()
        self._tell(inputs.DialEnded(now_us(), status))

    def _offer_caller(self, flow: tuple[bool, bool]) -> None:
        """Hold the caller or take the call up again, unless it is so already."""
        if flow != self._caller_flow:
            self._caller_flow = flow
            sdp = self._audio.reoffer(sends=flow[0], receives=flow[1])
            self._caller.offer(sdp, self._audio.reoffer_answered)


def _in_vain(statuses: list[LegStatus]) -> LegStatus:
    """Return what became of a Dial that nobody answered: ringing in vain outweighs being busy."""
    for status in (LegStatus.NO_ANSWER, LegStatus.BUSY):
        if status in statuses:
            return status
    return LegStatus.FAILED
