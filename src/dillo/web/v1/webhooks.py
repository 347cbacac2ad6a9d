"""`/api/v1/webhook-secret` and `/api/v1/webhook-deliveries`: what a customer's systems are told."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from dillo.accounts import webhook_addresses, webhook_secrets
from dillo.accounts.ports import Registry
from dillo.accounts.webhook_addresses import Purpose
from dillo.accounts.webhook_secrets import Cipher
from dillo.calls.callbacks import Attempt
from dillo.calls.deliveries import Deliveries, Delivery, DeliveryFilter, DeliveryStatus
from dillo.web.v1.documents import Document, Id, Identifier, Moment, Page, maybe_moment, moment
from dillo.web.v1.gate import Developer, Viewer
from dillo.web.v1.pages import Paging

_LIST = "webhook-deliveries"
_TAGS: list[Any] = ["Webhooks"]
_SECRET_HEADERS = {"Cache-Control": "no-store"}


class WebhookSecret(Document):
    """What webhooks are signed with."""

    secret: Annotated[str, Field(description="The whole text, `whsec_` included, is the key")]


class WebhookAddress(Document):
    """An address that the next call may lead to; it is changed in the application."""

    application_id: Identifier
    application: Annotated[str, Field(examples=["Front desk"])]
    node: Annotated[str | None, Field(description="null where it is that of the whole application")]
    purpose: Annotated[
        Purpose,
        Field(
            description="`status`: told what becomes of calls; `option`: the same, once a Menu has "
            "got a choice; `answer`: asked what to do"
        ),
    ]
    method: Annotated[str, Field(examples=["POST"])]
    url: Annotated[str, Field(examples=["https://example.com/calls"])]


class WebhookDelivery(Document):
    """Something that is, or was, to be told to one address."""

    id: Annotated[Identifier, Field(description="The `EventId` of what is told")]
    topic: Annotated[str, Field(examples=["call.finished"])]
    call_id: Annotated[Identifier | None, Field(description="null where it tells of no call")]
    method: Annotated[str, Field(examples=["POST"])]
    url: Annotated[str, Field(examples=["https://example.com/calls"])]
    status: DeliveryStatus
    created_at: Moment
    next_attempt_at: Annotated[
        Moment | None, Field(description="When it is tried next; null where it never will be")
    ]


class WebhookAttempt(Document):
    """One try to deliver."""

    at: Moment
    duration_s: float
    status: Annotated[int | None, Field(description="The HTTP status that was answered")]
    error: Annotated[str | None, Field(description="Why nothing was answered")]


class WebhookDeliveryDetails(WebhookDelivery):
    """A delivery with every attempt."""

    attempts: Annotated[list[WebhookAttempt], Field(description="Oldest first")]


def add_webhook_secret(router: APIRouter, registry: Registry, cipher: Cipher) -> None:
    """Add the routes of the secret that webhooks are signed with."""

    @router.get("/webhook-secret", tags=_TAGS)
    async def get_webhook_secret(asker: Developer, response: Response) -> WebhookSecret:
        """Show what webhooks are signed with; it is made when it is asked for first."""
        store = registry.webhook_secrets
        secret = await webhook_secrets.reveal(store, asker.change(), cipher, asker.customer_id)
        response.headers.update(_SECRET_HEADERS)
        return WebhookSecret(secret=secret)

    @router.post("/webhook-secret/rotate", tags=_TAGS)
    async def rotate_webhook_secret(asker: Developer, response: Response) -> WebhookSecret:
        """Sign with another secret from the next request on."""
        store = registry.webhook_secrets
        secret = await webhook_secrets.rotate(store, asker.change(), cipher, asker.customer_id)
        response.headers.update(_SECRET_HEADERS)
        return WebhookSecret(secret=secret)


def add_webhook_addresses(router: APIRouter, registry: Registry) -> None:
    """Add the route of whom applications call and tell."""

    @router.get("/webhook-addresses", tags=_TAGS)
    async def list_webhook_addresses(asker: Viewer) -> Page[WebhookAddress]:
        """List the addresses in the versions in force, by application."""
        found = await webhook_addresses.addresses(registry, asker.customer_id)
        return Page(items=[WebhookAddress(**asdict(each)) for each in found], next_cursor=None)


def add_webhook_deliveries(router: APIRouter, deliveries: Deliveries) -> None:
    """Add the routes of what was told, and how that went."""

    @router.get("/webhook-deliveries", tags=_TAGS)
    async def list_webhook_deliveries(
        asker: Viewer,
        asked: Paging,
        status: DeliveryStatus | None = None,
        call_id: Annotated[Identifier | None, Query()] = None,
    ) -> Page[WebhookDelivery]:
        """List what was told in the last 30 days, newest first."""
        wanted = DeliveryFilter(status, call_id)
        rows = await deliveries.page(asker.customer_id, wanted, asked.after_id(_LIST), asked.take)
        return asked.page(_LIST, rows, _shown, lambda delivery: (delivery.id,))

    @router.get("/webhook-deliveries/{delivery_id}", tags=_TAGS)
    async def get_webhook_delivery(asker: Viewer, delivery_id: Id) -> WebhookDeliveryDetails:
        """Show a delivery with every attempt."""
        return _detailed(*await deliveries.get(asker.customer_id, delivery_id))

    @router.post("/webhook-deliveries/{delivery_id}/redeliver", tags=_TAGS, status_code=202)
    async def redeliver_webhook(asker: Developer, delivery_id: Id) -> WebhookDeliveryDetails:
        """Send it now, with the same `EventId`, whatever became of it before."""
        await deliveries.redeliver(asker.actor, asker.customer_id, delivery_id)
        return _detailed(*await deliveries.get(asker.customer_id, delivery_id))


def _shown(delivery: Delivery) -> WebhookDelivery:
    return WebhookDelivery(**_fields(delivery))


def _detailed(delivery: Delivery, attempts: Sequence[Attempt]) -> WebhookDeliveryDetails:
    shown = [
        WebhookAttempt(
            at=moment(each.at_us),
            duration_s=each.duration_ms / 1000,
            status=each.status,
            error=each.error,
        )
        for each in attempts
    ]
    return WebhookDeliveryDetails(**_fields(delivery), attempts=shown)


def _fields(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "topic": delivery.topic,
        "call_id": delivery.call_id,
        "method": delivery.method,
        "url": delivery.url,
        "status": delivery.status,
        "created_at": moment(delivery.created_us),
        "next_attempt_at": maybe_moment(delivery.due_us),
    }
