"""A real S3-compatible server, nanio: it checks signatures and keeps buckets as folders."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from dillo.files.s3 import S3Access, S3Objects

ACCESS_KEY, SECRET_KEY = "dillo", "a secret of the store"
BUCKET = "calls"
_START_S = 30


class S3Server:
    """A server with one empty bucket, on a free port."""

    def __init__(self, folder: Path) -> None:
        self.bucket = folder / BUCKET
        self.bucket.mkdir(parents=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def settings(self) -> dict[str, str]:
        """Variables of a platform that keeps its recordings here."""
        return {
            "DILLO_RECORDINGS_URL": f"s3://{BUCKET}/recordings",
            "DILLO_RECORDINGS_ENDPOINT": self.endpoint,
            "DILLO_RECORDINGS_ACCESS_KEY": ACCESS_KEY,
            "DILLO_RECORDINGS_SECRET_KEY": SECRET_KEY,
        }

    def objects(self, secret_key: str = SECRET_KEY) -> S3Objects:
        """Return a client of it."""
        url = f"s3://{BUCKET}/recordings"
        return S3Objects(S3Access(url, self.endpoint, "us-east-1", ACCESS_KEY, secret_key))

    def start(self) -> None:
        """Start the server and wait until it listens."""
        command = [sys.executable, "-m", "nanio", "serve", "--host", "127.0.0.1"]
        command += ["--port", str(self._port), "--data-dir", str(self.bucket.parent)]
        keys = {"NANIO_ACCESS_KEY": ACCESS_KEY, "NANIO_SECRET_KEY": SECRET_KEY}
        self._process = subprocess.Popen(
            command, env=os.environ | keys, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port)).close()
            except OSError:
                assert self._process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Stop the server; what it keeps stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
