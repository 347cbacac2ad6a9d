"""What people were sent, read from the database as the postman would."""

import re
from typing import TYPE_CHECKING

from dillo.model.clock import now_us
from dillo.store.mails import SqlMails

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

_TOKEN = re.compile(r"#token=(\S+)")


async def mails_to(platform: "Platform", email: str) -> list[tuple[str, str]]:
    """Return subjects and texts, oldest first."""
    owed = await SqlMails(platform.database).due(now_us(), 1000)
    mine = sorted((each for each in owed if each.recipient == email), key=lambda each: each.id)
    cipher = platform.management.people.cipher
    return [(each.subject, cipher.unseal(each.sealed_text)) for each in mine]


async def token_to(platform: "Platform", email: str) -> str:
    """Return the token of the newest link that somebody was sent."""
    texts = [text for _, text in await mails_to(platform, email)]
    return next(found[1] for text in reversed(texts) if (found := _TOKEN.search(text)))
