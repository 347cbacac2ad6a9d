"""The `web` process: the statistics API."""

from dillo.app.process import configure_logging, die_with_parent, report_ready
from dillo.model.addresses import HostPort
from dillo.settings import Settings
from dillo.store.database import sqlite_path
from dillo.store.reading import SqliteReading
from dillo.web.app import WebSettings, create_app
from dillo.web.server import serve


def main() -> None:
    """Serve HTTP until SIGTERM."""
    die_with_parent()
    settings = Settings()
    configure_logging(settings.log_level, "web")
    reading = SqliteReading(sqlite_path(settings.database_url))
    app = create_app(
        reading,
        reading,
        reading,
        WebSettings(
            recordings_dir=settings.recordings_dir,
            public_url=settings.public_url,
            key_rate=settings.api_rate,
            key_burst=settings.api_burst,
            metrics_dir=settings.metrics_dir,
        ),
    )
    serve(
        app,
        settings.http.host,
        settings.http.port,
        on_listening=lambda host, port: report_ready(str(HostPort(host, port))),
    )


if __name__ == "__main__":
    main()
