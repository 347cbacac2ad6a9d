"""`/api/v1/webhook-secret` and `/api/v1/webhook-deliveries`: what a customer's systems are told."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from dillo.accounts import webhook_secrets
from dillo.accounts.ports import Registry
from dillo.accounts.webhook_secrets import Cipher
from dillo.calls.callbacks import Attempt
from dillo.calls.deliveries import Deliveries, Delivery
from dillo.web.v1.documents import Document, Id, Identifier, Moment, Page, maybe_moment, moment
from dillo.web.v1.gate import Developer, Viewer
from dillo.web.v1.pages import Paging

_LIST = "webhook-deliveries"
_TAGS: list[Any] = ["Webhooks"]
_SECRET_HEADERS = {"Cache-Control": "no-store"}


class WebhookSecret(Document):
    """What webhooks are signed with."""

    secret: Annotated[str, Field(description="The whole text, `whsec_` included, is the key")]


class WebhookDelivery(Document):
    """Something that is, or was, to be told to one address."""

    id: Annotated[Identifier, Field(description="The `EventId` of what is told")]
    topic: Annotated[str, Field(examples=["call.finished"])]
    call_id: Annotated[Identifier | None, Field(description="null where it tells of no call")]
    method: Annotated[str, Field(examples=["POST"])]
    url: Annotated[str, Field(examples=["https://example.com/calls"])]
    status: Literal["waiting", "delivered", "given_up"]
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


def add_webhook_deliveries(router: APIRouter, deliveries: Deliveries) -> None:
    """Add the routes of what was told, and how that went."""

    @router.get("/webhook-deliveries", tags=_TAGS)
    async def list_webhook_deliveries(asker: Viewer, asked: Paging) -> Page[WebhookDelivery]:
        """List what was told in the last 30 days, newest first."""
        rows = await deliveries.page(asker.customer_id, asked.after_id(_LIST), asked.take)
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
    over = "delivered" if delivery.is_delivered else "given_up"
    return {
        "id": delivery.id,
        "topic": delivery.topic,
        "call_id": delivery.call_id,
        "method": delivery.method,
        "url": delivery.url,
        "status": over if delivery.due_us is None else "waiting",
        "created_at": moment(delivery.created_us),
        "next_attempt_at": maybe_moment(delivery.due_us),
    }
