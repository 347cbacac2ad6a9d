"""Whoever a caller is joined with beside the platform: callees, voice agents, other systems."""

import asyncio
from collections.abc import Callable
from typing import assert_never

from dillo.behavior import effects
from dillo.behavior import events as inputs
from dillo.calls.asking import Asking
from dillo.calls.audio import AudioStream
from dillo.calls.dialer import Dialer
from dillo.calls.platform import Platform
from dillo.calls.playback import Playback
from dillo.calls.ports import InboundLeg, NumberEntry
from dillo.calls.streamer import Streamer
from dillo.calls.ways import Affords, Ways
from dillo.model.events import CallEvent

Joining = (
    effects.Dial
    | effects.Connect
    | effects.StopDialing
    | effects.CallWebhook
    | effects.StopWebhook
    | effects.OpenStream
    | effects.CloseStream
)
"""What a flow wants of others."""


class Parties:
    """Brings others into one call, and lets go of them; each is set up when it is wanted first.

    `caller` is the number as records show it; `note` takes facts for the journal, `tell` what the
    flow must hear.
    """

    def __init__(
        self,
        call_id: str,
        leg: InboundLeg,
        entry: NumberEntry,
        caller: str,
        platform: Platform,
        affords: Affords,
        audio: AudioStream,
        playback: Playback,
        tasks: asyncio.TaskGroup,
        note: Callable[[CallEvent], None],
        tell: Callable[[inputs.Event], None],
    ) -> None:
        self._call_id = call_id
        self._leg = leg
        self._entry = entry
        self._caller = caller
        self._platform = platform
        self._affords = affords
        self._audio = audio
        self._playback = playback
        self._tasks = tasks
        self._note = note
        self._tell = tell
        self._dialer: Dialer | None = None
        self._streamer: Streamer | None = None
        self._asking: Asking | None = None

    @property
    def has_dialled(self) -> bool:
        """Whether a Dial came up in this call."""
        return self._dialer is not None

    @property
    def connected_port(self) -> str | None:
        """The media port of the callee that the caller talks with."""
        return self._dialer.connected_port if self._dialer is not None else None

    @property
    def connected_audio(self) -> tuple[AudioStream, ...]:
        """The stream of the callee that the caller talks with, if there is one."""
        audio = self._dialer.connected_audio if self._dialer is not None else None
        return () if audio is None else (audio,)

    def perform(self, effect: Joining, *, is_answered: bool) -> None:
        """Do what the flow asks for; `is_answered` tells whether the caller's call is."""
        match effect:
            case effects.Dial() | effects.Connect() | effects.StopDialing():
                self._dialling().perform(effect, is_answered)
            case effects.OpenStream() | effects.CloseStream():
                self._streaming().perform(effect)
            case effects.CallWebhook():
                self._webhooks().ask(effect)
            case effects.StopWebhook():
                self._webhooks().stop()
            case _:
                assert_never(effect)

    def release(self) -> None:
        """Let go of everybody; the flow hears nothing more of them."""
        if self._dialer is not None:
            self._dialer.release()
        if self._streamer is not None:
            self._streamer.release()
        if self._asking is not None:
            self._asking.stop()

    # What the caller does.

    def caller_pressed(self, digit: str) -> None:
        """Pass on a key that counts, whichever way it came."""
        if self._streamer is not None:
            self._streamer.caller_pressed(digit)

    def caller_sent_info(self, digit: str) -> None:
        """Pass on a key that came by INFO: those in RTP are forwarded there."""
        if self._dialer is not None:
            self._dialer.caller_pressed(digit)

    def caller_renegotiated(self) -> None:
        """Pass on that the caller holds the call, or takes it up again."""
        if self._dialer is not None:
            self._dialer.caller_renegotiated()

    # What does it.

    def _dialling(self) -> Dialer:
        if self._dialer is None:
            invitation = self._leg.invitation
            ways = Ways(self._platform, self._entry, invitation, self._caller, self._affords)
            self._dialer = Dialer(
                self._leg,
                self._audio,
                self._playback,
                self._platform,
                ways,
                self._tasks,
                self._note,
                self._tell,
            )
        return self._dialer

    def _streaming(self) -> Streamer:
        if self._streamer is None:
            self._streamer = Streamer(
                self._call_id,
                self._entry.customer_id,
                self._audio,
                self._platform,
                self._tasks,
                self._note,
                self._tell,
            )
        return self._streamer

    def _webhooks(self) -> Asking:
        if self._asking is None:
            described = {
                "CallId": self._call_id,
                "CustomerCode": self._entry.customer_id,
                "Caller": self._caller,
                "Called": self._entry.number,
            }
            self._asking = Asking(described, self._platform.webhooks, self._tasks, self._tell)
        return self._asking
