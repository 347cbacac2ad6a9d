"""Durable background work: jobs that a crash interrupts and the next start goes on with.

A job is a module of its own that makes a `Job`; `app/durable.py` lists them. Whoever wants one done
writes a `JobRequest` in the transaction that makes it necessary (`store.job_requests.ask`). Its
workflow bears the request's name, so what is handed over twice runs once; the request is removed
as the workflow's last step, so what is lost with the workflows' own database is handed over anew.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, ParamSpec, Protocol, TypeVar

import structlog

from dillo.jobs.pause import pause
from dillo.model.clock import now_us
from dillo.model.errors import DilloError, Unavailable
from dillo.model.jobs import JobRequest

if TYPE_CHECKING:  # its import takes a second, which only this process spends, once it is up
    from dbos import ScheduleInput, StepOptions

_log = structlog.get_logger(__name__)

_POLL_S, _FIRST_RETRY_S, _LAST_RETRY_S = 1.0, 1.0, 60.0
_STOP_S = 0.5
_HANDED_AT_ONCE = 200
_KEPT = timedelta(days=30)
_TIDIED_AT_ONCE = 500
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

# Workflows of another version are left alone by DBOS. Ours stay the same to a crash and an upgrade
# as long as their steps are; raise this where steps of a job come, go or change places.
VERSION: Final = "1"

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Queue:
    """Jobs that share a bound on how many of them run at once on a machine."""

    name: str
    at_once: int


BACKGROUND: Final = Queue("background", 2)
"""For jobs that mostly wait for the database or the network."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done in the background, whatever crashes meanwhile.

    `run` gets the request's arguments by name. It is run again from its beginning after a crash,
    though a `step` of it that was finished is not: so whatever it does outside of a step must be
    harmless to do twice, and its steps come in the same order each time.
    """

    name: str
    run: Callable[..., Awaitable[None]]
    queue: Queue = BACKGROUND
    cron: str | None = None
    """When it runs by itself, in UTC and without arguments, such as `17 * * * *`."""


class GivenUp(DilloError):
    """A step was tried as often as it is worth; the message is that of its last error."""


class Requests(Protocol):
    """Jobs that were asked for. Every method raises Unavailable."""

    async def waiting(self, at_us: int, limit: int) -> Sequence[JobRequest]:
        """Return requests that are due and not handed over, oldest first."""

    async def note_handed(self, requests: Sequence[JobRequest]) -> None:
        """Note that workflows were made of requests."""

    async def hand_again(self) -> None:
        """Let every request that is not done be handed over once more."""

    async def remove(self, job: str, request_id: str) -> None:
        """Forget a request that is done."""


async def step(
    function: Callable[P, Awaitable[T]],
    *arguments: P.args,
    **named: P.kwargs,
) -> T:
    """Do a part of a job: once it is finished, it is not done again after a crash.

    Tried ten times within a quarter of an hour while it raises Unavailable, then GivenUp is raised;
    other errors are raised at once. What it returns is kept for as long as the job is: small, and
    nothing confidential.
    """
    from dbos import DBOS
    from dbos import error as failures

    async def part() -> T:
        return await function(*arguments, **named)

    options: StepOptions = {
        "name": getattr(function, "__name__", "step"),
        "retries_allowed": True,
        "interval_seconds": _FIRST_RETRY_S,
        "backoff_rate": 2.0,
        "max_attempts": 10,
        "should_retry": lambda error: isinstance(error, Unavailable),
    }
    try:
        return await DBOS.run_step_async(options, part)
    except failures.DBOSMaxStepRetriesExceeded as error:
        last = error.errors[-1] if error.errors else error
        raise GivenUp(str(last)) from error


class DurableJobs:
    """Runs jobs on DBOS, in the event loop that `run` is awaited in."""

    def __init__(
        self,
        jobs: Sequence[Job],
        requests: Requests,
        system_url: str,
        executor: str,
        *,
        idle_s: float = 60.0,
        poll_s: float = 3.0,
    ) -> None:
        """`executor` names this home folder: what its last process left is taken up again.

        DBOS is loaded when something is asked for, `idle_s` after the start at the latest: a
        platform that starts has more urgent things to do. It then looks for work every `poll_s`,
        once for each queue, which is what an idle process costs.
        """
        self._jobs = {job.name: job for job in (*jobs, _TIDYING)}
        self._requests = requests
        self._system_url = system_url
        self._executor = executor
        self._idle_s = idle_s
        self._poll_s = poll_s
        self._must_stop = asyncio.Event()
        self._workflows: dict[str, Callable[..., Any]] = {}
        self._running: set[asyncio.Task[Any]] = set()
        self.finished: Counter[tuple[str, str]] = Counter()
        """How runs of jobs ended, by job and outcome: `done`, `failed`."""

    @property
    def names(self) -> Collection[str]:
        """All jobs that may be asked for or run by the clock."""
        return self._jobs.keys()

    def stop(self) -> None:
        """Begin nothing more, and return from `run` soon; what is under way is taken up later."""
        self._must_stop.set()

    async def run(self) -> None:
        """Do jobs until stopped."""
        await self._patiently(self._requests.hand_again)
        await self._patiently(self._await_work)
        await self._patiently(self._launch)
        while not self._must_stop.is_set():
            handed = await self._patiently(self._hand_over)
            await pause(0 if handed == _HANDED_AT_ONCE else _POLL_S, self._must_stop)
        if self._workflows:
            await self._break_off()
            await _end_library()

    async def _await_work(self) -> None:
        """Return when something is asked for, or a job may be due by the clock."""
        loop = asyncio.get_running_loop()
        over_at = loop.time() + self._idle_s
        while loop.time() < over_at and not self._must_stop.is_set():
            if await self._requests.waiting(now_us(), 1):
                return
            await pause(_POLL_S, self._must_stop)

    async def _launch(self) -> None:
        await asyncio.to_thread(_import_library)
        from dbos import DBOS

        quiet = logging.getLogger("dbos")
        DBOS(
            config={
                "name": "dillo",
                "system_database_url": self._system_url,
                "application_version": VERSION,
                "executor_id": self._executor,
                "log_level": "WARNING",
                "enable_otlp": False,
                "scheduler_polling_interval_sec": 60.0,
                "max_executor_threads": 16,  # the event loop's, too
            }
        )
        # Its lines go the way of all others, not to a handler of its own.
        quiet.handlers.clear()
        quiet.propagate = True
        try:
            self._register()
            # In this thread, so that the jobs run in this loop; a tenth of a second.
            DBOS.launch()
            await self._set_up()
        except Exception as error:  # whatever is wrong with its database: it may pass
            await _end_library()
            raise Unavailable(f"jobs cannot begin: {error}") from error

    def _register(self) -> None:
        from dbos import DBOS

        for job in self._jobs.values():
            self._workflows[job.name] = DBOS.workflow(name=job.name)(self._workflow(job))
            name = f"{job.name}.scheduled"
            self._workflows[name] = DBOS.workflow(name=name)(self._scheduled(job))

    def _workflow(self, job: Job) -> Callable[[str, dict[str, Any]], Awaitable[None]]:
        async def workflow(request_id: str, arguments: dict[str, Any]) -> None:
            try:
                await self._do(job, request_id, arguments)
            except Exception:  # not where it is cancelled by a stop: the next start goes on
                await step(self._requests.remove, job.name, request_id)
                raise
            await step(self._requests.remove, job.name, request_id)

        return workflow

    def _scheduled(self, job: Job) -> Callable[[datetime, Any], Awaitable[None]]:
        async def workflow(at: datetime, _context: object) -> None:
            await self._do(job, at.isoformat(), {})

        return workflow

    async def _do(self, job: Job, request_id: str, arguments: dict[str, Any]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            await job.run(**arguments)
        except Exception as error:  # the boundary of a job
            self.finished[job.name, "failed"] += 1
            _log.error("job failed", job=job.name, id=request_id, error=str(error))
            raise
        self.finished[job.name, "done"] += 1

    async def _break_off(self) -> None:
        """Let what is nearly done finish; what is cancelled stays unfinished for the next start."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=_STOP_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _set_up(self) -> None:
        """Tell DBOS of the queues and of what runs by the clock."""
        from dbos import DBOS

        jobs = self._jobs.values()
        for queue in {job.queue for job in jobs}:
            await DBOS.register_queue_async(
                queue.name,
                worker_concurrency=queue.at_once,
                polling_interval_sec=self._poll_s,
                on_conflict="always_update",
            )
        wanted: list[ScheduleInput] = [
            {
                "schedule_name": job.name,
                "workflow_fn": self._workflows[f"{job.name}.scheduled"],
                "schedule": job.cron,
                "queue_name": job.queue.name,
            }
            for job in jobs
            if job.cron is not None
        ]
        await DBOS.apply_schedules_async(wanted)
        names = {each["schedule_name"] for each in wanted}
        for known in await DBOS.list_schedules_async():
            if known["schedule_name"] not in names:
                await DBOS.delete_schedule_async(known["schedule_name"])

    async def _hand_over(self) -> int:
        """Make workflows of what was asked for; returns how many."""
        from dbos import DBOS, SetWorkflowID

        waiting = await self._requests.waiting(now_us(), _HANDED_AT_ONCE)
        handed = []
        for request in waiting:
            job = self._jobs.get(request.job)
            if job is None:
                _log.error("no such job", job=request.job, id=request.id)
            else:
                with SetWorkflowID(f"{request.job}:{request.id}"):
                    await DBOS.enqueue_workflow_async(
                        job.queue.name, self._workflows[job.name], request.id, request.arguments
                    )
            handed.append(request)
        if handed:
            await self._requests.note_handed(handed)
        return len(handed)

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T | None:
        """Return what an attempt gives, tried again while it is Unavailable, None at the stop."""
        delay_s = _FIRST_RETRY_S
        while not self._must_stop.is_set():
            try:
                return await attempt()
            except Unavailable as error:
                _log.warning("jobs wait", error=str(error), again_in_s=delay_s)
            await pause(delay_s, self._must_stop)
            delay_s = min(delay_s * 2, _LAST_RETRY_S)
        return None


def _import_library() -> None:
    import dbos  # noqa: F401  (in a thread: a second in which the loop goes on)


async def _end_library() -> None:
    from dbos import DBOS

    await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
    # It takes the threads along that it has lent to the event loop.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())


async def _tidy() -> None:
    """Forget what was over a month ago."""
    from dbos import DBOS

    before = (datetime.now(UTC) - _KEPT).isoformat()
    while True:
        old = await DBOS.list_workflows_async(
            status=_FINISHED,
            completed_before=before,
            limit=_TIDIED_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        if not old:
            return
        await DBOS.delete_workflows_async([each.workflow_id for each in old])


_TIDYING = Job("tidying", _tidy, cron="41 3 * * *")
