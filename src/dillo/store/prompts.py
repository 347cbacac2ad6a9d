"""The audio that customers uploaded, in the database; the files are elsewhere, by their hash."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from dillo.accounts.errors import UnknownPrompt
from dillo.accounts.ports import Change, StoredPrompt
from dillo.store.audit import record_change
from dillo.store.customers import lock_customer
from dillo.store.database import Database
from dillo.store.tables import prompts

_PROMPT = select(prompts.c.id, prompts.c.customer_id, prompts.c.name, prompts.c.sha256)


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
            await record_change(connection, change, "prompt.add", prompt.id, prompt.customer_id)
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
