"""The call engine: takes INVITEs in, runs a session for each call, and drains at shutdown."""

import asyncio
from collections import Counter

import structlog

from dillo.calls.platform import Platform
from dillo.calls.ports import InboundLeg, NumberEntry
from dillo.calls.session import CallSession
from dillo.model.browser import Mark
from dillo.model.errors import Unavailable
from dillo.model.ids import new_id

_log = structlog.get_logger(__name__)


# More calls than this being set up at once only make each other wait: with a millisecond of work
# each, the last would be answered after more than the 500 ms that callers wait before they ask
# again (RFC 3261 §17.1.1.2), which is more work. A 503 costs a tenth of a set-up.
MAX_STARTING = 256


class _Start:
    """A call being set up; counted until it has begun or is over."""

    __slots__ = ("_count", "_is_done")

    def __init__(self, count: Counter[str]) -> None:
        self._count = count
        self._is_done = False
        count["starting"] += 1

    def done(self) -> None:
        if not self._is_done:
            self._is_done = True
            self._count["starting"] -= 1


class CallEngine:
    """All calls of this node; every session is a task of one group."""

    def __init__(self, platform: Platform, tasks: asyncio.TaskGroup) -> None:
        self._platform = platform
        self._tasks = tasks
        self._sessions: dict[str, CallSession] = {}
        self._is_draining = False
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self.outcomes: Counter[str] = Counter()
        """How INVITEs fared: `admitted`, `unknown-number`, `wrong-trunk`, `limited`,
        `unavailable`, `overloaded`."""
        self.endings: Counter[str] = Counter()
        """How recorded calls ended, by end reason."""
        self._now: Counter[str] = Counter()

    @property
    def calls_running(self) -> int:
        return len(self._sessions)

    def receive(self, leg: InboundLeg) -> None:
        """Take a new INVITE; returns at once."""
        if self._now["starting"] >= MAX_STARTING:
            self._turn_away(leg, "overloaded", 503, "this node is overloaded")
        else:
            self._tasks.create_task(self._take(leg, _Start(self._now)))

    def hang_up(self, call_id: str, detail: str) -> None:
        """End a running call from outside; in vain where it is over."""
        session = self._sessions.get(call_id)
        if session is not None:
            session.interrupt(detail)

    async def drain(self, grace_s: float) -> None:
        """Let running calls finish for so long, then end the rest; returns when none is left."""
        self._is_draining = True
        try:
            async with asyncio.timeout(grace_s):
                await self._is_idle.wait()
        except TimeoutError:
            _log.info("ending calls", calls=self.calls_running)
            for session in list(self._sessions.values()):
                session.interrupt("the platform was stopped")
            await self._is_idle.wait()

    async def _take(self, leg: InboundLeg, start: _Start) -> None:
        try:
            await self._admit(leg, start)
        finally:
            start.done()

    async def _admit(self, leg: InboundLeg, start: _Start) -> None:
        admission = self._platform.admission
        mark = Mark.parse(leg.invitation.test_mark, self._platform.test_secret)
        try:
            draft_id = mark.version_id if mark is not None else ""
            entry = await admission.find(leg.invitation.called, draft_id)
        except Unavailable as error:
            self._turn_away(leg, "unavailable", 503, str(error))
            return
        if entry is None:
            self._turn_away(leg, "unknown-number", 404, "no customer holds this number")
            return
        is_test = mark is not None
        if not is_test and not await self._comes_over_its_trunk(leg, entry):
            self._turn_away(leg, "wrong-trunk", 403, "calls to this number come over its trunk")
            return
        if self._is_draining or not self._platform.journal.has_room:
            self._turn_away(leg, "unavailable", 503, "no calls are taken just now")
            return
        limit = admission.enter(entry, asyncio.get_running_loop().time(), is_test=is_test)
        try:
            call_id = mark.call_id if mark and mark.call_id not in self._sessions else new_id()
            session = CallSession(call_id, leg, entry, self._platform, start.done, is_test=is_test)
            leg.listen(session)
            if limit is None:
                self.outcomes["admitted"] += 1
                await self._run(session)
            else:
                self.outcomes["limited"] += 1
                session.refuse(limit.sip_code, limit.detail)
            self.endings[session.end_reason] += 1
        finally:
            admission.leave(entry)

    async def _comes_over_its_trunk(self, leg: InboundLeg, entry: NumberEntry) -> bool:
        if not entry.trunk_hosts:
            return True
        invitation = leg.invitation
        if await self._platform.origins.admits(invitation, entry.trunk_hosts):
            return True
        _log.warning(
            "a call did not come over its number's trunk",
            number=entry.number,
            source=invitation.source_ip,
            sip_call_id=invitation.sip_call_id,
        )
        return False

    async def _run(self, session: CallSession) -> None:
        self._sessions[session.call_id] = session
        self._is_idle.clear()
        try:
            await session.run()
        finally:
            del self._sessions[session.call_id]
            if not self._sessions:
                self._is_idle.set()

    def _turn_away(self, leg: InboundLeg, outcome: str, sip_code: int, detail: str) -> None:
        self.outcomes[outcome] += 1
        leg.refuse(sip_code, detail)
