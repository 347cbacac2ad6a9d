"""E-mails are sent once, tried again where the server refuses, and claimed: nobody doubles them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dillo.accounts.mails import OwedMail
from dillo.jobs.postman import GIVE_UP_S, Postman, _message
from dillo.model.clock import now_us
from dillo.model.errors import Unavailable

S = 1_000_000


class Plain:
    """Encrypts nothing."""

    def seal(self, text: str) -> str:
        return text

    def unseal(self, sealed: str) -> str:
        return sealed


def owed(mail_id: str = "1", age_s: float = 0, attempts: int = 0) -> OwedMail:
    at_us = now_us() - round(age_s * S)
    return OwedMail(mail_id, "anna@example.com", "Hello", "Text", at_us, attempts, at_us)


@dataclass
class Mailbox:
    """Mails in memory; stops the postman when none is due."""

    mails: dict[str, OwedMail]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    taken_by_others: set[str] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)
    failed: dict[str, int | None] = field(default_factory=dict)

    async def due(self, at_us: int, limit: int) -> Sequence[OwedMail]:
        found = [each for each in self.mails.values() if each.due_us <= at_us][:limit]
        if not found:
            self.stop.set()
        return found

    async def claim(self, owed: OwedMail, until_us: int) -> bool:
        self.mails[owed.id] = replace(owed, due_us=until_us, attempts=owed.attempts + 1)
        return owed.id not in self.taken_by_others

    async def note_sent(self, mail_id: str, at_us: int) -> None:
        del self.mails[mail_id]
        self.sent.append(mail_id)

    async def note_failed(self, mail_id: str, due_us: int | None, error: str) -> None:
        self.failed[mail_id] = due_us
        if due_us is None:
            del self.mails[mail_id]

    async def forget(self, before_us: int) -> None:
        pass


async def run(mailbox: Mailbox, *, refuses: bool = False) -> list[str]:
    """Let a postman work until nothing is due; returns what reached the server."""
    reached: list[str] = []

    async def send(owed: OwedMail, text: str) -> None:
        assert text == "Text"
        reached.append(owed.id)
        if refuses:
            raise Unavailable("451 try again later")

    postman = Postman(mailbox, Plain(), send)
    running = asyncio.create_task(postman.run())
    await asyncio.wait_for(mailbox.stop.wait(), 10)
    postman.stop()
    await running
    return reached


async def test_what_is_due_is_sent_once() -> None:
    mailbox = Mailbox({each: owed(each) for each in "12"})
    assert await run(mailbox) == ["1", "2"]
    assert mailbox.sent == ["1", "2"]


async def test_what_another_machine_sends_is_left_to_it() -> None:
    mailbox = Mailbox({"1": owed()}, taken_by_others={"1"})
    assert await run(mailbox) == []


async def test_what_is_refused_is_tried_again_later_and_not_lost() -> None:
    mailbox = Mailbox({"1": owed(attempts=2)})
    before_us = now_us()
    assert await run(mailbox, refuses=True) == ["1"]
    due_us = mailbox.failed["1"]
    assert due_us is not None
    assert 80 < (due_us - before_us) / S < 110
    assert "1" in mailbox.mails


async def test_after_three_days_it_is_given_up() -> None:
    mailbox = Mailbox({"1": owed(age_s=GIVE_UP_S)})
    await run(mailbox, refuses=True)
    assert mailbox.failed == {"1": None}


def test_a_mail_sent_again_has_the_same_message_id() -> None:
    first, second = (_message(owed(attempts=tries), "Text", "dillo@x.example") for tries in (0, 3))
    assert first["Message-ID"] == second["Message-ID"] == "<1@x.example>"
    assert first["To"] == "anna@example.com"
