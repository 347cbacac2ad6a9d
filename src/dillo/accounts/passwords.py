"""Passwords: Argon2id (RFC 9106) with the parameters that pwdlib recommends."""

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor

from pwdlib import PasswordHash

from dillo.accounts.errors import InvalidEntry

SHORTEST, LONGEST = 10, 256

# A hash takes 64 MiB and some 50 ms: more at once would only take each other's time.
_POOL = ThreadPoolExecutor(2, "passwords")


def check_strength(password: str) -> None:
    """Raises InvalidEntry for a password that is too short, too long, or one character only."""
    if not SHORTEST <= len(password) <= LONGEST or "\x00" in password:
        raise InvalidEntry(f"a password has {SHORTEST} to {LONGEST} characters")
    if len(set(password)) < 4:
        raise InvalidEntry("a password has at least four different characters")


async def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, _argon2().hash, password)


async def is_password(password: str, stored: str | None) -> bool:
    """Return whether a password is the stored one; takes as long where nothing is stored."""
    compare = functools.partial(_argon2().verify, password, stored or _nobodys())
    is_it = await asyncio.get_running_loop().run_in_executor(_POOL, compare)
    return is_it and stored is not None


@functools.cache
def _argon2() -> PasswordHash:
    return PasswordHash.recommended()


@functools.cache
def _nobodys() -> str:
    return _argon2().hash("what nobody's password is compared with")
