"""Phone applications: checked, published in immutable versions, enabled and disabled."""

import asyncio
from dataclasses import dataclass

from dillo.accounts.customers import checked_name
from dillo.accounts.ports import Application, Change, Registry
from dillo.behavior import InvalidBehavior, Problem, Severity, check


@dataclass(frozen=True, slots=True)
class Published:
    """A published application, and what its author was warned of."""

    application: Application
    warnings: tuple[Problem, ...]


async def problems_of(registry: Registry, customer_id: str, behavior: str) -> tuple[Problem, ...]:
    """Return everything that is wrong with a customer's channel behavior."""
    # A PromptId is the hash of the audio: a published version can never come to mean another sound.
    prompt_ids = {prompt.sha256 for prompt in await registry.prompts.of(customer_id)}
    numbers = {number.e164 for number in await registry.numbers.of(customer_id)}
    # A graph of a thousand nodes takes a tenth of a second.
    return await asyncio.to_thread(check, behavior, prompt_ids.__contains__, numbers.__contains__)


async def publish(
    registry: Registry,
    change: Change,
    customer_id: str,
    name: str,
    behavior: str,
    *,
    description: str | None = None,
) -> Published:
    """Publish a channel behavior as the next version of an application, made where it is new.

    Raises InvalidBehavior with every problem found where one of them is an error, UnknownCustomer,
    InvalidEntry for no name.
    """
    problems = await problems_of(registry, customer_id, behavior)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise InvalidBehavior(problems)
    application = await registry.applications.publish(
        customer_id, checked_name(name), description, behavior, change
    )
    return Published(application, problems)


async def enable(registry: Registry, change: Change, customer_id: str, name: str) -> None:
    """Let an application run from the next call on. Raises UnknownApplication."""
    application = await registry.applications.find(customer_id, name)
    await registry.applications.enable(application.id, True, change)


async def disable(registry: Registry, change: Change, customer_id: str, name: str) -> None:
    """Let the fallback run instead, from the next call on. Raises UnknownApplication."""
    application = await registry.applications.find(customer_id, name)
    await registry.applications.enable(application.id, False, change)
