"""Places one real call: SIP, RTP, keys and sound, for tests, the demo and `dillo call`."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal

import numpy as np

from dillo.caller.audio import read_audio
from dillo.caller.dialog import ALLOW, OutgoingDialog
from dillo.caller.hearing import Hearing
from dillo.caller.line import Line, open_line
from dillo.caller.live import LiveHearing, LiveTalk, Person
from dillo.caller.plan import CallOutcome, CallPlan
from dillo.caller.talk import KEY_MS, Talk
from dillo.caller.voice import Voice, open_voice
from dillo.rtp.pcm import Samples
from dillo.sdp import PCMA, PCMU, Agreement, LocalMedia, SdpError, accept, negotiate, offer
from dillo.sip.dialog import OutOfOrder
from dillo.sip.message import Request, Response
from dillo.sip.transactions import cancel_for

_CODECS = {"pcmu": (PCMU, PCMA), "pcma": (PCMA, PCMU)}

_GOODBYE_S = 4.0
"""How long a BYE or CANCEL is waited for: four transmissions."""


async def place_call(plan: CallPlan, person: Person | None = None) -> CallOutcome:
    """Carry a call out from INVITE to BYE; cancelled, it sends CANCEL or BYE first.

    With a person, it is them who talk and listen, instead of the plan's script and sound.

    Raises UnreadableAudio before the call where the file holds no sound, Unavailable where there
    is no way to the target, and another PeerError where the callee broke the protocol.
    """
    sound = np.zeros(0, dtype=np.int16)
    if plan.audio is not None:
        sound = await asyncio.to_thread(read_audio, plan.audio)
    async with _open(plan, sound, person) as call:
        return await call.carry_out()


@asynccontextmanager
async def _open(plan: CallPlan, sound: Samples, person: Person | None) -> AsyncIterator["_Call"]:
    call: _Call
    async with (
        open_line(plan.target, lambda request: call.serve(request)) as line,
        open_voice(line.local[0], LiveHearing(person) if person else Hearing()) as (voice, port),
    ):
        call = _Call(plan, sound, person, line, voice, port)
        yield call


class _Call:
    def __init__(
        self,
        plan: CallPlan,
        sound: Samples,
        person: Person | None,
        line: Line,
        voice: Voice,
        rtp_port: int,
    ) -> None:
        self._plan = plan
        self._sound = sound
        self._person = person
        self._line = line
        self._voice = voice
        self._dialog = OutgoingDialog(plan.to, plan.from_, plan.target, line.local, plan.headers)
        self._local = LocalMedia(line.local[0], rtp_port, secrets.randbits(40))
        self._described: bytes | None = None
        self._loop = asyncio.get_running_loop()
        self._started_s = self._loop.time()
        self._ringing_ms: float | None = None
        self._keys: asyncio.Queue[str] = asyncio.Queue()
        self._may_cancel = asyncio.Event()
        self._has_given_up = False
        self._is_over = asyncio.Event()

    async def carry_out(self) -> CallOutcome:
        """Invite, converse, hang up."""
        if not self._plan.is_offer_late:
            self._described = self._offer()
        invite = self._dialog.invite(self._described)
        response = await self._invite(invite)
        if response.status < 300:
            return await self._converse(invite, response)
        return CallOutcome(
            call_id=self._dialog.call_id,
            status=response.status,
            reason=response.reason,
            ringing_ms=self._ringing_ms,
        )

    async def _invite(self, invite: Request) -> Response:
        """Return the final response; a CANCEL goes out when it takes longer than planned."""
        async with asyncio.TaskGroup() as tasks:
            pending = tasks.create_task(self._line.request(invite, self._progressed))
            try:
                await asyncio.wait({pending}, timeout=self._plan.cancel_after_s or self._plan.max_s)
                self._has_given_up = not pending.done()
                await self._cancel(invite, pending)
                await asyncio.wait({pending})
            except asyncio.CancelledError:
                await self._abandon(invite, pending)
                raise
        return pending.result()

    def _progressed(self, response: Response) -> None:
        self._may_cancel.set()
        if response.status > 100 and self._ringing_ms is None:
            self._ringing_ms = self._ms_since_start()
            if self._person is not None:
                self._person.rings()

    async def _cancel(self, invite: Request, pending: asyncio.Task[Response]) -> None:
        """Send CANCEL if the INVITE is still open, once a response has come (RFC 3261 §9.1)."""
        while not pending.done() and not self._may_cancel.is_set():
            await asyncio.wait({pending}, timeout=0.05)
        if not pending.done():
            await self._line.request(cancel_for(invite))

    async def _abandon(self, invite: Request, pending: asyncio.Task[Response]) -> None:
        """End the call properly although nobody waits for it any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_S):
                await self._cancel(invite, pending)
                await asyncio.wait({pending})
                if pending.result().status < 300:
                    self._dialog.establish(pending.result())
                    self._line.acknowledge(invite, self._dialog.acknowledge())
                    await self._line.request(self._dialog.bye())

    async def _converse(self, invite: Request, response: Response) -> CallOutcome:
        answered_s, answer_ms = self._loop.time(), self._ms_since_start()
        self._dialog.establish(response)
        try:
            talk = self._begin(invite, response)
            await self._wait_for_the_end()
        finally:
            # The callee's BYE, if it came, came before this moment.
            ended_by: Literal["callee", "caller"] = "callee" if self._is_over.is_set() else "caller"
            duration_s = self._loop.time() - answered_s
            self._voice.stop()
            await self._hang_up()
        hearing = self._voice.hearing
        return CallOutcome(
            call_id=self._dialog.call_id,
            status=response.status,
            reason=response.reason,
            ringing_ms=self._ringing_ms,
            answer_ms=answer_ms,
            duration_s=round(duration_s, 3),
            ended_by=ended_by,
            digits_sent=talk.digits_sent,
            packets_sent=self._voice.packets_sent,
            packets_received=hearing.packets_received,
            packets_lost=hearing.packets_lost,
            lost_at_callee=self._voice.reports.lost_at_callee,
            round_trip_ms=self._voice.reports.round_trip_ms,
            heard=hearing.samples(),
        )

    def _begin(self, invite: Request, response: Response) -> Talk:
        """Acknowledge the answer and start to talk. Raises SdpError."""
        try:
            terms = self._agree(response)
        except SdpError:
            self._line.acknowledge(invite, self._dialog.acknowledge())
            raise
        self._line.acknowledge(invite, self._dialog.acknowledge(terms.answer))
        talk = self._make_talk()
        self._voice.begin(talk, terms)
        if self._person is not None:
            self._person.is_answered()
        return talk

    def _make_talk(self) -> Talk:
        by_info = self._plan.dtmf == "info"
        if self._person is not None:
            return LiveTalk(self._person, self._keys.put_nowait, by_info=by_info)
        return Talk(self._plan.script, self._sound, self._keys.put_nowait, by_info=by_info)

    def _agree(self, response: Response) -> Agreement:
        if self._described is not None:
            return accept(response.body)
        terms = negotiate(response.body, self._local)
        self._described = terms.answer
        return terms

    async def _wait_for_the_end(self) -> None:
        """Return when the callee hung up, or when it is time to."""
        limit_s = min(self._plan.hang_up_after_s or self._plan.max_s, self._plan.max_s)
        if self._has_given_up:  # the answer and our CANCEL crossed
            limit_s = 0
        async with asyncio.TaskGroup() as tasks:
            keys = tasks.create_task(self._send_keys())
            with suppress(TimeoutError):
                async with asyncio.timeout(limit_s):
                    await self._is_over.wait()
            keys.cancel()

    async def _send_keys(self) -> None:
        while True:
            key = await self._keys.get()
            await self._line.request(self._dialog.info(key, KEY_MS))

    async def _hang_up(self) -> None:
        if self._is_over.is_set():
            return
        self._is_over.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_S):
                await self._line.request(self._dialog.bye())

    def serve(self, request: Request) -> Response | None:
        """Respond to a request of the callee; None for an ACK."""
        try:
            is_ours = self._dialog.admit(request)
        except OutOfOrder as error:
            return Response.reply(request, error.status)
        if not is_ours:
            return None if request.method == "ACK" else Response.reply(request, 481)
        match request.method:
            case "ACK":
                self._acknowledged(request)
                return None
            case "BYE":
                self._is_over.set()
                return Response.reply(request, 200)
            case "INVITE":
                return self._renegotiate(request)
            case "OPTIONS" | "INFO":
                return Response.reply(request, 200)
            case _:
                return Response.reply(request, 405, [("Allow", ALLOW)])

    def _renegotiate(self, request: Request) -> Response:
        """Take a re-INVITE's offer, or make one of our own where it brings none."""
        try:
            if request.body:
                terms = negotiate(request.body, self._local, self._described)
                self._described = terms.answer
                self._voice.change(terms)
            else:
                self._described = self._offer()
        except SdpError as error:
            return Response.reply(request, error.status)
        fields = [self._dialog.contact, ("Content-Type", "application/sdp")]
        return Response.reply(request, 200, fields, self._described)

    def _acknowledged(self, ack: Request) -> None:
        """Take the answer to an offer that we made in a 200."""
        if ack.body:
            with suppress(SdpError):  # a broken answer leaves the session as it was
                self._voice.change(accept(ack.body))

    def _offer(self) -> bytes:
        return offer(
            self._local,
            payload_types=_CODECS[self._plan.law],
            telephone_event_type=None if self._plan.dtmf == "info" else 101,
            previous=self._described,
        )

    def _ms_since_start(self) -> float:
        return round((self._loop.time() - self._started_s) * 1000, 3)
