"""Which trunk a dialled number leaves through."""

from sqlalchemy import func, select

from dillo.calls.ports import Carrier
from dillo.store.database import Database
from dillo.store.tables import trunk_prefixes, trunks
from dillo.store.vault import Vault

_FITTING = select(trunks.c.name, trunks.c.hosts, trunks.c.username, trunks.c.sealed_password).join(
    trunk_prefixes, trunk_prefixes.c.trunk_id == trunks.c.id
)


class SqlCarriers:
    """Chooses the way out (calls.ports.Carriers); a change counts from the next dialled call on."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def towards(self, number: str) -> Carrier | None:
        """Return the trunk with the longest prefix of an E.164 number with `+`, if one fits.

        Raises Unavailable where the database does not answer or the password cannot be read.
        """
        digits = number.removeprefix("+")
        fitting = [digits[:length] for length in range(len(digits) + 1)]
        query = (
            _FITTING.where(trunk_prefixes.c.prefix.in_(fitting))
            .order_by(func.length(trunk_prefixes.c.prefix).desc())
            .limit(1)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        sealed = row.sealed_password
        password = None if sealed is None else self._vault.unseal(sealed)
        return Carrier(row.name, tuple(row.hosts.split()), row.username, password)
