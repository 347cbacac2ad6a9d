"""A second factor: time-based codes (RFC 6238), and recovery codes for a lost telephone."""

import base64
import hmac
import secrets
from dataclasses import dataclass

import pyotp

from dillo.accounts.changes import Change
from dillo.accounts.errors import TotpState, WrongCode
from dillo.accounts.keys import sha256_of
from dillo.accounts.people import People, User

ISSUER = "Dillo"
STEP_S = 30
RECOVERY_CODES = 10


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator is told, once."""

    secret: str
    uri: str
    """`otpauth://…`, usually shown as a QR code."""


async def enrol(people: People, change: Change, user: User) -> Enrolment:
    """Give somebody a secret, which counts once a code of it was sent back. Raises TotpState."""
    if user.totp_confirmed_us is not None:
        raise TotpState("the second factor is on: turn it off first")
    secret = pyotp.random_base32()
    await people.users.update(
        user, change, "user.enrol-totp", sealed_totp=people.cipher.seal(secret)
    )
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return Enrolment(secret, uri)


async def confirm(people: People, change: Change, user: User, code: str) -> tuple[str, ...]:
    """Ask for codes from now on; returns recovery codes, each good once.

    Raises TotpState where there is nothing to confirm, WrongCode.
    """
    if user.sealed_totp is None or user.totp_confirmed_us is not None:
        raise TotpState("there is no secret to confirm: enrol first")
    async with people.transactions.joint():
        if not await _take_code(people, user, code, change.at_us):
            raise WrongCode("the code is wrong, or too old")
        await people.users.update(user, change, "user.confirm-totp", totp_confirmed_us=change.at_us)
        return await _fresh_codes(people, user)


async def renew_codes(people: People, change: Change, user: User) -> tuple[str, ...]:
    """Make other recovery codes in place of those there are. Raises TotpState."""
    if user.totp_confirmed_us is None:
        raise TotpState("the second factor is off")
    async with people.transactions.joint():
        await people.users.update(user, change, "user.renew-recovery-codes")
        return await _fresh_codes(people, user)


async def disable(people: People, change: Change, user: User) -> None:
    """Ask for codes no longer. Raises TotpState."""
    if user.sealed_totp is None:
        raise TotpState("the second factor is off")
    async with people.transactions.joint():
        await people.users.update(
            user, change, "user.disable-totp", sealed_totp=None, totp_confirmed_us=None
        )
        await people.users.set_recovery_codes(user.id, ())


async def take(people: People, user: User, code: str, at_us: int) -> bool:
    """Return whether a code, or a recovery code, is good, and use it up."""
    return await _take_code(people, user, code, at_us) or await people.users.take_recovery_code(
        user.id, _recovery_sha256(code), at_us
    )


async def _take_code(people: People, user: User, code: str, at_us: int) -> bool:
    """Use up a code of the time step now, or of the one before or after (RFC 6238 §5.2)."""
    assert user.sealed_totp is not None
    totp = pyotp.TOTP(people.cipher.unseal(user.sealed_totp))
    now = at_us // 1_000_000 // STEP_S
    sent = code.strip().encode()
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), sent):
            return await people.users.take_totp_step(user.id, step)
    return False


async def _fresh_codes(people: People, user: User) -> tuple[str, ...]:
    codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    await people.users.set_recovery_codes(user.id, [_recovery_sha256(code) for code in codes])
    return codes


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _recovery_sha256(code: str) -> str:
    return sha256_of("".join(code.lower().replace("-", "").split()))
