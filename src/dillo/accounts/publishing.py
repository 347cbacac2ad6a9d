"""Publishing phone applications: the whole graph is checked, and what is expected of it tried."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.accounts.applications import problems_of
from dillo.accounts.authoring import Authored, AuthoringStore, Draft, Edition, Version
from dillo.accounts.errors import NothingToPublish, ScenariosFailed, StaleChange
from dillo.accounts.ports import Change, Registry
from dillo.behavior import Behavior, InvalidBehavior, Problem, Severity, load
from dillo.behavior.document import ROOT
from dillo.behavior.prompts import (
    WantedVoice,
    fetched_audio,
    voice_problems,
    wanted_voices,
)
from dillo.behavior.trial import Trial, try_suite
from dillo.model.prompts import Audio

NOTHING = json.dumps({ROOT: {}})
"""What is edited where nothing was ever saved."""


@dataclass(frozen=True, slots=True)
class Release:
    """A published version, what its author was warned of, and how its scenarios went."""

    version: Version
    warnings: tuple[Problem, ...]
    trial: Trial | None
    """None where there are no scenarios."""


async def edited(store: AuthoringStore, application: Authored) -> Draft:
    """Return what an author goes on from: the draft, else the version in force, else nothing."""
    draft = await store.draft(application)
    if draft is not None:
        return draft
    if application.version == 0:
        return Draft(NOTHING, None, None, None)
    current = await store.version(application, application.version)
    return Draft(current.behavior, current.layout, None, None)


async def tried(
    registry: Registry, store: AuthoringStore, application: Authored, change: Change
) -> str:
    """Return the id by which a call can run what an author goes on from, published or not.

    Raises InvalidBehavior with every problem where one is an error.
    """
    draft = await edited(store, application)
    if draft.saved_us is None and application.version_id is not None:
        return application.version_id
    await _checked(registry, application, draft.behavior)
    return await store.try_draft(application, draft.behavior, change)


async def draft_edition(store: AuthoringStore, application: Authored, note: str) -> Edition:
    """Return the draft as what is to be published. Raises NothingToPublish."""
    draft = await store.draft(application)
    if draft is None:
        raise NothingToPublish(f"{application.name} has no draft: save one, or send a behavior")
    return Edition(draft.behavior, draft.layout, note, is_draft=True)


async def restored_edition(
    store: AuthoringStore, application: Authored, number: int, note: str
) -> Edition:
    """Return an old version as what is to be published again. Raises UnknownVersion."""
    old = await store.version(application, number)
    return Edition(old.behavior, old.layout, note, restored_from=number)


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of an edition that may be published."""

    warnings: tuple[Problem, ...]
    trial: Trial | None


class Studio(Protocol):
    """Makes prompts ahead of the first call."""

    async def fetch(self, files: Iterable[Audio], customer_id: str) -> Mapping[Audio, str]:
        """Return why, for those that cannot be fetched and played just now."""

    async def voice_warnings(
        self, voices: Iterable[WantedVoice]
    ) -> Mapping[WantedVoice, Sequence[str]]:
        """Return what is heard instead of voices that are not there."""


async def prove(
    registry: Registry,
    store: AuthoringStore,
    studio: Studio,
    application: Authored,
    edition: Edition,
) -> Proof:
    """Check an edition, fetch its files, and try the application's scenarios on it.

    Raises InvalidBehavior with every problem where one is an error, ScenariosFailed where the
    application requires its scenarios and one does not hold, InvalidScenario where they cannot be
    read. Takes long enough to be done outside a transaction.
    """
    problems = await _checked(registry, application, edition.behavior)
    behavior = await asyncio.to_thread(load, edition.behavior)
    problems += await _unfetched(studio, application, behavior)
    problems += await mapped_voices(studio, behavior)
    scenarios = await store.scenarios(application)
    if not scenarios.strip():
        if application.requires_scenarios:
            raise ScenariosFailed("the application requires scenarios and has none", None)
        return Proof(problems, None)
    trial = await asyncio.to_thread(try_suite, behavior, scenarios)
    if trial.failed and application.requires_scenarios:
        names = ", ".join(outcome.name for outcome in trial.failed)
        raise ScenariosFailed(f"scenarios fail: {names}", trial)
    return Proof(problems, trial)


async def _checked(registry: Registry, application: Authored, behavior: str) -> tuple[Problem, ...]:
    """Return what an author is to be warned of. Raises InvalidBehavior."""
    problems = await problems_of(registry, application.customer_id, behavior)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise InvalidBehavior(problems)
    return problems


async def _unfetched(
    studio: Studio, application: Authored, behavior: Behavior
) -> tuple[Problem, ...]:
    """Warn of files that cannot be fetched just now; the others are ready for the first call."""
    wanted = fetched_audio(behavior)
    failures = await studio.fetch(wanted, application.customer_id) if wanted else {}
    return tuple(
        Problem(Severity.WARNING, *place, f"cannot be played just now: {failures[audio]}")
        for audio, place in wanted.items()
        if audio in failures
    )


async def mapped_voices(studio: Studio, behavior: Behavior) -> tuple[Problem, ...]:
    """Warn of voices that are not there, and of languages that no voice speaks."""
    return voice_problems(behavior, await studio.voice_warnings(wanted_voices(behavior)))


async def publish(
    store: AuthoringStore, change: Change, application: Authored, edition: Edition, proof: Proof
) -> Release:
    """Publish what was proved, in a transaction of the caller's. Raises StaleChange.

    The draft is published only as it was proved: one saved meanwhile is not.
    """
    current = await store.lock(application.customer_id, application.id)
    if edition.is_draft and current.drafted_us != application.drafted_us:
        raise StaleChange(f"the draft of {application.name} was changed meanwhile")
    version = await store.publish(current, edition, change)
    return Release(version, proof.warnings, proof.trial)
