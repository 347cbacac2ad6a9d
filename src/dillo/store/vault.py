"""Secrets at rest: what must be read again, such as a trunk's password, is stored encrypted.

The key is DILLO_SECRET_KEY, or a file in the home folder that nobody else may read. The cipher is
Fernet (AES-128-CBC with HMAC-SHA-256) of the `cryptography` library.
"""

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from dillo.model.errors import PeerError, Unavailable


class InvalidSecretKey(PeerError):
    """The key is none, or its file may be read by others."""


class Vault:
    """Encrypts and decrypts short texts."""

    def __init__(self, key: str) -> None:
        """Take a key of 32 octets in URL-safe base64. Raises InvalidSecretKey."""
        try:
            self._fernet = Fernet(key)
        except ValueError as error:
            raise InvalidSecretKey(f"the secret key is unusable: {error}") from error

    @classmethod
    def open(cls, key: str, key_file: Path) -> "Vault":
        """Take the key given, else that of the file, which is made where it is missing.

        Raises InvalidSecretKey, Unavailable where the file cannot be read or made.
        """
        try:
            return cls(key or _read(key_file) or _make(key_file))
        except OSError as error:
            raise Unavailable(f"no secret key: {error}") from error

    def seal(self, text: str) -> str:
        """Encrypt a text."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Decrypt a text. Raises Unavailable where it was encrypted with another key."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise Unavailable("a secret was encrypted with another key") from error


def _read(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise InvalidSecretKey(f"{path} may be read by others: chmod 600 it")
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def _make(path: Path) -> str:
    """Write a fresh key in one step; of two processes that do, both take the first one's."""
    key = Fernet.generate_key()
    fresh = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
        os.link(fresh, path)
    except FileExistsError:
        return _read(path)
    finally:
        fresh.unlink(missing_ok=True)
    return key.decode()
