"""`/api/v1/applications`: phone applications, made from nothing, a template or an export."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from dillo.accounts import templates
from dillo.accounts.authoring import Authored, AuthoringStore
from dillo.accounts.customers import checked_name
from dillo.accounts.people import Transactions
from dillo.accounts.ports import Change, Registry
from dillo.accounts.publishing import Studio, edited
from dillo.behavior.schema import behavior_schema
from dillo.web.v1.application_documents import (
    Application,
    ApplicationChange,
    ExportDocument,
    ImportEntry,
    NewApplication,
    TemplateDocument,
    application_of,
    template_of,
    written,
)
from dillo.web.v1.conditions import Conditions
from dillo.web.v1.described import problems
from dillo.web.v1.documents import Id, Page
from dillo.web.v1.gate import Developer, Viewer
from dillo.web.v1.pages import Paging
from dillo.web.v1.retries import Retries

_LIST = "applications"
TAG = "Applications"
FORMAT = "dillo-application/1"

TemplateName = Annotated[str, Path(max_length=64, examples=["voicemail"])]


@dataclass(frozen=True, slots=True)
class Desk:
    """What routes of applications work with."""

    registry: Registry
    authoring: AuthoringStore
    transactions: Transactions
    studio: Studio


def add_applications(router: APIRouter, desk: Desk) -> None:
    """Add the routes of applications themselves."""
    store = desk.authoring

    @router.get("/applications", tags=[TAG])
    async def list_applications(asker: Viewer, asked: Paging) -> Page[Application]:
        """List applications, newest first."""
        rows = await store.page(asker.customer_id, asked.after_id(_LIST), asked.take)
        return asked.page(_LIST, rows, application_of, lambda each: (each.id,))

    @router.post(
        "/applications", tags=[TAG], status_code=201, response_model=Application,
        responses=problems(409),
    )  # fmt: skip
    async def create_application(
        asker: Developer, entry: NewApplication, retry: Retries
    ) -> Response:
        """Make an application; a behavior, or that of a template, becomes its draft."""

        async def work() -> Application:
            return application_of(await _create(desk, asker.customer_id, entry, asker.change()))

        return await retry.answer(asker, 201, work)

    @router.get("/applications/{application_id}", tags=[TAG])
    async def get_application(asker: Viewer, application_id: Id, given: Conditions) -> Application:
        """Show an application."""
        return given.shown(application_of(await store.get(asker.customer_id, application_id)))

    @router.patch("/applications/{application_id}", tags=[TAG], responses=problems(409, 412))
    async def change_application(
        asker: Developer, application_id: Id, entry: ApplicationChange, given: Conditions
    ) -> Application:
        """Rename, describe, enable or disable an application; the next call follows."""
        async with desk.transactions.joint():
            application = await store.lock(asker.customer_id, application_id)
            given.require(application_of(application))
            await _change(store, application, entry, asker.change())
            changed = await store.get(asker.customer_id, application_id)
        return given.shown(application_of(changed))

    @router.delete(
        "/applications/{application_id}", tags=[TAG], status_code=204, responses=problems(409)
    )
    async def delete_application(asker: Developer, application_id: Id) -> Response:
        """Delete an application that no number runs; past calls keep what they ran."""
        async with desk.transactions.joint():
            application = await store.lock(asker.customer_id, application_id)
            await store.delete(application, asker.change())
        return Response(status_code=204)


def add_exchange(router: APIRouter, desk: Desk) -> None:
    """Add the routes by which applications come and go as documents."""
    store = desk.authoring

    @router.get("/applications/{application_id}/export", tags=[TAG])
    async def export_application(asker: Viewer, application_id: Id) -> ExportDocument:
        """Return the draft, or the version in force, with its scenarios as one document.

        Prompts are named in it and not contained.
        """
        application = await store.get(asker.customer_id, application_id)
        draft = await edited(store, application)
        return ExportDocument(
            format=FORMAT,
            name=application.name,
            description=application.description,
            behavior=json.loads(draft.behavior),
            layout=None if draft.layout is None else json.loads(draft.layout),
            scenarios=await store.scenarios(application),
            requires_scenarios=application.requires_scenarios,
        )

    @router.post(
        "/applications/import", tags=[TAG], status_code=201, response_model=Application,
        responses=problems(409),
    )  # fmt: skip
    async def import_application(asker: Developer, entry: ImportEntry, retry: Retries) -> Response:
        """Make an application of an exported one; what it does becomes its draft."""
        document = entry.document

        async def work() -> Application:
            change = asker.change()
            name = checked_name(entry.name or document.name)
            application = await store.create(asker.customer_id, name, document.description, change)
            layout = None if document.layout is None else written(document.layout)
            await store.save_draft(application, written(document.behavior), layout, change)
            if document.scenarios or document.requires_scenarios:
                await store.expect(
                    application, document.scenarios, document.requires_scenarios, change
                )
            return application_of(await store.get(asker.customer_id, application.id))

        return await retry.answer(asker, 201, work)


def add_templates(router: APIRouter) -> None:
    """Add the routes of what applications are made of."""

    @router.get("/application-templates", tags=[TAG])
    async def list_application_templates(asker: Viewer) -> Page[TemplateDocument]:
        """List applications to begin with."""
        return Page(items=list(map(template_of, templates.TEMPLATES)), next_cursor=None)

    @router.get("/application-templates/{template_name}", tags=[TAG])
    async def get_application_template(
        asker: Viewer, template_name: TemplateName
    ) -> TemplateDocument:
        """Show an application to begin with."""
        return template_of(templates.template(template_name))

    schema = behavior_schema()

    @router.get("/behavior-schema", tags=[TAG])
    async def get_behavior_schema(asker: Viewer) -> dict[str, Any]:
        """Return the JSON Schema of channel behaviors: nodes with titles, units and defaults."""
        return schema


async def _create(desk: Desk, customer_id: str, entry: NewApplication, change: Change) -> Authored:
    store = desk.authoring
    application = await store.create(
        customer_id, checked_name(entry.name), entry.description, change
    )
    if entry.template is not None:
        template = templates.template(entry.template)
        await store.expect(application, template.scenarios, False, change)
        behavior: str | None = template.behavior
    else:
        behavior = None if entry.behavior is None else written(entry.behavior)
    if behavior is not None:
        await store.save_draft(application, behavior, None, change)
    return await store.get(customer_id, application.id)


async def _change(
    store: AuthoringStore, application: Authored, entry: ApplicationChange, change: Change
) -> None:
    if entry.name is not None or entry.description is not None:
        name = application.name if entry.name is None else checked_name(entry.name)
        description = application.description if entry.description is None else entry.description
        await store.describe(application, name, description, change)
    if entry.is_enabled is not None and entry.is_enabled != application.is_enabled:
        await store.enable(application, entry.is_enabled, change)
