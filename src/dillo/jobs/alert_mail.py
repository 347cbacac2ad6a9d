"""The job that writes alerts of balances to whoever wants them as e-mails."""

from dillo.accounts.people import MailStore
from dillo.accounts.webhook_secrets import Cipher
from dillo.jobs.durable import Job, step
from dillo.model.clock import now_us

NAME = "alert-mail"


def alert_mail_job(mails: MailStore, cipher: Cipher) -> Job:
    """Return the job; an e-mail that is owed goes the way of all others."""

    async def run(recipient: str, subject: str, text: str) -> None:
        await step(mails.add, recipient, subject, cipher.seal(text), now_us())

    return Job(NAME, run)
