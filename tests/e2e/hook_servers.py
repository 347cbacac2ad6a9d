"""Webhook servers on the loopback interface, well-behaved and otherwise."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True)
class Request:
    """What a server was sent."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def state(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass
class HookServer:
    """A server that answers by path, and keeps what it was sent."""

    address: str = ""
    requests: list[Request] = field(default_factory=list)
    is_over: Event = field(default_factory=Event)

    def of(self, path: str) -> list[Request]:
        return [each for each in self.requests if each.path.partition("?")[0] == path]


Respond = Callable[[BaseHTTPRequestHandler, HookServer], None]


def answers(answer: object, status: int = 200, content_type: str = "application/json") -> Respond:
    """Answer the same to everybody: a text as it stands, anything else as JSON."""
    body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()

    def respond(request: BaseHTTPRequestHandler, server: HookServer) -> None:
        request.send_response(status)
        request.send_header("Content-Type", content_type)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return respond


def redirects(location: str) -> Respond:
    def respond(request: BaseHTTPRequestHandler, server: HookServer) -> None:
        request.send_response(307)
        request.send_header("Location", location)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return respond


def slow(request: BaseHTTPRequestHandler, server: HookServer) -> None:
    """Answer nothing before the test is over."""
    server.is_over.wait(30)


def endless(request: BaseHTTPRequestHandler, server: HookServer) -> None:
    """Send a body that never ends, an octet at a time."""
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.end_headers()
    while not server.is_over.wait(0.05):
        request.wfile.write(b" ")


def hangs_up(request: BaseHTTPRequestHandler, server: HookServer) -> None:
    """Take the request and answer nothing at all."""
    request.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def hook_server(paths: Mapping[str, Respond], port: int = 0) -> Iterator[HookServer]:
    """Serve each path by its name."""
    server = HookServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            server.requests.append(Request(self.command, self.path, headers, body))
            self.close_connection = True
            with suppress(ConnectionError):
                paths[self.path.partition("?")[0].removeprefix("/")](self, server)

        do_GET = do_POST  # noqa: N815 - the name that http.server looks for

        def log_message(self, format: str, *arguments: object) -> None:
            """Keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as listener:
        Thread(target=listener.serve_forever, args=(0.05,), daemon=True).start()
        server.address = f"http://127.0.0.1:{listener.server_port}"
        try:
            yield server
        finally:
            server.is_over.set()
            listener.shutdown()


def refused_address() -> str:
    """Return an address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"
