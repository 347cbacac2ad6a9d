"""The job that charges the months of numbers, every hour."""

import structlog

from dillo.accounts.ports import Change, Registry
from dillo.accounts.renewals import Renewals, Renewed, Terms, renew_due
from dillo.jobs.durable import Job, step

_log = structlog.get_logger(__name__)


def renewal_job(registry: Registry, renewals: Renewals, terms: Terms) -> Job:
    """Return the job; run twice, or broken off, it charges no month twice."""

    async def renew() -> int:
        outcomes = await renew_due(registry, renewals, Change.by("renewal"), terms)
        if outcomes:
            _log.info("numbers renewed", **{each.value: outcomes[each] for each in Renewed})
        return outcomes.total()

    async def run() -> None:
        await step(renew)

    return Job("renewal", run, cron="7 * * * *")
