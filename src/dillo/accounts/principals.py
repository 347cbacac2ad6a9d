"""Who asks the management API: a person with a session, or a program with a key."""

from dataclasses import dataclass, replace
from typing import Protocol

from dillo.accounts.changes import Change
from dillo.accounts.errors import NoCustomerNamed
from dillo.accounts.roles import Role


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who is known, what they may do, and for whom."""

    actor: str
    """As the audit log names them: `user:anna@example.com`, `operator:…`, `key:ID`."""
    role: Role
    customer: str | None
    """Id of the customer acted for; None where an operator has named none."""
    user_id: str | None = None
    session_id: str | None = None
    key_id: str | None = None
    is_suspended: bool = False
    """Whether their customer may change nothing at present."""

    @property
    def customer_id(self) -> str:
        """The customer acted for. Raises NoCustomerNamed."""
        if self.customer is None:
            raise NoCustomerNamed("name the customer you act for in the header CustomerCode")
        return self.customer

    def change(self) -> Change:
        """Return a change that they make now."""
        return Change.by(self.actor)

    def acting_for(self, customer_id: str) -> "Principal":
        """Return the same operator acting for a customer."""
        return replace(self, customer=customer_id)


class PrincipalStore(Protocol):
    """Knows whom a credential stands for; what is revoked, over or closed stands for nobody."""

    async def of_key(self, key_sha256: str, at_us: int) -> Principal | None:
        """Return who shows an API key."""

    async def of_session(self, secret_sha256: str, at_us: int) -> Principal | None:
        """Return who has a session."""

    async def has_customer(self, customer_id: str) -> bool:
        """Return whether there is a customer with this id."""
