"""What the operator's machinery asks: is the process alive, and how is it doing."""

import ipaddress
from pathlib import Path
from time import perf_counter

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dillo.web.gathered import GatheredMetrics
from dillo.web.problems import NOT_FOUND, Refused

_SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]
"""As they are sent; no response has its own."""
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """Requests counted and timed by route, and what other processes left in a folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        if folder is not None:
            self.registry.register(GatheredMetrics(folder))
        self._requests = Counter(
            "dillo_http_requests", "Requests answered.", ("route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "dillo_http_request_seconds",
            "Time from a request to the end of its response.",
            ("route",),
            buckets=_BUCKETS_S,
            registry=self.registry,
        )

    def record(self, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)


class Edge:
    """Measures every request and puts modest security headers on every response."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 500, perf_counter()

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_SECURITY_HEADERS]
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        finally:
            # Addresses nobody serves share one label: a scanner must not fill the registry.
            route = getattr(scope.get("route"), "path", "unmatched")
            self._metrics.record(route, status, perf_counter() - began)


def add_operations(router: APIRouter, metrics: Metrics, is_metrics_public: bool) -> None:
    """Add `/health` and `/metrics`, which only this machine may read unless made public."""

    @router.get("/health", include_in_schema=False)
    async def health() -> JSONResponse:
        """Say that the process answers."""
        return JSONResponse({"status": "ok"})

    @router.get("/metrics", include_in_schema=False)
    async def expose(request: Request) -> Response:
        """Write all metrics in the Prometheus text format."""
        if not (is_metrics_public or _is_local(request)):
            raise Refused(NOT_FOUND, "Metrics are read from the machine itself.")
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _is_local(request: Request) -> bool:
    if request.client is None or "X-Forwarded-For" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
