"""The `jobs` process: settles finished calls, tells customers' systems, does durable jobs."""

import asyncio
import signal
from itertools import chain

import uvloop

from dillo.app.durable import make_jobs
from dillo.app.listening import Ears
from dillo.app.metrics.settling import delivery, durable, moves, settlement, transcription
from dillo.app.metrics.textfile import TextFile
from dillo.app.process import configure_logging, die_with_parent, exclusive, report_ready
from dillo.app.prompts import make_rehearsal_prompts
from dillo.app.recordings import make_recordings
from dillo.app.webhooks import make_webhooks
from dillo.jobs.deliverer import Deliverer
from dillo.jobs.filler import fill
from dillo.jobs.forwarder import Forwarder
from dillo.jobs.mover import Mover
from dillo.jobs.postman import Postman, by_smtp, into_log
from dillo.jobs.rehearsal import Rehearsal
from dillo.jobs.transcription import TranscriptionCounts
from dillo.model.priority import set_niceness
from dillo.settings import Settings
from dillo.store.backfill import Backfill
from dillo.store.database import Database
from dillo.store.journal import FinishedCall, JournalReader
from dillo.store.mails import SqlMails
from dillo.store.outbox import SqlOutbox
from dillo.store.publications import SqlPublications
from dillo.store.recordings import SqlRecordings
from dillo.store.settlement import SqlBooks
from dillo.store.vault import Vault


async def run(settings: Settings) -> None:
    """Settle finished calls until SIGTERM, then those that have ended by then."""
    database = Database.open(settings.database_url)
    vault = Vault.open(settings.secret_key, settings.secret_key_path)
    webhooks = make_webhooks(settings, database, vault)
    counts = TranscriptionCounts()
    prompts = make_rehearsal_prompts(settings)
    await prompts.start()
    rehearsal = Rehearsal(SqlPublications(database), prompts.warm)
    deliverer = Deliverer(SqlOutbox(database), webhooks.tell, settings.public_url)
    send = by_smtp(settings.smtp_url, settings.mail_from) if settings.smtp_url else into_log
    postman = Postman(SqlMails(database), vault, send)
    recordings = make_recordings(settings)
    mover = Mover(recordings, SqlRecordings(database))
    with JournalReader(settings.journal_path) as journal:
        ears = Ears(settings)
        jobs = make_jobs(settings, database, recordings, ears, counts, vault)
        forwarder: Forwarder[FinishedCall] = Forwarder(journal, SqlBooks(database))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, forwarder.stop)
        metrics = TextFile(
            settings.metrics_dir,
            "jobs",
            lambda: chain(
                settlement(forwarder),
                delivery(deliverer),
                durable(jobs),
                transcription(counts),
                moves(mover),
            ),
        )
        async with ears, asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(metrics.keep_writing())
            delivering = tasks.create_task(deliverer.run())
            posting = tasks.create_task(postman.run())
            filling = tasks.create_task(fill(Backfill(database).step))
            if recordings.has_store:
                tasks.create_task(mover.run())
            rehearsing = tasks.create_task(rehearsal.run())
            report_ready()
            working = tasks.create_task(jobs.run())
            await forwarder.run()
            jobs.stop()
            deliverer.stop()
            postman.stop()
            mover.stop()
            await delivering
            await posting
            await working
            writing.cancel()
            filling.cancel()
            rehearsing.cancel()
        metrics.write()
    await prompts.close()
    await webhooks.close()
    await database.close()


def main() -> None:
    """Run the process."""
    die_with_parent()
    set_niceness(5)  # a record may wait a little, a packet may not
    settings = Settings()
    configure_logging(settings.log_level, "jobs")
    with exclusive(settings.home / "jobs.lock", wait=True):
        uvloop.run(run(settings))


if __name__ == "__main__":
    main()
