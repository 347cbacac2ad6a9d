"""A prepaid call's money: reserved a minute ahead, and the call ends when there is no more.

Whenever a leg is answered or a recording begins, the next minute is reckoned anew. Shortly before
the money is used up, caller and callee hear a tone; a top-up until then lets the call go on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal
from typing import Final

import structlog
from msgspec.structs import replace

from dillo.calls.ports import NumberEntry
from dillo.calls.purse import Purse
from dillo.model.clock import now_us
from dillo.model.errors import DilloError, Unavailable
from dillo.model.events import (
    CallEvent,
    LegAnswered,
    LegDialed,
    LegEnded,
    RecordingFinished,
    RecordingStarted,
)
from dillo.model.periods import StoragePeriod
from dillo.model.prompts import Beep, Silence
from dillo.rating import Rates, Tariff, test_tariff
from dillo.rating.meter import Meter, recording_rates

WARNING: Final = (Beep(), Silence(200), Beep())
WARNING_S: Final = 10.0
"""How long before the end the tone is heard."""
USED_UP: Final = "the balance is used up"

# A call ends a little before the increment that it cannot pay begins.
_MARGIN_S = 0.3
_SHORTEST_PAUSE_S, _RETRY_S = 0.05, 5.0
_S = 1_000_000
_CALL = ""

_log = structlog.get_logger(__name__)


class Spending:
    """What one call of a prepaid customer costs as it goes on; nothing for other customers."""

    def __init__(
        self,
        call_id: str,
        entry: NumberEntry,
        caller: str,
        purse: Purse,
        warn: Callable[[], Awaitable[None]],
        end: Callable[[], None],
        *,
        is_test: bool,
    ) -> None:
        """`warn` lets the tone be heard, `end` ends the call. A test call is charged for legs."""
        self._call_id = call_id
        self._entry = entry
        self._caller = caller
        self._purse = purse
        self._warn = warn
        self._end = end
        self._is_test = is_test
        self._meter = Meter()
        self._tariff: Tariff | None = None
        self._is_begun = False
        self._dialled: dict[str, tuple[str, str]] = {}
        self._news = asyncio.Event()

    @property
    def is_limited(self) -> bool:
        """Whether the call may only cost what a balance holds."""
        return self._entry.balance_micros is not None

    async def open(self) -> None:
        """Look up what things cost; where the database does not answer nothing is limited.

        A call is taken all the same then: it will be charged later.
        """
        if not self.is_limited:
            return
        try:
            tariff = await self._purse.balances.tariff(self._entry.currency, now_us())
        except DilloError as error:
            _log.warning("taking a call without a look at the balance", error=str(error))
            return
        if self._is_test:
            tariff = replace(test_tariff(tariff.currency), dials=tariff.dials)
        self._tariff = tariff

    async def begin(self) -> bool:
        """Reserve the beginning of an answered call; return whether there is the money."""
        if self._tariff is None:
            return True
        at_us = now_us()
        self._meter.start(_CALL, self._call_rates(self._tariff), at_us)
        self._is_begun = True
        try:
            return await self._reserve() > at_us
        except Unavailable as error:
            _log.warning("answering without a look at the balance", error=str(error))
            return True

    async def watch(self) -> None:
        """Reserve on and on; warn before the money is used up, and end the call then."""
        if self._tariff is None:
            return
        has_warned = False
        while True:
            self._news.clear()
            try:
                until_us = await self._reserve()
            except Unavailable as error:
                _log.warning("going on without a look at the balance", error=str(error))
                await self._pause(_RETRY_S)
                continue
            left_s = (until_us - now_us()) / _S
            if left_s <= _MARGIN_S:
                self._end()
                return
            if left_s > WARNING_S:
                has_warned = False
                await self._pause(left_s - WARNING_S)
                continue
            if not has_warned:
                has_warned = True
                await self._warn()
            await self._pause(left_s - _MARGIN_S)

    async def affords(self, callee: str, caller: str) -> bool:
        """Whether there is the money to dial a callee, for as long as is charged at least."""
        if self._tariff is None:
            return True
        trial, at_us = Meter(), now_us()
        trial.start("leg", self._tariff.match_dial(callee, caller).rates, at_us)
        if not self._is_begun:  # the call will be answered when the callee is
            trial.start(_CALL, self._call_rates(self._tariff), at_us)
        soon_us = at_us + _S
        cost = self._meter.cost(soon_us) + trial.cost(soon_us)
        try:
            return await self._purse.left(self._entry.customer_id, self._call_id, at_us) >= cost
        except Unavailable:
            return True

    def note(self, event: CallEvent) -> None:
        """Take what happens in the call, as far as it costs money."""
        if self._tariff is None:
            return
        match event:
            case LegDialed():
                self._dialled[event.leg_id] = event.telephone_number, event.caller
                return
            case LegAnswered() if event.leg_id in self._dialled:
                rates = self._tariff.match_dial(*self._dialled[event.leg_id]).rates
                self._meter.start(event.leg_id, rates, event.at_us)
            case LegEnded():
                self._meter.stop(event.leg_id, event.at_us)
            case RecordingStarted():
                months = StoragePeriod.parse(event.storage_period).months
                rates = recording_rates(
                    self._tariff, Decimal(months.numerator) / Decimal(months.denominator)
                )
                self._meter.start(event.recording_id, rates, event.at_us)
            case RecordingFinished():
                self._meter.stop(event.recording_id, event.at_us)
            case _:
                return
        self._news.set()

    def close(self) -> None:
        """The call is over: what it has cost stays reserved until it is settled."""
        if self._tariff is not None:
            at_us = now_us()
            cost = self._meter.cost(at_us)
            self._purse.leave(self._entry.customer_id, self._call_id, cost, at_us)

    def _call_rates(self, tariff: Tariff) -> Rates:
        entry = self._entry
        return tariff.match_call(entry.number, entry.number_type, self._caller).rates

    async def _reserve(self) -> int:
        entry = self._entry
        return await self._purse.reserve(entry.customer_id, self._call_id, self._meter, now_us())

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, _SHORTEST_PAUSE_S)):
                await self._news.wait()
