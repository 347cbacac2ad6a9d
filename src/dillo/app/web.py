"""The `web` process: the statistics and the management API."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from dillo.accounts.numbers import QUARANTINE_DAYS
from dillo.app.people import make_people
from dillo.app.process import configure_logging, die_with_parent, report_ready
from dillo.app.prompts import make_audition, make_casting
from dillo.app.recordings import make_recordings
from dillo.calls.browsers import BrowserCalls
from dillo.live.watching import LiveCalls
from dillo.model.addresses import HostPort
from dillo.settings import Settings
from dillo.store.accounting import SqlAccounting
from dillo.store.alerts import SqlAlerts
from dillo.store.archive import SqlCallArchive
from dillo.store.audit import SqlAudit
from dillo.store.authoring import SqlAuthoring
from dillo.store.customer_book import SqlCustomerBook
from dillo.store.database import Database
from dillo.store.deliveries import SqlDeliveries
from dillo.store.exports import SqlExports
from dillo.store.idempotency import SqlOnce
from dillo.store.inventory import SqlInventory
from dillo.store.last_uses import SqlLastUses
from dillo.store.prices import SqlPrices
from dillo.store.principals import SqlPrincipals
from dillo.store.reading import open_reading
from dillo.store.recorded import SqlRecordingBook
from dillo.store.registry import sql_registry
from dillo.store.transcribed import SqlTranscriptionBook
from dillo.store.vault import Vault
from dillo.web.app import WebSettings, create_app
from dillo.web.server import serve
from dillo.web.v1.management import Management
from dillo.webrtc.client import BrowserGateway


def make_management(
    database: Database,
    live: LiveCalls,
    browsers: BrowserCalls,
    vault: Vault,
    base_url: Callable[[], str],
    exports_dir: Path,
    *,
    ice_servers: Sequence[str] = (),
    is_sign_up_open: bool = True,
    quarantine_days: float = QUARANTINE_DAYS,
    settings: Settings | None = None,
) -> Management:
    """Return what the management API is built on; `base_url` is where links in e-mails lead."""
    registry = sql_registry(database)
    settings = settings or Settings()
    return Management(
        registry=registry,
        principals=SqlPrincipals(database),
        once=SqlOnce(database),
        transactions=database,
        uses=SqlLastUses(database),
        archive=SqlCallArchive(database),
        live=live,
        exports=SqlExports(database),
        exports_dir=exports_dir,
        browsers=browsers,
        ice_servers=ice_servers,
        people=make_people(database, registry, vault, base_url),
        customer_book=SqlCustomerBook(database),
        audit_reader=SqlAudit(database),
        inventory=SqlInventory(database),
        books=SqlAccounting(database),
        alerts=SqlAlerts(database),
        prices=SqlPrices(database),
        quarantine_days=quarantine_days,
        is_sign_up_open=is_sign_up_open,
        authoring=SqlAuthoring(database),
        deliveries=SqlDeliveries(database),
        recordings=SqlRecordingBook(database),
        recorded_audio=make_recordings(settings),
        transcriptions=SqlTranscriptionBook(database),
        prompt_files=make_audition(settings),
        voices=make_casting(settings),
    )


def main() -> None:
    """Serve HTTP until SIGTERM; the arguments are the sockets of live calls and of browsers."""
    die_with_parent()
    settings = Settings()
    configure_logging(settings.log_level, "web")
    listening = settings.http
    reading = open_reading(settings.database_url)
    database = Database.open(settings.database_url)
    live = LiveCalls(Path(sys.argv[1]))
    recordings = make_recordings(settings)
    app = create_app(
        reading,
        reading,
        reading,
        WebSettings(
            recordings_dir=settings.recordings_dir,
            recording_store=recordings if recordings.has_store else None,
            public_url=settings.public_url,
            key_rate=settings.api_rate,
            key_burst=settings.api_burst,
            metrics_dir=settings.metrics_dir,
        ),
        make_management(
            database,
            live,
            BrowserGateway(Path(sys.argv[2])),
            Vault.open(settings.secret_key, settings.secret_key_path),
            lambda: settings.public_url.rstrip("/") or f"http://{listening}",
            settings.exports_dir,
            quarantine_days=settings.number_quarantine_days,
            ice_servers=settings.ice_servers,
            is_sign_up_open=settings.sign_up,
            settings=settings,
        ),
    )

    def listen(host: str, port: int) -> None:
        nonlocal listening
        listening = HostPort(host, port)
        report_ready(str(listening))

    serve(
        app,
        settings.http.host,
        settings.http.port,
        on_listening=listen,
        on_stopping=live.close_listeners,
    )


if __name__ == "__main__":
    main()
