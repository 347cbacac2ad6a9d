"""Passwords as they are stored: slow to guess, and never twice the same."""

from dillo.accounts.passwords import hash_password, is_password


async def test_a_password_is_stored_as_its_costly_hash() -> None:
    once, again = await hash_password("correct horse"), await hash_password("correct horse")
    assert once != again
    assert once.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await is_password("correct horse", once)
    assert not await is_password("correct house", once)


async def test_what_is_not_there_is_nobodys() -> None:
    assert not await is_password("what nobody's password is compared with", None)
