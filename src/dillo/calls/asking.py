"""Asking: lets a webhook decide how the flow goes on, while the call waits."""

import asyncio
from collections.abc import Callable, Mapping

from dillo.behavior import effects
from dillo.behavior.events import Event, WebhookAnswer, WebhookAnswered, WebhookFailed
from dillo.behavior.webhook_answer import read_answer
from dillo.calls.ports import WebhookRequest, Webhooks
from dillo.model.clock import now_us
from dillo.model.errors import PeerError, Unavailable
from dillo.model.ids import new_id
from dillo.model.moments import iso_ms

# A longer answer is read on a thread: a graph of 64 KB takes about as long as ten calls.
_SHORT = 2000


class Asking:
    """Asks one webhook at a time; `tell` hears how it went.

    `call` is what every webhook of this call is told: CallId, CustomerCode, Caller, Called.
    """

    def __init__(
        self,
        call: Mapping[str, str],
        webhooks: Webhooks,
        tasks: asyncio.TaskGroup,
        tell: Callable[[Event], None],
    ) -> None:
        self._call = call
        self._webhooks = webhooks
        self._tasks = tasks
        self._tell = tell
        self._asking: asyncio.Task[None] | None = None

    def ask(self, effect: effects.CallWebhook) -> None:
        """Begin to ask; returns at once."""
        self.stop()
        self._asking = self._tasks.create_task(self._ask(effect))

    def stop(self) -> None:
        """Ask no longer, and tell nothing of it."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    async def _ask(self, effect: effects.CallWebhook) -> None:
        try:
            answer = await _read(await self._webhooks.ask(self._request(effect)))
        except (PeerError, Unavailable) as error:
            self._tell(WebhookFailed(now_us(), str(error)))
        else:
            self._tell(WebhookAnswered(now_us(), answer))

    def _request(self, effect: effects.CallWebhook) -> WebhookRequest:
        state = {
            **self._call,
            "Digits": effect.digits,
            "Variables": effect.variables,
            "Node": effect.node,
            "Timestamp": iso_ms(now_us()),
        }
        return WebhookRequest(
            customer_id=self._call["CustomerCode"],
            url=effect.url,
            method=effect.method,
            timeout_s=effect.timeout_s,
            idempotency_key=new_id(),
            state=state,
        )


async def _read(text: str) -> WebhookAnswer:
    return read_answer(text) if len(text) < _SHORT else await asyncio.to_thread(read_answer, text)
