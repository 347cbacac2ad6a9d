"""Durable jobs on the real DBOS: asked for in our transactions, done once whatever happens."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from dillo.jobs.durable import DurableJobs, Job, Queue, step
from dillo.model.clock import now_us
from dillo.model.errors import Unavailable
from dillo.model.jobs import JobRequest
from dillo.store.database import Database
from dillo.store.job_requests import SqlJobRequests
from dillo.store.migrations import migrate

PATIENCE_S = 30.0


class Diary:
    """What jobs did, in a file, so that it outlives their process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def write(self, line: str) -> None:
        with self._path.open("a") as file:
            file.write(f"{line}\n")

    async def has(self, line: str) -> None:
        """Wait until a line is there."""
        while line not in self.lines():  # noqa: ASYNC110  (another process may write it)
            await asyncio.sleep(0.05)

    def lines(self) -> list[str]:
        return self._path.read_text().splitlines() if self._path.exists() else []


def jobs_of(home: Path) -> Sequence[Job]:
    diary = Diary(home / "diary")

    async def two_steps(name: str, wait_s: float = 0) -> None:
        await step(diary.write, f"{name} began")
        if wait_s and not (home / "no-waiting").exists():
            await diary.write(f"{name} waits")
            await asyncio.sleep(wait_s)
        await step(diary.write, f"{name} ended")

    async def fails() -> None:
        raise ValueError("it cannot be done")

    async def unlucky() -> None:
        await step(at_second_try)

    async def at_second_try() -> None:
        await diary.write("tried")
        if diary.lines().count("tried") < 2:
            raise Unavailable("not yet")

    return (
        Job("two-steps", two_steps, Queue("tests", 4)),
        Job("fails", fails),
        Job("unlucky", unlucky),
    )


class Platform:
    """A database, and the jobs process' part of it, started and stopped."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.database = Database.open(f"sqlite:///{home}/dillo.db")
        self.requests = SqlJobRequests(self.database)
        self.diary = Diary(home / "diary")

    def start(self) -> tuple[DurableJobs, "asyncio.Task[None]"]:
        url = f"sqlite:///{self.home}/jobs.db"
        jobs = DurableJobs(jobs_of(self.home), self.requests, url, "test", idle_s=0, poll_s=0.2)
        return jobs, asyncio.create_task(jobs.run())

    async def work_until_done(self) -> DurableJobs:
        """Run until nothing is asked for any more."""
        jobs, running = self.start()
        async with asyncio.timeout(PATIENCE_S):
            while await self.requests.open_by_job():
                assert not running.done(), running.exception()
                await asyncio.sleep(0.05)
        jobs.stop()
        await running
        return jobs

    async def work_until_written(self, line: str) -> None:
        """Run until a job has written a line, then stop at once."""
        jobs, running = self.start()
        async with asyncio.timeout(PATIENCE_S):
            await self.diary.has(line)
        jobs.stop()
        await running


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    migrate(f"sqlite:///{tmp_path}/dillo.db")
    return Platform(tmp_path)


async def test_asked_for_twice_is_done_once_and_failures_are_counted(platform: Platform) -> None:
    twice = JobRequest("two-steps", "a", {"name": "a"})
    later = JobRequest("two-steps", "b", {"name": "b"}, due_us=now_us() + 1_500_000)
    await platform.requests.ask(
        [twice, later, JobRequest("unlucky", "u"), JobRequest("fails", "f")]
    )
    await platform.requests.ask([twice])
    jobs = await platform.work_until_done()
    lines = platform.diary.lines()
    assert sorted(lines) == ["a began", "a ended", "b began", "b ended", "tried", "tried"]
    assert jobs.finished == {
        ("two-steps", "done"): 2,
        ("unlucky", "done"): 1,
        ("fails", "failed"): 1,
    }
    await platform.database.close()


async def test_what_a_stop_interrupts_goes_on_at_the_next_start(platform: Platform) -> None:
    await platform.requests.ask([JobRequest("two-steps", "a", {"name": "a", "wait_s": 600})])
    await platform.work_until_written("a waits")
    assert await platform.requests.open_by_job() == {"two-steps": 1}
    (platform.home / "no-waiting").touch()
    await platform.work_until_done()
    assert platform.diary.lines() == ["a began", "a waits", "a ended"]
    await platform.database.close()


async def test_killed_and_then_without_its_own_database(platform: Platform) -> None:
    asked = [JobRequest("two-steps", name, {"name": name, "wait_s": 600}) for name in ("a", "b")]
    await platform.requests.ask(asked[:1])
    worker = await asyncio.create_subprocess_exec(sys.executable, __file__, str(platform.home))
    async with asyncio.timeout(PATIENCE_S):
        await platform.diary.has("a waits")
    worker.send_signal(signal.SIGKILL)
    await worker.wait()
    (platform.home / "no-waiting").touch()
    await platform.work_until_done()
    assert platform.diary.lines() == ["a began", "a waits", "a ended"]

    (platform.home / "no-waiting").unlink()
    await platform.requests.ask(asked[1:])
    await platform.work_until_written("b waits")
    for file in platform.home.glob("jobs.db*"):
        file.unlink()
    (platform.home / "no-waiting").touch()
    await platform.work_until_done()
    assert platform.diary.lines()[3:] == ["b began", "b waits", "b began", "b ended"]
    await platform.database.close()


if __name__ == "__main__":

    async def main() -> None:
        await Platform(Path(sys.argv[1])).start()[1]

    asyncio.run(main())
