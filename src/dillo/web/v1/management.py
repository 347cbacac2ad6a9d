"""Puts the management API together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from dillo.accounts.alerts import AlertStore
from dillo.accounts.audit import AuditReader
from dillo.accounts.authoring import AuthoringStore
from dillo.accounts.books import Books
from dillo.accounts.customer_book import CustomerBook
from dillo.accounts.inventory import Inventory
from dillo.accounts.numbers import QUARANTINE_DAYS
from dillo.accounts.once import Once
from dillo.accounts.people import People, Transactions
from dillo.accounts.ports import Registry
from dillo.accounts.principals import PrincipalStore
from dillo.calls.archive import CallArchive
from dillo.calls.browsers import BrowserCalls
from dillo.calls.deliveries import Deliveries
from dillo.calls.explanation import PriceBooks
from dillo.calls.exports import Exports
from dillo.calls.live import LiveCalls
from dillo.calls.recorded import RecordedAudio, RecordingBook
from dillo.calls.transcribed import TranscriptionBook
from dillo.calls.voices import Voices
from dillo.web.ports import LastUses
from dillo.web.recordings import Downloads
from dillo.web.v1.aggregates import add_aggregates
from dillo.web.v1.applications import Desk, add_applications, add_exchange, add_templates
from dillo.web.v1.audit import add_audit_log
from dillo.web.v1.billing import add_billing
from dillo.web.v1.browser_calls import add_browser_calls
from dillo.web.v1.calls import add_calls
from dillo.web.v1.customers import add_customers, add_own_customer, add_suspension
from dillo.web.v1.described import PREFIX
from dillo.web.v1.drafts import add_drafts, add_proofs
from dillo.web.v1.drop_off import add_drop_off
from dillo.web.v1.exports import add_exports
from dillo.web.v1.gate import Gate
from dillo.web.v1.inventory import add_inventory
from dillo.web.v1.keys import add_keys
from dillo.web.v1.live_calls import add_live_calls
from dillo.web.v1.me import add_me, add_second_factor
from dillo.web.v1.numbers import add_numbers
from dillo.web.v1.prompts import PromptFiles, add_previews, add_prompts
from dillo.web.v1.recordings import add_recording_audio, add_recording_book
from dillo.web.v1.refusals import answer_with_refusals
from dillo.web.v1.refused_behaviors import answer_refused_behaviors
from dillo.web.v1.routes import LateRoute
from dillo.web.v1.sessions import add_sessions
from dillo.web.v1.sign_up import add_sign_up
from dillo.web.v1.tariffs import add_prices, add_tariffs
from dillo.web.v1.transcriptions import add_transcriptions
from dillo.web.v1.trunks import add_trunks
from dillo.web.v1.users import add_invitations, add_users
from dillo.web.v1.versions import add_publishing, add_versions
from dillo.web.v1.voices import add_voices
from dillo.web.v1.webhooks import (
    add_webhook_addresses,
    add_webhook_deliveries,
    add_webhook_secret,
)

_MAX_BODY = 1 << 20
"""Octets of a request; a route that takes files sets its own."""


@dataclass(frozen=True, slots=True)
class Management:
    """What the management API is built on; the composition root makes it."""

    registry: Registry
    principals: PrincipalStore
    once: Once
    transactions: Transactions
    uses: LastUses
    archive: CallArchive
    live: LiveCalls
    exports: Exports
    exports_dir: Path
    people: People
    customer_book: CustomerBook
    audit_reader: AuditReader
    inventory: Inventory
    books: Books
    alerts: AlertStore
    prices: PriceBooks
    browsers: BrowserCalls
    authoring: AuthoringStore
    prompt_files: PromptFiles
    voices: Voices
    deliveries: Deliveries
    recordings: RecordingBook
    recorded_audio: RecordedAudio
    transcriptions: TranscriptionBook
    quarantine_days: float = QUARANTINE_DAYS
    ice_servers: Sequence[str] = ()
    is_sign_up_open: bool = True


def add_management(app: FastAPI, management: Management, gate: Gate, downloads: Downloads) -> None:
    """Add every resource below the prefix."""
    app.state.gate = gate
    app.state.once = management.once
    router = APIRouter(
        prefix=PREFIX,
        route_class=LateRoute,
        generate_unique_id_function=_operation_id,
        max_body_size=_MAX_BODY,
    )
    people, book = management.people, management.customer_book
    add_sign_up(router, people, management.is_sign_up_open)
    add_sessions(router, people)
    add_me(router, people)
    add_second_factor(router, people)
    add_users(router, people)
    add_invitations(router, people)
    add_keys(router, management.registry, management.transactions)
    live_book = add_live_calls(router, management.archive, management.live)
    add_aggregates(router, management.archive)
    add_prices(router, management.prices)
    desk = Desk(
        management.registry,
        management.authoring,
        management.transactions,
        management.prompt_files,
    )
    add_browser_calls(router, desk, management.browsers, management.ice_servers)
    add_calls(router, management.archive, live_book)
    add_numbers(
        router,
        management.registry,
        management.inventory,
        management.transactions,
        management.quarantine_days,
    )
    add_inventory(router, management.registry, management.inventory, management.transactions)
    add_billing(router, management.registry, management.books, management.alerts)
    add_tariffs(router, management.registry)
    add_trunks(router, management.registry, management.transactions, people.cipher)
    add_drop_off(router, management.archive)
    add_exports(router, management.exports, management.archive, management.exports_dir)
    add_own_customer(router, people, book)
    add_customers(router, people, book)
    add_suspension(router, people, book)
    add_audit_log(router, management.audit_reader)
    _add_applications(router, desk)
    add_prompts(router, management.registry, management.prompt_files, management.transactions)
    add_previews(router, management.prompt_files)
    add_voices(router, management.voices)
    add_webhook_secret(router, management.registry, people.cipher)
    add_webhook_addresses(router, management.registry)
    add_webhook_deliveries(router, management.deliveries)
    add_recording_book(router, management.recordings, management.recorded_audio)
    add_recording_audio(router, downloads)
    add_transcriptions(router, management.transcriptions)
    app.router.routes.extend(router.routes)
    answer_with_refusals(app)
    answer_refused_behaviors(app)


def _add_applications(router: APIRouter, desk: Desk) -> None:
    add_applications(router, desk)
    add_exchange(router, desk)
    add_templates(router)
    add_drafts(router, desk)
    add_proofs(router, desk)
    add_versions(router, desk)
    add_publishing(router, desk)


def _operation_id(route: APIRoute) -> str:
    return route.name
