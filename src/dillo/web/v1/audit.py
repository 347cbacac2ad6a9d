"""`/api/v1/audit-log`: who changed what, and when."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from pydantic import Field

from dillo.accounts.audit import AuditFilter, AuditReader
from dillo.accounts.ports import AuditEntry
from dillo.model.moments import from_datetime
from dillo.web.v1.documents import Document, Identifier, Instant, Moment, Page, moment
from dillo.web.v1.gate import Viewer
from dillo.web.v1.pages import Paging

_LIST = "audit-log"

Filter = Annotated[str | None, Query(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]


class Change(Document):
    """Something that was changed."""

    id: Identifier
    at: Moment
    actor: Annotated[
        str,
        Field(
            description="`user:ADDRESS`, `operator:ADDRESS`, `key:ID`, `operator` at the command "
            "line, or `platform`",
            examples=["user:anna@example.com"],
        ),
    ]
    action: Annotated[str, Field(examples=["key.issue"])]
    subject: Annotated[str, Field(description="What was changed: its id, or its number")]
    customer_id: Identifier | None
    before: Annotated[dict[str, Any] | None, Field(description="Without secrets")]
    after: Annotated[dict[str, Any] | None, Field(description="Without secrets")]


def add_audit_log(router: APIRouter, log: AuditReader) -> None:
    """Add the route of the audit log."""

    @router.get("/audit-log", tags=["Audit log"])
    async def list_changes(
        asker: Viewer,
        asked: Paging,
        actor: Filter = None,
        action: Annotated[
            Filter, Query(description="`key.issue`, or `key.` for all of keys")
        ] = None,
        subject: Filter = None,
        since: Annotated[Instant | None, Query(description="From this moment on")] = None,
        until: Annotated[Instant | None, Query(description="Before this moment")] = None,
    ) -> Page[Change]:
        """List changes, newest first; for an operator who acts for no customer, all of them."""
        wanted = AuditFilter(
            customer_id=asker.customer,
            actor=actor,
            action=action,
            subject=subject,
            from_us=_us(since),
            until_us=_us(until),
        )
        rows = await log.page(wanted, asked.after_id(_LIST), asked.take)
        return asked.page(_LIST, rows, _shown, lambda entry: (entry.id,))


def _us(at: datetime | None) -> int | None:
    return None if at is None else from_datetime(at)


def _shown(entry: AuditEntry) -> Change:
    return Change(
        id=entry.id,
        at=moment(entry.at_us),
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        customer_id=entry.customer_id,
        before=_document(entry.before),
        after=_document(entry.after),
    )


def _document(text: str | None) -> dict[str, Any] | None:
    return None if text is None else msgspec.json.decode(text, type=dict[str, Any])
