"""The call session: one inbound call from its INVITE to the last event in the journal."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

import structlog

from dillo.behavior import effects, step
from dillo.behavior import events as inputs
from dillo.calls.audio import AudioStream
from dillo.calls.noted import measured, received
from dillo.calls.opening import open_flow
from dillo.calls.parties import Parties
from dillo.calls.platform import Platform
from dillo.calls.playback import Playback
from dillo.calls.ports import InboundLeg, NumberEntry
from dillo.calls.recorder import Recorder
from dillo.calls.spending import USED_UP, WARNING, Spending
from dillo.calls.timers import Timers
from dillo.model import events as facts
from dillo.model import media
from dillo.model.clock import now_us
from dillo.model.errors import Unavailable
from dillo.model.events import CallEvent, EndReason
from dillo.model.phone import caller_number
from dillo.sdp import SdpError

_log = structlog.get_logger(__name__)

_CLOSING_TIMEOUT_S = 5.0
# The last packet of a prompt has left, but a telephone plays it only when its jitter buffer comes
# to it: a BYE sent at once would cut the goodbye short.
_LAST_WORDS_S = 0.2
# No node of a flow can have this name: theirs are digits.
_MAX_DURATION = "max-duration"
_TONE_MS = 60
"""So much of a tone was recorded before it was known to be a key."""


@dataclass(frozen=True, slots=True)
class Over:
    """The call ends now, whatever the flow would do next."""

    reason: EndReason
    detail: str = ""


class CallSession:
    """Runs one admitted call: what happens goes into an inbox, one task takes it from there."""

    def __init__(
        self,
        call_id: str,
        leg: InboundLeg,
        entry: NumberEntry,
        platform: Platform,
        on_started: Callable[[], None],
        *,
        is_test: bool = False,
    ) -> None:
        self.call_id = call_id
        self._is_test = is_test
        self._leg = leg
        self._entry = entry
        self._caller = caller_number(leg.invitation.caller)
        self._platform = platform
        self._on_started = on_started
        self._inbox: asyncio.Queue[inputs.Event | Over] = asyncio.Queue()
        self._timers = Timers(self._timer_fired)
        self._spending = Spending(
            call_id,
            entry,
            self._caller,
            platform.purse,
            self._warn_of_end,
            self._spend_last,
            is_test=is_test,
        )
        self._recorder = Recorder(
            platform.recordings_dir, entry.customer_id, self._note, self._inbox.put_nowait
        )
        self._audio: AudioStream | None = None
        self._playback: Playback | None = None
        self._parties: Parties | None = None
        self._digits_via: str | None = None
        self._watching: asyncio.Task[None] | None = None
        self._is_answered = False
        self._is_gone = False
        self._ending: facts.CallEnded | None = None
        self._is_journalled = False
        self._acknowledged = asyncio.Event()
        self._port_closed = asyncio.Event()

    @property
    def end_reason(self) -> EndReason:
        """Why the call ended; it has."""
        assert self._ending is not None
        return self._ending.reason

    async def run(self) -> None:
        """Run the call to its end; its CallEnded is in the journal's queue then."""
        structlog.contextvars.bind_contextvars(call_id=self.call_id)
        self._note(self._received())
        try:
            async with asyncio.TaskGroup() as tasks:
                await self._converse(tasks)
        except Exception as error:
            # The boundary of a call: whatever goes wrong inside ends this call and no other.
            _log.exception("call failed", sip_call_id=self._leg.invitation.sip_call_id)
            self._end(EndReason.ERROR, 500, f"{type(error).__name__}: {error}")
        finally:
            await self._close()

    def refuse(self, sip_code: int, detail: str) -> None:
        """Journal a call that is over a limit, and refuse it."""
        self._note(self._received())
        self._end(EndReason.LIMIT_REACHED, sip_code, detail)
        self._note_end()

    def interrupt(self, detail: str) -> None:
        """End the call from outside: by order, or because something it needs is gone."""
        self._inbox.put_nowait(Over(EndReason.INTERRUPTED, detail))
        self._acknowledged.set()

    # What the SIP leg tells (LegListener).

    def acknowledged(self, answer: bytes | None) -> None:
        if self._audio is not None and answer is not None:
            try:
                self._audio.accept(answer)
            except SdpError as error:
                self._inbox.put_nowait(Over(EndReason.ERROR, f"answer in ACK: {error}"))
        self._acknowledged.set()

    def offered(self, offer: bytes | None) -> None:
        if self._audio is None:
            self._leg.decline_offer(491)
            return
        try:
            self._leg.accept_offer(self._audio.renegotiate(offer))
        except SdpError as error:
            self._leg.decline_offer(error.status)
            return
        if self._parties is not None:
            self._parties.caller_renegotiated()

    def digit_pressed(self, digit: str) -> None:
        self._digit(digit, now_us(), "info")
        if self._parties is not None:
            self._parties.caller_sent_info(digit)

    def hung_up(self) -> None:
        self._is_gone = True
        self._inbox.put_nowait(inputs.HungUp(now_us()))
        self._acknowledged.set()

    def lost(self, detail: str) -> None:
        self._inbox.put_nowait(Over(EndReason.ERROR, detail))
        self._acknowledged.set()

    # What the media port tells.

    def _media_event(self, event: media.Event) -> None:
        match event:
            case media.DigitHeard():
                self._digit(event.digit, event.at_us, event.via)
            case media.PlayFinished():
                if self._playback is not None:
                    self._playback.finished(event)
            case media.RecordingDone():
                self._recorder.done(event)
            case media.MediaTimedOut():
                if self._is_answered:  # nobody has to talk into a telephone that still rings
                    self._inbox.put_nowait(Over(EndReason.MEDIA_TIMEOUT))
            case media.PortClosed():
                self._note(measured(event))
                self._port_closed.set()
                if self._ending is None:  # not at our word: the worker was told to stop
                    self.interrupt("the media worker stopped")
            case media.PortLost():
                self._port_closed.set()
                self.interrupt("the media worker is gone")
            case media.PortOpened():
                pass  # the media pool answers `open` with it
            case _:
                assert_never(event)

    def _digit(self, digit: str, at_us: int, via: str) -> None:
        # Some phones send every key both ways: the way of the first one counts for the call.
        if self._digits_via is None:
            self._digits_via = via
        if via == self._digits_via:
            self._inbox.put_nowait(inputs.DigitPressed(at_us, digit, via))
            if self._parties is not None:
                self._parties.caller_pressed(digit)

    def _prompt_ended(self, error: str | None) -> None:
        self._inbox.put_nowait(
            inputs.PromptFinished(now_us())
            if error is None
            else inputs.ActionFailed(now_us(), error)
        )

    async def _warn_of_end(self) -> None:
        """Let everybody hear that the balance is nearly used up."""
        if self._playback is not None and self._parties is not None:
            await self._playback.interject(WARNING, *self._parties.connected_audio)

    def _spend_last(self) -> None:
        self._inbox.put_nowait(Over(EndReason.LIMIT_REACHED, USED_UP))

    def _timer_fired(self, name: str) -> None:
        self._inbox.put_nowait(
            Over(EndReason.LIMIT_REACHED, f"longer than {self._entry.max_call_s:g} s")
            if name == _MAX_DURATION
            else inputs.TimerFired(now_us(), name)
        )

    # The conversation.

    async def _converse(self, tasks: asyncio.TaskGroup) -> None:
        audio = await self._open_audio()
        if audio is None:
            return
        await self._spending.open()
        self._playback = Playback(
            self._platform.prompts,
            self._entry.customer_id,
            audio,
            tasks,
            self._prompt_ended,
            lambda warning: self._note(facts.Warned(now_us(), warning)),
        )
        self._parties = Parties(
            self.call_id,
            self._leg,
            self._entry,
            self._caller,
            self._platform,
            self._spending.affords,
            audio,
            self._playback,
            tasks,
            self._note,
            self._inbox.put_nowait,
        )
        self._tasks = tasks
        self._state = open_flow(self._entry, self._caller, self._platform, self._note)
        await self._advance(inputs.Started(now_us()))
        self._on_started()
        while self._ending is None:
            happening = await self._inbox.get()
            if isinstance(happening, Over):
                self._end(happening.reason, detail=happening.detail)
            else:
                await self._advance(happening)
        self._playback.abandon()
        if self._watching is not None:
            self._watching.cancel()
        self._parties.release()

    async def _open_audio(self) -> AudioStream | None:
        platform = self._platform
        try:
            self._audio = await AudioStream.open(
                self.call_id,
                self._leg.invitation,
                platform.media,
                platform.media_timeout_s,
                self._media_event,
            )
        except SdpError as error:
            self._end(EndReason.REJECTED, error.status, str(error))
        except Unavailable as error:
            self._end(EndReason.ERROR, 503, str(error))
        return self._audio

    async def _advance(self, event: inputs.Event) -> None:
        """Step the flow, and do what it asks for in order."""
        self._state, wanted = step(self._state, event)
        try:
            for effect in wanted:
                match effect:
                    case effects.Answer():
                        await self._answer()
                    case effects.HangUp(reason, detail):
                        await asyncio.sleep(_LAST_WORDS_S)
                        self._end(reason, detail=detail)
                    case _:
                        self._perform(effect)
        except (Unavailable, OSError) as error:
            self._inbox.put_nowait(inputs.ActionFailed(now_us(), str(error)))
        if isinstance(event, inputs.HungUp):
            self._end(EndReason.CALLER_HUNG_UP if self._is_answered else EndReason.ABANDONED)

    def _perform(self, effect: effects.Immediate) -> None:
        assert self._audio is not None
        assert self._playback is not None
        assert self._parties is not None
        port = self._audio.port
        match effect:
            case effects.Note(event):
                self._note(event)
            case effects.PlayPrompt(prompts, loop):
                self._playback.play(prompts, loop)
            case effects.StopPrompt():
                self._playback.stop()
            case effects.StartTimer(name, seconds):
                self._timers.start(name, seconds)
            case effects.CancelTimer(name):
                self._timers.cancel(name)
            case effects.StartRecording():
                beside = self._parties.connected_port if effect.both_sides else None
                self._recorder.start(port, effect, beside)
            case effects.StopRecording(ended_by):
                is_tone = ended_by == "key" and self._digits_via == "inband"
                self._recorder.stop(port, ended_by, _TONE_MS if is_tone else 0)
            case effects.Refuse(sip_code, detail):
                self._end(EndReason.REJECTED, sip_code, detail)
            case _:
                self._parties.perform(effect, is_answered=self._is_answered)

    async def _answer(self) -> None:
        """Send the 200 once the journal has it: from here on the call costs money."""
        audio = self._audio
        assert audio is not None
        if not await self._spending.begin():
            self._end(EndReason.LIMIT_REACHED, 503, "the balance does not cover the call")
            return
        self._note(facts.CallAnswered(now_us()))
        try:
            await self._platform.journal.flush()
        except Unavailable as error:
            self._end(EndReason.ERROR, 503, str(error))
            return
        if self._is_gone:
            return  # a CANCEL came first: the call ends as abandoned, and costs nothing
        self._leg.answer(audio.describe())
        self._is_answered = True
        if self._parties is not None and self._parties.has_dialled:
            audio.await_media()  # it has rung, maybe for longer than silence is put up with
        self._timers.start(_MAX_DURATION, self._entry.max_call_s)
        if self._spending.is_limited:
            self._watching = self._tasks.create_task(self._spending.watch())
        if audio.awaits_answer:
            await self._acknowledged.wait()

    # The end.

    def _end(self, reason: EndReason, sip_code: int | None = None, detail: str = "") -> None:
        """Decide how the call ends, once, and tell the peer."""
        if self._ending is not None:
            return
        if self._is_gone and not self._is_answered:
            # Whatever failed since, it was the caller who ended the call.
            reason, sip_code, detail = EndReason.ABANDONED, None, ""
        if self._is_answered:
            self._ending = facts.CallEnded(now_us(), reason, detail=detail)
            self._leg.hang_up()
        else:
            self._ending = facts.CallEnded(now_us(), reason, sip_code, detail)
            self._leg.refuse(sip_code or 480, detail)

    async def _close(self) -> None:
        """Close the media port, wait for its last words, and journal the end."""
        self._timers.cancel_all()
        if self._parties is not None:
            self._parties.release()
        if self._audio is not None:
            self._audio.port.send(media.ClosePort(self.call_id))
            try:
                async with asyncio.timeout(_CLOSING_TIMEOUT_S):
                    await self._port_closed.wait()
            except TimeoutError:
                _log.warning("media port did not close", seconds=_CLOSING_TIMEOUT_S)
            await self._recorder.salvage(self._platform.repair_recording)
        self._note_end()
        self._spending.close()

    def _note_end(self) -> None:
        self._end(EndReason.ERROR)
        assert self._ending is not None
        self._note(self._ending)
        self._is_journalled = True

    def _note(self, event: CallEvent) -> None:
        if not self._is_journalled:  # a media worker may have a last word long after the end
            self._platform.journal.append(self.call_id, event)
            self._spending.note(event)

    def _received(self) -> facts.CallReceived:
        invitation = self._leg.invitation
        return received(
            self.call_id,
            self._platform.node_name,
            self._entry,
            invitation,
            self._caller,
            is_test=self._is_test,
        )
