"""Puts the HTTP application together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request

from dillo.accounts.roles import Role
from dillo.web.access import Access
from dillo.web.limits import TokenBuckets
from dillo.web.openapi import DescribedApi
from dillo.web.operations import Edge, Metrics, add_operations
from dillo.web.portal import add_portal
from dillo.web.ports import KeyVerifier, RecordingFiles, RecordingStore, StatisticsReader
from dillo.web.problems import answer_with_problems
from dillo.web.recordings import Downloads, Listener, add_recordings
from dillo.web.sizes import ProblemsOfSize
from dillo.web.statistics import add_statistics
from dillo.web.v1.gate import Gate, session_secret
from dillo.web.v1.management import Management, add_management

_DESCRIPTION = "Lists the calls that a number received and downloads their recordings."


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What an operator may choose about the HTTP side."""

    recordings_dir: Path
    public_url: str = ""
    """Scheme and host in links; empty for those of the request."""
    key_rate: float = 100
    """Requests a second that one API key may make."""
    key_burst: int = 200
    failure_rate: float = 10
    """Failed authentications a second that one source address may make."""
    failure_burst: int = 100
    visitor_rate: float = 0.5
    """Attempts a second to sign in, to sign up or for links that one source address may make."""
    visitor_burst: int = 30
    is_metrics_public: bool = False
    """Whether /metrics answers other machines than this one."""
    metrics_dir: Path | None = None
    """Where other processes leave their metrics as `*.prom` files, to be served with ours."""
    recording_store: RecordingStore | None = None
    """Where recordings are beside the folder; None where they are nowhere else."""


def create_app(
    keys: KeyVerifier,
    statistics: StatisticsReader,
    recordings: RecordingFiles,
    settings: WebSettings,
    management: Management | None = None,
) -> FastAPI:
    """Return the ASGI application, with the management API where it is given what that needs."""
    app = DescribedApi(
        title="Dillo",
        version="1",
        description=_DESCRIPTION,
        # Their pages load scripts from a CDN; the document itself is at /openapi.json.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=None if management is None else _lifespan(management),
    )
    by_key = TokenBuckets(settings.key_rate, settings.key_burst)
    failures = TokenBuckets(settings.failure_rate, settings.failure_burst)
    access = Access(keys, by_key, failures, None if management is None else management.uses)
    metrics = Metrics(settings.metrics_dir)
    add_statistics(app.router, statistics, access, settings.public_url)
    add_operations(app.router, metrics, settings.is_metrics_public)
    listener: Listener = access.customer
    downloads = Downloads(recordings, settings.recordings_dir, settings.recording_store)
    if management is not None:
        gate = Gate(
            management.principals,
            management.uses,
            by_key,
            failures,
            TokenBuckets(settings.visitor_rate, settings.visitor_burst),
            settings.public_url,
        )
        add_management(app, management, gate, downloads)
        listener = _either(access, gate)
    add_recordings(app.router, downloads, listener)
    add_portal(app)
    answer_with_problems(app)
    app.add_middleware(ProblemsOfSize)
    app.add_middleware(Edge, metrics=metrics)
    return app


def _either(access: Access, gate: Gate) -> Listener:
    """Let in who shows an API key, as programs do, or is signed in, as the portal's readers are."""

    async def customer(request: Request) -> str:
        if session_secret(request) is None or "ApiKey" in request.headers:
            return await access.customer(request)
        return (await gate.admit(request, Role.VIEWER)).customer_id

    return customer


def _lifespan(
    management: Management,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Let what keeps times of last use, and knows live calls, run as long as the application."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(management.uses.run()),
                tasks.create_task(management.live.keep_connected()),
                tasks.create_task(management.browsers.keep_connected()),
            ]
            yield
            for task in running:
                task.cancel()
            await management.prompt_files.close()

    return lifespan
