"""`/api/v1/applications/{id}/draft`, `/scenarios`, `/test`: what is not published yet."""

import asyncio

from fastapi import APIRouter, Response

from dillo.accounts.applications import problems_of
from dillo.accounts.authoring import Draft
from dillo.accounts.publishing import edited, mapped_voices
from dillo.behavior import InvalidBehavior, Severity, load
from dillo.behavior.paths import extent
from dillo.behavior.suite import parse_suite
from dillo.behavior.trial import try_suite
from dillo.web.v1.application_documents import (
    DraftDocument,
    DraftEntry,
    draft_of,
    problem_of,
    written,
)
from dillo.web.v1.applications import TAG, Desk
from dillo.web.v1.conditions import Conditions
from dillo.web.v1.described import problems
from dillo.web.v1.documents import Id
from dillo.web.v1.gate import Developer, Viewer
from dillo.web.v1.trial_documents import (
    CheckDocument,
    CheckEntry,
    LongestPath,
    ScenariosDocument,
    ScenariosEntry,
    TrialDocument,
    TrialEntry,
    trial_of,
)

# They follow from the draft and from what the account has; nobody edits them.
_VOLATILE = ("problems", "is_publishable")


def add_drafts(router: APIRouter, desk: Desk) -> None:
    """Add the routes of drafts."""
    store = desk.authoring

    async def shown(customer_id: str, draft: Draft) -> DraftDocument:
        return draft_of(draft, await problems_of(desk.registry, customer_id, draft.behavior))

    @router.get("/applications/{application_id}/draft", tags=[TAG])
    async def get_draft(asker: Viewer, application_id: Id, given: Conditions) -> DraftDocument:
        """Show the draft and all that is wrong with it; without one, the version in force."""
        application = await store.get(asker.customer_id, application_id)
        draft = await edited(store, application)
        return given.shown(await shown(asker.customer_id, draft), *_VOLATILE)

    @router.put("/applications/{application_id}/draft", tags=[TAG], responses=problems(412))
    async def save_draft(
        asker: Developer, application_id: Id, entry: DraftEntry, given: Conditions
    ) -> DraftDocument:
        """Save a draft, however wrong; `If-Match` keeps it from replacing one not seen."""
        layout = None if entry.layout is None else written(entry.layout)
        async with desk.transactions.joint():
            application = await store.lock(asker.customer_id, application_id)
            given.require(draft_of(await edited(store, application), ()), *_VOLATILE)
            await store.save_draft(application, written(entry.behavior), layout, asker.change())
            draft = await edited(store, application)
        return given.shown(await shown(asker.customer_id, draft), *_VOLATILE)

    @router.delete(
        "/applications/{application_id}/draft",
        tags=[TAG],
        status_code=204,
        responses=problems(412),
    )
    async def discard_draft(asker: Developer, application_id: Id, given: Conditions) -> Response:
        """Forget the draft; the version in force is what is edited again."""
        async with desk.transactions.joint():
            application = await store.lock(asker.customer_id, application_id)
            given.require(draft_of(await edited(store, application), ()), *_VOLATILE)
            await store.discard_draft(application, asker.change())
        return Response(status_code=204)


def add_proofs(router: APIRouter, desk: Desk) -> None:
    """Add the routes that tell what a behavior does before it is published."""
    store = desk.authoring

    @router.post("/applications/check", tags=[TAG])
    async def check_behavior(asker: Viewer, entry: CheckEntry) -> CheckDocument:
        """Say everything that is wrong with a behavior; nothing is saved."""
        text = written(entry.behavior)
        found = await problems_of(desk.registry, asker.customer_id, text)
        is_wrong = any(each.severity is Severity.ERROR for each in found)
        if not is_wrong:
            found += await mapped_voices(desk.studio, await asyncio.to_thread(load, text))
        return CheckDocument(
            is_publishable=not is_wrong,
            problems=list(map(problem_of, found)),
            longest_path=None if is_wrong else await asyncio.to_thread(_longest, text),
        )

    @router.post("/applications/{application_id}/test", tags=[TAG], responses=problems(422))
    async def test_application(
        asker: Viewer, application_id: Id, entry: TrialEntry
    ) -> TrialDocument:
        """Play scenarios on virtual time: what came about, the way it took, what is not covered."""
        application = await store.get(asker.customer_id, application_id)
        text = (
            (await edited(store, application)).behavior
            if entry.behavior is None
            else written(entry.behavior)
        )
        found = await problems_of(desk.registry, asker.customer_id, text)
        if any(each.severity is Severity.ERROR for each in found):
            raise InvalidBehavior(found)
        scenarios = entry.scenarios or await store.scenarios(application)
        return await asyncio.to_thread(_tried, text, scenarios)

    @router.get("/applications/{application_id}/scenarios", tags=[TAG])
    async def get_scenarios(
        asker: Viewer, application_id: Id, given: Conditions
    ) -> ScenariosDocument:
        """Show what an application is expected to do."""
        application = await store.get(asker.customer_id, application_id)
        text, required = await store.scenarios(application), application.requires_scenarios
        return given.shown(ScenariosDocument(text=text, required=required))

    @router.put(
        "/applications/{application_id}/scenarios", tags=[TAG], responses=problems(412, 422)
    )
    async def put_scenarios(
        asker: Developer, application_id: Id, entry: ScenariosEntry, given: Conditions
    ) -> ScenariosDocument:
        """Store scenarios, and whether a version is published only if they hold."""
        if entry.text.strip():
            await asyncio.to_thread(parse_suite, entry.text)
        async with desk.transactions.joint():
            application = await store.lock(asker.customer_id, application_id)
            now = ScenariosDocument(
                text=await store.scenarios(application), required=application.requires_scenarios
            )
            given.require(now)
            await store.expect(application, entry.text, entry.required, asker.change())
        return given.shown(ScenariosDocument(text=entry.text, required=entry.required))


def _longest(text: str) -> LongestPath:
    found = extent(load(text), lambda _: None, lambda _: 0)
    longest = found.paths[0]
    return LongestPath(
        nodes=list(longest.nodes),
        seconds=longest.duration_ms / 1000,
        is_unbounded=bool(found.loops or longest.endless),
    )


def _tried(text: str, scenarios: str) -> TrialDocument:
    behavior = load(text)
    return trial_of(behavior, try_suite(behavior, scenarios))
