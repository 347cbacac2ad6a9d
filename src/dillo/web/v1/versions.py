"""`/api/v1/applications/{id}/versions`: publishing, rolling back, comparing."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from dillo.accounts.authoring import Authored, Edition
from dillo.accounts.principals import Principal
from dillo.accounts.publishing import (
    draft_edition,
    edited,
    prove,
    publish,
    restored_edition,
)
from dillo.behavior import load
from dillo.behavior.difference import difference
from dillo.web.v1.application_documents import (
    DifferenceDocument,
    Publication,
    Restoration,
    VersionDetail,
    VersionDocument,
    difference_of,
    version_detail,
    version_of,
    written,
)
from dillo.web.v1.applications import TAG, Desk
from dillo.web.v1.conditions import Conditions
from dillo.web.v1.described import problems
from dillo.web.v1.documents import Document, Id, Page
from dillo.web.v1.gate import Developer, Viewer
from dillo.web.v1.pages import Paging
from dillo.web.v1.retries import Retries, Retry
from dillo.web.v1.trial_documents import ReleaseDocument, release_of

_LIST = "versions"
_MOST = 2**31 - 1
_VERSIONS = "/applications/{application_id}/versions"

VersionNumber = Annotated[
    int, Path(ge=1, le=_MOST, description="Number of a version", examples=[3])
]
Before = Annotated[
    int | None,
    Query(ge=1, le=_MOST, description="Number of the older version; default: the one in force"),
]
After = Annotated[
    int | None,
    Query(ge=1, le=_MOST, description="Number of the newer version; default: the draft"),
]


def add_versions(router: APIRouter, desk: Desk) -> None:
    """Add the routes of versions."""
    store = desk.authoring

    @router.get(_VERSIONS, tags=[TAG])
    async def list_versions(
        asker: Viewer, application_id: Id, asked: Paging
    ) -> Page[VersionDocument]:
        """List the versions of an application, newest first, without their behaviors."""
        application = await store.get(asker.customer_id, application_id)
        after = asked.after_id(_LIST)
        before = int(after) if after is not None and after.isdecimal() else None
        rows = await store.versions(application, before, asked.take)
        return asked.page(_LIST, rows, version_of, lambda each: (str(each.number),))

    @router.get(_VERSIONS + "/{version_number}", tags=[TAG])
    async def get_version(
        asker: Viewer, application_id: Id, version_number: VersionNumber, given: Conditions
    ) -> VersionDetail:
        """Show a version with its channel behavior."""
        application = await store.get(asker.customer_id, application_id)
        return given.shown(version_detail(await store.version(application, version_number)))

    @router.get("/applications/{application_id}/difference", tags=[TAG])
    async def compare_versions(
        asker: Viewer, application_id: Id, before: Before = None, after: After = None
    ) -> DifferenceDocument:
        """Compare two versions, or a version with the draft, by nodes and fields."""
        application = await store.get(asker.customer_id, application_id)
        old = (await store.version(application, before or application.version)).behavior
        new = (
            (await edited(store, application)).behavior
            if after is None
            else (await store.version(application, after)).behavior
        )
        found = await asyncio.to_thread(_compared, old, new)
        return difference_of(found)


def _compared(old: str, new: str) -> Any:
    return difference(json.loads(old), json.loads(new))


def add_publishing(router: APIRouter, desk: Desk) -> None:
    """Add the routes that make versions."""
    store = desk.authoring

    @router.post(
        _VERSIONS, tags=[TAG], status_code=201, response_model=ReleaseDocument,
        responses=problems(409, 422),
    )  # fmt: skip
    async def publish_version(
        asker: Developer, application_id: Id, entry: Publication, retry: Retries
    ) -> Response:
        """Publish a behavior, or the draft, as the next version, which runs from the next call on.

        The whole graph is checked: every problem is in `problems` of a 422. Where the application
        requires scenarios they must hold; `trial` of a 422 says how they went.
        """

        async def edition(application: Authored) -> Edition:
            if entry.behavior is None:
                return await draft_edition(store, application, entry.note)
            layout = None if entry.layout is None else written(entry.layout)
            return Edition(written(entry.behavior), layout, entry.note)

        return await _released(desk, asker, application_id, edition, retry)

    @router.post(
        _VERSIONS + "/{version_number}/restore", tags=[TAG], status_code=201,
        response_model=ReleaseDocument, responses=problems(409, 422),
    )  # fmt: skip
    async def restore_version(
        asker: Developer,
        application_id: Id,
        version_number: VersionNumber,
        entry: Restoration,
        retry: Retries,
    ) -> Response:
        """Roll back: publish an old version again, as a new one. A draft stays as it is."""

        async def edition(application: Authored) -> Edition:
            return await restored_edition(store, application, version_number, entry.note)

        return await _released(desk, asker, application_id, edition, retry)


async def _released(
    desk: Desk,
    asker: Principal,
    application_id: str,
    edition_of: Callable[[Authored], Awaitable[Edition]],
    retry: Retry,
) -> Response:
    """Prove an edition, which takes its time, then publish it in one short transaction."""
    known = await retry.known(asker)
    if known is not None:
        return known
    store = desk.authoring
    application = await store.get(asker.customer_id, application_id)
    edition = await edition_of(application)
    proof = await prove(desk.registry, store, desk.studio, application, edition)
    behavior = await asyncio.to_thread(load, edition.behavior)

    async def work() -> Document:
        async with desk.transactions.joint():
            release = await publish(store, asker.change(), application, edition, proof)
        return release_of(behavior, release)

    return await retry.answer(asker, 201, work)
