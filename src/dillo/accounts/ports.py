"""What accounts are made of, and the stores that keep them; every method is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.accounts.changes import Change as Change
from dillo.accounts.key_store import ApiKey as ApiKey
from dillo.accounts.key_store import KeyStore as KeyStore
from dillo.rating import ChargeLine, OwnFees, Tariff


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log."""

    at_us: int
    actor: str
    customer_id: str | None
    action: str
    """`number.buy`, `application.publish` …"""
    subject: str
    id: str = ""
    before: str | None = None
    """What was changed, as a JSON object without secrets."""
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a customer may use at once, and for how long."""

    max_concurrent_calls: int = 5000
    max_calls_per_second: float = 1000.0
    max_call_s: float = 14_400.0


@dataclass(frozen=True, slots=True)
class Customer:
    """An account; its id is the CustomerCode."""

    id: str
    name: str
    currency: str
    is_prepaid: bool
    """Whether calls and purchases stop when the balance is used up."""
    balance_micros: int
    is_suspended: bool
    limits: Limits
    credit_micros: int = 0
    """How far below zero a prepaid balance may fall."""
    closed_us: int | None = None
    created_us: int = 0

    @property
    def spendable_micros(self) -> int:
        """What a prepaid customer may still spend."""
        return self.balance_micros + self.credit_micros


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One movement of a balance, and what it left."""

    at_us: int
    kind: str
    reference: str
    amount_micros: int
    balance_micros: int


@dataclass(frozen=True, slots=True)
class NumberLimits:
    """What calls to one number may use; None where only the customer's limit counts."""

    max_concurrent_calls: int | None = None
    max_calls_per_second: float | None = None
    max_call_s: float | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the inventory; `customer_id` is its holder."""

    id: str
    e164: str
    country: str
    """ISO 3166-1 alpha-2."""
    number_type: str
    customer_id: str | None = None
    primary_application_id: str | None = None
    fallback_application_id: str | None = None
    area: str | None = None
    """City or region, as people search for it."""
    trunk: str | None = None
    """The name of the trunk that its calls come over."""
    own_fees: OwnFees | None = None
    limits: NumberLimits = NumberLimits()
    free_from_us: int = 0
    """Nobody may buy it before."""


@dataclass(frozen=True, slots=True)
class Fees:
    """What a number costs at once: its set-up, and its first month."""

    set_up: ChargeLine
    month: ChargeLine

    @property
    def total_micros(self) -> int:
        """What a buyer pays."""
        return self.set_up.amount_micros + self.month.amount_micros


@dataclass(frozen=True, slots=True)
class TariffVersion:
    """A version of a tariff, without its prices."""

    name: str
    version: int
    currency: str
    effective_us: int
    prefixes: int
    """How many its decks have."""


@dataclass(frozen=True, slots=True)
class Application:
    """A phone application; `version` counts what was published under its name."""

    id: str
    customer_id: str
    name: str
    description: str
    is_enabled: bool
    version_id: str | None
    version: int


@dataclass(frozen=True, slots=True)
class InForce:
    """What an application does from the next call on."""

    application_id: str
    application: str
    """Its name."""
    behavior: str
    """JSON."""


@dataclass(frozen=True, slots=True)
class StoredPrompt:
    """Audio that a customer uploaded; the file is kept under its hash."""

    id: str
    customer_id: str
    name: str
    sha256: str
    created_us: int = 0
    size: int | None = None
    """Octets; None where it was uploaded before this was noted, as what follows."""
    duration_ms: int | None = None
    format: str | None = None
    """`wav`, `mp3`, `ogg` or `flac`."""


@dataclass(frozen=True, slots=True)
class Trunk:
    """A carrier that dialled calls leave through."""

    id: str
    name: str
    hosts: tuple[str, ...]
    """`host` or `host:port`, tried in order; an IPv6 address is in brackets."""
    prefixes: tuple[str, ...]
    """First digits of the numbers that go this way, without `+`; empty text for all others."""
    username: str | None = None
    sealed_password: str | None = None
    """Encrypted; only the signalling process reads it."""


class CustomerStore(Protocol):
    """Customers and their ledgers."""

    async def add(self, customer: Customer, change: Change) -> None:
        """Store a customer, whose balance is the opening one."""

    async def get(self, customer_id: str) -> Customer:
        """Return a customer. Raises UnknownCustomer."""

    async def suspend(self, customer_id: str, is_suspended: bool, change: Change) -> None:
        """Stop or resume a customer's calls. Raises UnknownCustomer."""

    async def top_up(self, customer_id: str, amount_micros: int, change: Change) -> None:
        """Add to a balance. Raises UnknownCustomer."""

    async def lend(self, customer_id: str, credit_micros: int, change: Change) -> None:
        """Set how far below zero a balance may fall. Raises UnknownCustomer."""

    async def ledger(self, customer_id: str) -> Sequence[LedgerEntry]:
        """Return the movements of a balance, oldest first."""


