"""What people are written: short, plain texts, each with one link."""

from dataclasses import dataclass

from dillo.accounts.people import People


@dataclass(frozen=True, slots=True)
class OwedMail:
    """An e-mail that is to be sent."""

    id: str
    recipient: str
    subject: str
    sealed_text: str
    created_us: int
    attempts: int
    due_us: int


async def send(
    people: People, recipient: str, subject: str, text: str, at_us: int, path: str = ""
) -> str:
    """Owe somebody an e-mail whose last line is a link; returns the link."""
    link = f"{people.base_url()}{path}"
    body = f"{text}\n\n{link}\n"
    await people.mails.add(recipient, subject, people.cipher.seal(body), at_us)
    return link


VERIFY = (
    "Confirm your e-mail address",
    "Somebody, we hope you, signed up at Dillo with this address. Open this link within a day to "
    "confirm that. If it was not you, do nothing: without it the account opens to nobody.",
)
RESET = (
    "Choose a new password",
    "Open this link within an hour to choose a new password for Dillo. If you have not asked for "
    "it, do nothing: your password stays as it is.",
)
KNOWN = (
    "You have an account already",
    "Somebody, perhaps you, tried to sign up at Dillo with this address, which has an account. "
    "Sign in here, or ask for a new password there.",
)
INVITED = (
    "You are invited to Dillo",
    "{inviter} invites you to {place} as {role}. Open this link within a week to join.",
)
CHANGED = (
    "Your password was changed",
    "The password of your account at Dillo was changed just now. If it was not you, ask for a new "
    "one at once.",
)
