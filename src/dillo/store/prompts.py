"""The audio that customers uploaded, in the database; the files are elsewhere, by their hash."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import delete, insert, select, update

from dillo.accounts.errors import PromptInUse, UnknownPrompt
from dillo.accounts.ports import Change, StoredPrompt
from dillo.store.audit import record_change
from dillo.store.customers import lock_customer
from dillo.store.database import Database
from dillo.store.tables import application_versions, applications, prompts

_PROMPT = select(
    prompts.c.id,
    prompts.c.customer_id,
    prompts.c.name,
    prompts.c.sha256,
    prompts.c.created_us,
    prompts.c.size,
    prompts.c.duration_ms,
    prompts.c.format,
)


class SqlPrompts:
    """The audio that customers uploaded (accounts.ports.PromptStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, prompt: StoredPrompt, change: Change) -> StoredPrompt:
        """Store a prompt; the same audio again is the prompt that is there. UnknownCustomer."""
        row = {
            "id": prompt.id,
            "customer_id": prompt.customer_id,
            "name": prompt.name,
            "sha256": prompt.sha256,
            "created_us": change.at_us,
            "size": prompt.size,
            "duration_ms": prompt.duration_ms,
            "format": prompt.format,
        }
        same = _PROMPT.where(
            prompts.c.customer_id == prompt.customer_id, prompts.c.sha256 == prompt.sha256
        )
        async with self._database.writing() as connection:
            await lock_customer(connection, prompt.customer_id)
            known = (await connection.execute(same)).first()
            if known is not None:
                return StoredPrompt(*known)
            await connection.execute(insert(prompts), row)
            after = {"name": prompt.name, "sha256": prompt.sha256}
            await record_change(
                connection, change, "prompt.add", prompt.id, prompt.customer_id, after=after
            )
            return prompt

    async def get(self, customer_id: str, prompt_id: str) -> StoredPrompt:
        """Return a customer's prompt. Raises UnknownPrompt."""
        query = _PROMPT.where(prompts.c.id == prompt_id, prompts.c.customer_id == customer_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            raise UnknownPrompt(f"there is no prompt {prompt_id} of this customer")
        return StoredPrompt(*row)

    async def of(self, customer_id: str) -> Sequence[StoredPrompt]:
        """Return a customer's prompts by name."""
        query = _PROMPT.where(prompts.c.customer_id == customer_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(prompts.c.name, prompts.c.id))
            return [StoredPrompt(*row) for row in rows]

    async def page(
        self, customer_id: str, after_id: str | None, limit: int
    ) -> Sequence[StoredPrompt]:
        """Return prompts, newest first, those after one of them."""
        query = _PROMPT.where(prompts.c.customer_id == customer_id)
        if after_id is not None:
            query = query.where(prompts.c.id < after_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(prompts.c.id.desc()).limit(limit))
            return [StoredPrompt(*row) for row in rows]

    async def rename(self, prompt: StoredPrompt, name: str, change: Change) -> StoredPrompt:
        """Give a prompt another name."""
        statement = update(prompts).where(prompts.c.id == prompt.id).values(name=name)
        async with self._database.writing() as connection:
            await connection.execute(statement)
            await record_change(
                connection,
                change,
                "prompt.rename",
                prompt.id,
                prompt.customer_id,
                before={"name": prompt.name},
                after={"name": name},
            )
        return replace(prompt, name=name)

    async def delete(self, prompt: StoredPrompt, change: Change) -> None:
        """Forget a prompt. Raises PromptInUse while a version in force plays it."""
        # A PromptId is 64 hexadecimal digits: a text that has them means nothing else.
        playing = (
            select(applications.c.name)
            .join(
                application_versions, application_versions.c.id == applications.c.current_version_id
            )
            .where(
                applications.c.customer_id == prompt.customer_id,
                applications.c.deleted_us.is_(None),
                application_versions.c.behavior.contains(prompt.sha256, autoescape=True),
            )
            .order_by(applications.c.name)
        )
        async with self._database.writing() as connection:
            names = (await connection.scalars(playing)).all()
            if names:
                raise PromptInUse(f"{prompt.name} is played by {', '.join(names)}")
            await connection.execute(delete(prompts).where(prompts.c.id == prompt.id))
            before = {"name": prompt.name, "sha256": prompt.sha256}
            await record_change(
                connection, change, "prompt.delete", prompt.id, prompt.customer_id, before=before
            )