class NumberStore(Protocol):
    """The inventory and who holds what of it."""

    async def add(self, number: Number, change: Change) -> None:
        """Store a number that nobody holds. Raises NumberExists."""

    async def get(self, e164: str) -> Number:
        """Return a number. Raises UnknownNumber."""

    async def of(self, customer_id: str | None) -> Sequence[Number]:
        """Return what a customer holds, or what nobody holds, by number."""

    async def buy(self, e164: str, customer_id: str, fees: Fees, change: Change) -> Number:
        """Give a number to a customer and charge its fees; of two buyers one gets it.

        Raises UnknownNumber, UnknownCustomer, NumberTaken, NumberQuarantined and, for a prepaid
        customer, InsufficientBalance.
        """

    async def assign(
        self,
        number: Number,
        primary_application_id: str | None,
        fallback_application_id: str | None,
        change: Change,
    ) -> None:
        """Set both applications. Raises NumberNotHeld where the holder is not as in `number`."""

    async def limit(self, number: Number, limits: NumberLimits, change: Change) -> None:
        """Set a number's limits. Raises NumberNotHeld where the holder is not as in `number`."""

    async def release(self, number: Number, free_from_us: int, change: Change) -> None:
        """Take a number back. Raises NumberNotHeld where the holder is not as in `number`."""


class ApplicationStore(Protocol):
    """Phone applications and their published versions."""

    async def find(self, customer_id: str, name: str) -> Application:
        """Return an application. Raises UnknownApplication."""

    async def of(self, customer_id: str) -> Sequence[Application]:
        """Return a customer's applications by name."""

    async def publish(
        self, customer_id: str, name: str, description: str | None, behavior: str, change: Change
    ) -> Application:
        """Store the next version of an application, made where it is new, and run it from now on.

        `description` None leaves the one there is. Raises UnknownCustomer.
        """

    async def enable(self, application_id: str, is_enabled: bool, change: Change) -> None:
        """Let an application run, or no longer."""

    async def behavior(self, version_id: str) -> str | None:
        """Return the channel behavior of a version."""

    async def in_force(self, customer_id: str, mentioning: Sequence[str]) -> Sequence[InForce]:
        """Return the behaviors in force that contain any of some texts, by application's name."""


class PromptStore(Protocol):
    """The audio that customers uploaded."""

    async def add(self, prompt: StoredPrompt, change: Change) -> StoredPrompt:
        """Store a prompt; the same audio again is the prompt that is there. UnknownCustomer."""

    async def get(self, customer_id: str, prompt_id: str) -> StoredPrompt:
        """Return a customer's prompt. Raises UnknownPrompt."""

    async def of(self, customer_id: str) -> Sequence[StoredPrompt]:
        """Return a customer's prompts by name."""

    async def page(
        self, customer_id: str, after_id: str | None, limit: int
    ) -> Sequence[StoredPrompt]:
        """Return prompts, newest first, those after one of them."""

    async def rename(self, prompt: StoredPrompt, name: str, change: Change) -> StoredPrompt:
        """Give a prompt another name."""

    async def delete(self, prompt: StoredPrompt, change: Change) -> None:
        """Forget a prompt. Raises PromptInUse while a version in force plays it."""


class TariffStore(Protocol):
    """Versions of tariffs and when each takes effect."""

    async def add(self, tariff: Tariff, effective_us: int, change: Change) -> None:
        """Store a version of a tariff. Raises TariffExists."""

    async def at(self, currency: str, at_us: int) -> Tariff:
        """Return the tariff of a currency in force at a moment. Raises NoTariff."""

    async def version(self, name: str, version: int) -> Tariff:
        """Return a version of a tariff. Raises UnknownTariff."""

    async def latest(self, name: str) -> int:
        """Return the highest version of a tariff, 0 where there is none."""

    async def all(self) -> Sequence[TariffVersion]:
        """Return every version, the shipped one included, latest in effect first."""


class TrunkStore(Protocol):
    """The ways out to carriers."""

    async def add(self, trunk: Trunk, change: Change) -> None:
        """Store a trunk. Raises TrunkExists where its name or one of its prefixes is taken."""

    async def all(self) -> Sequence[Trunk]:
        """Return every trunk by name, its prefixes in order."""

    async def get(self, name: str) -> Trunk:
        """Return a trunk. Raises UnknownTrunk."""

    async def change(self, trunk: Trunk, change: Change) -> None:
        """Set all of a trunk; numbers that name it follow where its name is a new one.

        Raises UnknownTrunk, TrunkExists where its name or one of its prefixes is taken.
        """

    async def remove(self, name: str, change: Change) -> None:
        """Forget a trunk. Raises UnknownTrunk, TrunkInUse where numbers name it."""


class WebhookSecretStore(Protocol):
    """The secrets that customers' webhooks are signed with, encrypted."""

    async def find(self, customer_id: str) -> str | None:
        """Return a customer's sealed secret, None where there is none yet."""

    async def put(self, customer_id: str, sealed: str, change: Change, *, replaces: bool) -> None:
        """Store a secret; where there is one already, only if this one `replaces` it.

        Raises UnknownCustomer.
        """


class AuditLog(Protocol):
    """What was changed by whom; every other store writes it."""

    async def entries(self, customer_id: str | None = None) -> Sequence[AuditEntry]:
        """Return the newest 1000 changes, of one customer or of all, newest first."""


@dataclass(frozen=True, slots=True)
class Registry:
    """All stores of one database."""

    customers: CustomerStore
    keys: KeyStore
    numbers: NumberStore
    applications: ApplicationStore
    prompts: PromptStore
    tariffs: TariffStore
    trunks: TrunkStore
    webhook_secrets: WebhookSecretStore
    audit: AuditLog
