"""An S3-compatible store, by obstore."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from dillo.model.errors import Unavailable

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class S3Access:
    """Where a store is, and who asks it."""

    url: str
    """`s3://BUCKET` or `s3://BUCKET/PREFIX`."""
    endpoint: str = ""
    """Empty for that of AWS."""
    region: str = "us-east-1"
    access_key: str = ""
    """Empty for the machine's role, or the AWS_* variables."""
    secret_key: str = ""


class S3Objects:
    """The objects of one bucket (files.recordings.Objects)."""

    def __init__(self, access: S3Access) -> None:
        """Nothing is asked of the store yet."""
        bucket, _, prefix = access.url.removeprefix("s3://").partition("/")
        config: S3Config = {"region": access.region}
        if access.endpoint:
            config["endpoint"] = access.endpoint
        if access.access_key:
            config["access_key_id"] = access.access_key
            config["secret_access_key"] = access.secret_key
        client: ClientConfig = {"allow_http": True, "connect_timeout": "5s", "timeout": "60s"}
        self._store = S3Store(
            bucket,
            prefix=prefix.strip("/") or None,
            config=config,
            client_options=client,
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
        )

    async def size(self, path: str) -> int | None:
        """Return the size of an object, None where there is none. Raises Unavailable."""
        with _failures():
            try:
                return (await obstore.head_async(self._store, path))["size"]
            except (NotFoundError, FileNotFoundError):
                return None

    async def read(self, path: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield the octets `[start, end)` of an object. Raises Unavailable."""
        with _failures():
            got = await obstore.get_async(self._store, path, options={"range": (start, end)})
            async for chunk in got.stream(_CHUNK):
                yield bytes(chunk)

    async def put(self, path: str, file: Path) -> None:
        """Store a file, in place of what is there. Raises Unavailable."""
        with _failures():
            await obstore.put_async(
                self._store, path, file, attributes={"Content-Type": "audio/wav"}
            )

    async def digest(self, path: str) -> bytes:
        """Return the SHA-256 of an object as it is read back. Raises Unavailable."""
        digest = hashlib.sha256()
        with _failures():
            got = await obstore.get_async(self._store, path)
            async for chunk in got.stream(_CHUNK):
                digest.update(chunk)
        return digest.digest()

    async def delete(self, path: str) -> None:
        """Delete an object; one that is gone is no error. Raises Unavailable."""
        with _failures():
            try:
                await obstore.delete_async(self._store, path)
            except (NotFoundError, FileNotFoundError):
                return


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        # Its first line says what happened; the rest may quote the request.
        reason = str(error).partition("\n")[0]
        raise Unavailable(f"the store of recordings does not answer: {reason}") from error
