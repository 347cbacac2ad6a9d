"""The stores behind people: who signs in, how, and what they are written."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from dillo.accounts.changes import Change
from dillo.accounts.ports import Registry
from dillo.accounts.roles import Role
from dillo.accounts.webhook_secrets import Cipher


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in."""

    id: str
    customer_id: str | None
    """None for an operator."""
    email: str
    """In lower case."""
    name: str
    role: Role
    password_hash: str
    created_us: int
    verified_us: int | None = None
    """When the address was known to be theirs; nobody signs in before."""
    sealed_totp: str | None = None
    totp_confirmed_us: int | None = None
    """Since when codes are asked for."""
    last_login_us: int | None = None

    @property
    def actor(self) -> str:
        """Their name in the audit log."""
        return f"{'operator' if self.customer_id is None else 'user'}:{self.email}"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in at one browser."""

    id: str
    user_id: str
    created_us: int
    last_used_us: int
    expires_us: int
    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link in an e-mail that proves an address, once."""

    id: str
    user_id: str
    purpose: str
    """`verify`, `reset`, or `known` where nothing was asked for."""
    created_us: int
    expires_us: int
    password_hash: str | None = None
    """What a sign-up chose: it counts only for who follows its own link."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody asked to join a customer, or the operators."""

    id: str
    customer_id: str | None
    email: str
    role: Role
    invited_by: str
    created_us: int
    expires_us: int
    accepted_us: int | None = None
    revoked_us: int | None = None


@dataclass(frozen=True, slots=True)
class Failures:
    """How often signing in with one address failed of late."""

    count: int = 0
    last_us: int = 0


class UserStore(Protocol):
    """People; `customer_id` None means operators."""

    async def add(self, user: User, change: Change) -> None:
        """Store somebody. Raises EmailTaken."""

    async def with_email(self, email: str) -> User | None:
        """Return who has an address."""

    async def get(self, user_id: str) -> User:
        """Return somebody. Raises UnknownUser."""

    async def of(self, customer_id: str | None, user_id: str) -> User:
        """Return somebody of a customer. Raises UnknownUser."""

    async def page(
        self, customer_id: str | None, after_id: str | None, limit: int
    ) -> Sequence[User]:
        """Return people, newest first, those after one of them."""

    async def lock(self, customer_id: str | None, role: Role) -> Sequence[str]:
        """Return the ids of who has a role and is verified; they stay so until the transaction
        ends."""

    async def update(
        self,
        user: User,
        change: Change,
        action: str,
        *,
        shown: Sequence[str] = (),
        **values: object,
    ) -> User:
        """Change columns of somebody; those `shown` are in the audit log, before and after."""

    async def remove(self, user: User, change: Change) -> None:
        """Forget somebody with their sessions and links."""

    async def take_totp_step(self, user_id: str, step: int) -> bool:
        """Use up a time step; false where it, or a later one, was used."""

    async def set_recovery_codes(self, user_id: str, sha256s: Sequence[str]) -> None:
        """Store recovery codes in place of those there are."""

    async def take_recovery_code(self, user_id: str, sha256: str, at_us: int) -> bool:
        """Use up a recovery code; false where it is none, or was used."""

    async def count_recovery_codes(self, user_id: str) -> int:
        """Return how many recovery codes are left."""


class SessionStore(Protocol):
    """Who is signed in where."""

    async def add(self, session: Session, secret_sha256: str) -> None:
        """Store a session."""

    async def of(self, user_id: str, at_us: int) -> Sequence[Session]:
        """Return somebody's sessions that are not over, newest first."""

    async def revoke(self, user_id: str, session_id: str, change: Change) -> None:
        """End a session. Raises UnknownSession."""

    async def revoke_all(self, user_id: str, at_us: int, *, but: str | None = None) -> None:
        """End somebody's sessions, but for one."""


class LinkStore(Protocol):
    """Links in e-mails, by the SHA-256 of their secret."""

    async def add(self, link: Link, secret_sha256: str) -> None:
        """Store a link."""

    async def newest(self, user_id: str, purpose: str) -> Link | None:
        """Return the last link of a purpose that somebody was sent."""

    async def take(self, purpose: str, secret_sha256: str, at_us: int) -> Link:
        """Use up a link and all others of the purpose that its user has. Raises UnknownLink."""


class InvitationStore(Protocol):
    """Invitations, by the SHA-256 of their secret; `customer_id` None means to the operators."""

    async def add(self, invitation: Invitation, secret_sha256: str, change: Change) -> None:
        """Store an invitation."""

    async def page(
        self, customer_id: str | None, after_id: str | None, limit: int
    ) -> Sequence[Invitation]:
        """Return invitations, newest first, those after one of them."""

    async def get(self, customer_id: str | None, invitation_id: str) -> Invitation:
        """Return an invitation. Raises UnknownInvitation."""

    async def revoke(self, customer_id: str | None, invitation_id: str, change: Change) -> None:
        """Make an open invitation worthless. Raises UnknownInvitation."""

    async def take(self, secret_sha256: str, at_us: int) -> Invitation:
        """Use up an open invitation. Raises UnknownLink."""


class MailStore(Protocol):
    """E-mails that are to be sent."""

    async def add(self, recipient: str, subject: str, sealed_text: str, at_us: int) -> None:
        """Owe somebody an e-mail."""


class FailureStore(Protocol):
    """Failures to sign in, by the SHA-256 of the address, whether or not anybody has it."""

    async def of(self, email_sha256: str) -> Failures:
        """Return the failures since somebody last signed in with it."""

    async def note(self, email_sha256: str, at_us: int) -> None:
        """Count one more."""

    async def forget(self, email_sha256: str) -> None:
        """Begin again at none."""


class Transactions(Protocol):
    """Makes one transaction of what a block reads and writes."""

    def joint(self, alone: str | None = None) -> AbstractAsyncContextManager[object]:
        """Join all in the block; of blocks that name the same thing one runs at a time."""


@dataclass(frozen=True, slots=True)
class People:
    """All that use cases of people need."""

    registry: Registry
    users: UserStore
    sessions: SessionStore
    links: LinkStore
    invitations: InvitationStore
    mails: MailStore
    failures: FailureStore
    transactions: Transactions
    cipher: Cipher
    base_url: Callable[[], str]
    """Where links lead, without a slash at the end."""
