"""Sends e-mails, again and again for three days, until the mail server takes them.

One at a time, and each is noted at once: what a crash cuts off is at most one, which is sent again
with the same Message-ID once its claim is over.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from email.message import EmailMessage
from email.utils import formatdate
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import structlog

from dillo.accounts.mails import OwedMail
from dillo.accounts.webhook_secrets import Cipher
from dillo.jobs.pause import pause
from dillo.model.clock import now_us
from dillo.model.errors import Unavailable

_log = structlog.get_logger(__name__)

TIMEOUT_S: Final = 30.0
FIRST_DELAY_S, LONGEST_DELAY_S = 10.0, 14_400.0
GIVE_UP_S: Final = 3 * 86_400
KEPT_S: Final = 30 * 86_400

_POLL_S, _RETRY_S, _FORGET_EVERY_S = 1.0, 5.0, 3600.0
_CLAIM_S = 3 * TIMEOUT_S
_AT_ONCE = 20

Send = Callable[[OwedMail, str], Awaitable[None]]
"""Hands an e-mail with its text to a mail server; raises Unavailable."""


class Mailbox(Protocol):
    """E-mails that are owed. Every method raises Unavailable."""

    async def due(self, at_us: int, limit: int) -> Sequence[OwedMail]:
        """Return e-mails that are due, those due longest first."""

    async def claim(self, owed: OwedMail, until_us: int) -> bool:
        """Keep others from sending it until a moment; false where one of them does."""

    async def note_sent(self, mail_id: str, at_us: int) -> None:
        """Note that it was taken."""

    async def note_failed(self, mail_id: str, due_us: int | None, error: str) -> None:
        """Note why it was not taken, and when it is tried again; None for never."""

    async def forget(self, before_us: int) -> None:
        """Delete what is over and was owed before a moment."""


class Postman:
    """Sends what is due, one after the other."""

    def __init__(self, mailbox: Mailbox, cipher: Cipher, send: Send) -> None:
        self._mailbox = mailbox
        self._cipher = cipher
        self._send = send
        self._must_stop = asyncio.Event()
        self._forgot_at = float("-inf")

    def stop(self) -> None:
        """Send nothing more, and return from `run` once the one under way is noted."""
        self._must_stop.set()

    async def run(self) -> None:
        """Send until stopped."""
        while not self._must_stop.is_set():
            pause_s = _POLL_S
            try:
                await self._round()
            except Unavailable as error:
                _log.warning("e-mails wait for the database", error=str(error))
                pause_s = _RETRY_S
            await pause(pause_s, self._must_stop)

    async def _round(self) -> None:
        for owed in await self._mailbox.due(now_us(), _AT_ONCE):
            if self._must_stop.is_set():
                return
            until_us = now_us() + round(_CLAIM_S * 1_000_000)
            if await self._mailbox.claim(owed, until_us):
                await self._deliver(owed)
        if time.monotonic() - self._forgot_at > _FORGET_EVERY_S:
            self._forgot_at = time.monotonic()
            await self._mailbox.forget(now_us() - KEPT_S * 1_000_000)

    async def _deliver(self, owed: OwedMail) -> None:
        try:
            await self._send(owed, self._cipher.unseal(owed.sealed_text))
        except Unavailable as error:
            due_us = _next_due_us(owed)
            _log.warning("e-mail was not taken", id=owed.id, again=due_us is not None)
            await self._mailbox.note_failed(owed.id, due_us, str(error)[:500])
        else:
            await self._mailbox.note_sent(owed.id, now_us())


def _next_due_us(owed: OwedMail) -> int | None:
    """Return when to try again, ever later, None where that would be after three days."""
    delay_s = min(FIRST_DELAY_S * 3.0 ** min(owed.attempts, 20), LONGEST_DELAY_S)
    due_us = now_us() + round(delay_s * random.uniform(0.9, 1.1) * 1_000_000)
    return due_us if due_us < owed.created_us + GIVE_UP_S * 1_000_000 else None


def by_smtp(url: str, sender: str) -> Send:
    """Send through a mail server: `smtp://` with STARTTLS where it is offered, or `smtps://`."""
    server = urlsplit(url)
    is_tls = server.scheme == "smtps"

    async def send(owed: OwedMail, text: str) -> None:
        import aiosmtplib  # here: most platforms start without one

        try:
            await aiosmtplib.send(
                _message(owed, text, sender),
                hostname=server.hostname,
                port=server.port,
                username=unquote(server.username) if server.username else None,
                password=unquote(server.password) if server.password else None,
                use_tls=is_tls,
                timeout=TIMEOUT_S,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unavailable(f"the mail server did not take it: {error}") from error

    return send


async def into_log(owed: OwedMail, text: str) -> None:
    """Write an e-mail into the log, where no mail server is set."""
    _log.warning(
        "e-mail, shown here because DILLO_SMTP_URL is empty",
        to=owed.recipient,
        subject=owed.subject,
        text=text,
    )


def _message(owed: OwedMail, text: str, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = owed.recipient
    message["Subject"] = owed.subject
    message["Date"] = formatdate(owed.created_us / 1_000_000)
    message["Message-ID"] = f"<{owed.id}@{sender.rpartition('@')[2].strip('>') or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation answers, please
    message.set_content(text)
    return message
