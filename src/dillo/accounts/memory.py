"""The in-memory twin of the stores: the same rules in plain dictionaries, for tests and trials."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dillo.accounts.errors import (
    InsufficientBalance,
    NoTariff,
    NumberExists,
    NumberNotHeld,
    NumberQuarantined,
    NumberTaken,
    PromptInUse,
    TariffExists,
    TrunkExists,
    UnknownApplication,
    UnknownCustomer,
    UnknownKey,
    UnknownNumber,
    UnknownPrompt,
    UnknownTariff,
    UnknownTrunk,
)
from dillo.accounts.ports import (
    ApiKey,
    Application,
    AuditEntry,
    Change,
    Customer,
    Fees,
    InForce,
    LedgerEntry,
    Number,
    NumberLimits,
    Registry,
    StoredPrompt,
    TariffVersion,
    Trunk,
)
from dillo.model.ids import new_id
from dillo.rating import Tariff, default_tariff


def memory_registry() -> Registry:
    """Return a registry that forgets everything when it goes."""
    state = _State()
    return Registry(
        customers=_Customers(state),
        keys=_Keys(state),
        numbers=_Numbers(state),
        applications=_Applications(state),
        prompts=_Prompts(state),
        tariffs=_Tariffs(state),
        trunks=_Trunks(state),
        webhook_secrets=_WebhookSecrets(state),
        audit=_Audit(state),
    )


@dataclass(slots=True)
class _State:
    customers: dict[str, Customer] = field(default_factory=dict)
    ledgers: dict[str, list[LedgerEntry]] = field(default_factory=dict)
    keys: dict[str, ApiKey] = field(default_factory=dict)
    """By SHA-256."""
    numbers: dict[str, Number] = field(default_factory=dict)
    """By E.164."""
    applications: dict[str, Application] = field(default_factory=dict)
    behaviors: dict[str, str] = field(default_factory=dict)
    prompts: dict[str, StoredPrompt] = field(default_factory=dict)
    tariffs: list[tuple[int, Tariff]] = field(default_factory=list)
    trunks: dict[str, Trunk] = field(default_factory=dict)
    """By name."""
    webhook_secrets: dict[str, str] = field(default_factory=dict)
    """By customer."""
    audit: list[AuditEntry] = field(default_factory=list)

    def customer(self, customer_id: str) -> Customer:
        if customer_id not in self.customers:
            raise UnknownCustomer("there is no such customer")
        return self.customers[customer_id]

    def move(self, customer_id: str, kind: str, reference: str, amount: int, at_us: int) -> None:
        if amount == 0:
            return
        customer = self.customer(customer_id)
        balance = customer.balance_micros + amount
        self.customers[customer_id] = replace(customer, balance_micros=balance)
        entry = LedgerEntry(at_us, kind, reference, amount, balance)
        self.ledgers.setdefault(customer_id, []).append(entry)

    def note(self, change: Change, action: str, subject: str, customer_id: str | None) -> None:
        self.audit.append(AuditEntry(change.at_us, change.actor, customer_id, action, subject))


@dataclass(frozen=True, slots=True)
class _Customers:
    state: _State

    async def add(self, customer: Customer, change: Change) -> None:
        self.state.customers[customer.id] = replace(customer, balance_micros=0)
        opening = customer.balance_micros
        self.state.move(customer.id, "opening", customer.id, opening, change.at_us)
        self.state.note(change, "customer.create", customer.id, customer.id)

    async def get(self, customer_id: str) -> Customer:
        return self.state.customer(customer_id)

    async def suspend(self, customer_id: str, is_suspended: bool, change: Change) -> None:
        suspended = replace(self.state.customer(customer_id), is_suspended=is_suspended)
        self.state.customers[customer_id] = suspended
        action = "customer.suspend" if is_suspended else "customer.resume"
        self.state.note(change, action, customer_id, customer_id)

    async def top_up(self, customer_id: str, amount_micros: int, change: Change) -> None:
        self.state.move(customer_id, "top-up", new_id(), amount_micros, change.at_us)
        self.state.note(change, "customer.top-up", str(amount_micros), customer_id)

    async def lend(self, customer_id: str, credit_micros: int, change: Change) -> None:
        customer = replace(self.state.customer(customer_id), credit_micros=credit_micros)
        self.state.customers[customer_id] = customer
        self.state.note(change, "customer.lend", str(credit_micros), customer_id)

    async def ledger(self, customer_id: str) -> Sequence[LedgerEntry]:
        return tuple(self.state.ledgers.get(customer_id, ()))


@dataclass(frozen=True, slots=True)
class _Keys:
    state: _State

    async def add(self, key: ApiKey, key_sha256: str, change: Change) -> None:
        if key.customer_id is not None:
            self.state.customer(key.customer_id)
        self.state.keys[key_sha256] = key
        self.state.note(change, "key.issue", key.id, key.customer_id)

    async def find(self, key_sha256: str) -> ApiKey | None:
        return self.state.keys.get(key_sha256)

    async def touch(self, key_id: str, at_us: int) -> None:
        key_sha256, key = self._by_id(key_id)
        self.state.keys[key_sha256] = replace(key, last_used_us=at_us)

    async def get(self, customer_id: str | None, key_id: str) -> ApiKey:
        for key in await self.of(customer_id):
            if key.id == key_id:
                return key
        raise UnknownKey(f"there is no key {key_id}")

    async def rename(
        self, customer_id: str | None, key_id: str, name: str, change: Change
    ) -> ApiKey:
        renamed = replace(await self._living(customer_id, key_id), name=name)
        self.state.keys[self._by_id(key_id)[0]] = renamed
        self.state.note(change, "key.rename", key_id, customer_id)
        return renamed

    async def replace(
        self, old: ApiKey, new: ApiKey, key_sha256: str, until_us: int, change: Change
    ) -> None:
        key = await self._living(old.customer_id, old.id)
        ending = replace(key, expires_us=min(until_us, key.expires_us or until_us))
        self.state.keys[self._by_id(old.id)[0]] = ending
        self.state.keys[key_sha256] = new
        self.state.note(change, "key.rotate", old.id, old.customer_id)

    async def revoke(self, customer_id: str | None, key_id: str, change: Change) -> None:
        key = await self._living(customer_id, key_id)
        self.state.keys[self._by_id(key_id)[0]] = replace(key, revoked_us=change.at_us)
        self.state.note(change, "key.revoke", key_id, customer_id)

    async def of(self, customer_id: str | None) -> Sequence[ApiKey]:
        return tuple(key for key in self.state.keys.values() if key.customer_id == customer_id)

    async def page(
        self, customer_id: str | None, after_id: str | None, limit: int
    ) -> Sequence[ApiKey]:
        keys = sorted(await self.of(customer_id), key=lambda key: key.id, reverse=True)
        return [key for key in keys if after_id is None or key.id < after_id][:limit]

    async def _living(self, customer_id: str | None, key_id: str) -> ApiKey:
        key = await self.get(customer_id, key_id)
        if key.revoked_us is not None:
            raise UnknownKey(f"there is no key {key_id} that is not revoked")
        return key

    def _by_id(self, key_id: str) -> tuple[str, ApiKey]:
        return next(item for item in self.state.keys.items() if item[1].id == key_id)


@dataclass(frozen=True, slots=True)
class _Numbers:
    state: _State

    async def add(self, number: Number, change: Change) -> None:
        if number.e164 in self.state.numbers:
            raise NumberExists(f"{number.e164} is in the inventory already")
        self.state.numbers[number.e164] = number
        self.state.note(change, "number.add", number.e164, None)

    async def get(self, e164: str) -> Number:
        if e164 not in self.state.numbers:
            raise UnknownNumber(f"{e164} is not in the inventory")
        return self.state.numbers[e164]

    async def of(self, customer_id: str | None) -> Sequence[Number]:
        found = (each for each in self.state.numbers.values() if each.customer_id == customer_id)
        return sorted(found, key=lambda number: number.e164)

    async def buy(self, e164: str, customer_id: str, fees: Fees, change: Change) -> Number:
        number, customer = await self.get(e164), self.state.customer(customer_id)
        if number.customer_id is not None:
            raise NumberTaken(f"{e164} is taken")
        if customer.is_prepaid and customer.spendable_micros < fees.total_micros:
            raise InsufficientBalance(f"the balance does not cover the fees of {e164}")
        if number.free_from_us > change.at_us:
            raise NumberQuarantined(f"{e164} was released not long ago")
        bought = replace(number, customer_id=customer_id)
        self.state.numbers[e164] = bought
        holding = new_id()
        for line, month in ((fees.set_up, 0), (fees.month, 1)):
            reference = f"{holding}/{month}" if month else holding
            self.state.move(customer_id, line.kind, reference, -line.amount_micros, change.at_us)
        self.state.note(change, "number.buy", e164, customer_id)
        return bought

    async def assign(
        self,
        number: Number,
        primary_application_id: str | None,
        fallback_application_id: str | None,
        change: Change,
    ) -> None:
        self._check_held(number)
        self.state.numbers[number.e164] = replace(
            number,
            primary_application_id=primary_application_id,
            fallback_application_id=fallback_application_id,
        )
        self.state.note(change, "number.assign", number.e164, number.customer_id)

    async def limit(self, number: Number, limits: NumberLimits, change: Change) -> None:
        self._check_held(number)
        self.state.numbers[number.e164] = replace(number, limits=limits)
        self.state.note(change, "number.limit", number.e164, number.customer_id)

    async def release(self, number: Number, free_from_us: int, change: Change) -> None:
        self._check_held(number)
        free = replace(
            number,
            customer_id=None,
            primary_application_id=None,
            fallback_application_id=None,
            limits=NumberLimits(),
            free_from_us=free_from_us,
        )
        self.state.numbers[number.e164] = free
        self.state.note(change, "number.release", number.e164, number.customer_id)

    def _check_held(self, number: Number) -> None:
        held = self.state.numbers[number.e164]
        if held.customer_id is None or held.customer_id != number.customer_id:
            raise NumberNotHeld(f"{number.e164} is not held by this customer")


@dataclass(frozen=True, slots=True)
class _Applications:
    state: _State

    async def find(self, customer_id: str, name: str) -> Application:
        for application in await self.of(customer_id):
            if application.name == name:
                return application
        raise UnknownApplication(f"there is no application {name!r} of this customer")

    async def of(self, customer_id: str) -> Sequence[Application]:
        found = (
            each for each in self.state.applications.values() if each.customer_id == customer_id
        )
        return sorted(found, key=lambda application: application.name)

    async def publish(
        self, customer_id: str, name: str, description: str | None, behavior: str, change: Change
    ) -> Application:
        self.state.customer(customer_id)
        try:
            current = await self.find(customer_id, name)
        except UnknownApplication:
            current = Application(new_id(), customer_id, name, "", True, None, 0)
        published = replace(
            current,
            description=current.description if description is None else description,
            version_id=new_id(),
            version=current.version + 1,
        )
        self.state.applications[published.id] = published
        self.state.behaviors[str(published.version_id)] = behavior
        self.state.note(change, "application.publish", f"{name} v{published.version}", customer_id)
        return published

    async def enable(self, application_id: str, is_enabled: bool, change: Change) -> None:
        application = replace(self.state.applications[application_id], is_enabled=is_enabled)
        self.state.applications[application_id] = application
        action = "application.enable" if is_enabled else "application.disable"
        self.state.note(change, action, application.name, application.customer_id)

    async def behavior(self, version_id: str) -> str | None:
        return self.state.behaviors.get(version_id)

    async def in_force(self, customer_id: str, mentioning: Sequence[str]) -> Sequence[InForce]:
        found = (
            InForce(each.id, each.name, self.state.behaviors[each.version_id])
            for each in await self.of(customer_id)
            if each.version_id is not None
        )
        return [each for each in found if any(text in each.behavior for text in mentioning)]


@dataclass(frozen=True, slots=True)
class _Prompts:
    state: _State

    async def add(self, prompt: StoredPrompt, change: Change) -> StoredPrompt:
        self.state.customer(prompt.customer_id)
        for known in await self.of(prompt.customer_id):
            if known.sha256 == prompt.sha256:
                return known
        self.state.prompts[prompt.id] = prompt
        self.state.note(change, "prompt.add", prompt.id, prompt.customer_id)
        return prompt

    async def get(self, customer_id: str, prompt_id: str) -> StoredPrompt:
        prompt = self.state.prompts.get(prompt_id)
        if prompt is None or prompt.customer_id != customer_id:
            raise UnknownPrompt(f"there is no prompt {prompt_id} of this customer")
        return prompt

    async def of(self, customer_id: str) -> Sequence[StoredPrompt]:
        found = (each for each in self.state.prompts.values() if each.customer_id == customer_id)
        return sorted(found, key=lambda prompt: (prompt.name, prompt.id))

    async def page(
        self, customer_id: str, after_id: str | None, limit: int
    ) -> Sequence[StoredPrompt]:
        found = sorted(await self.of(customer_id), key=lambda prompt: prompt.id, reverse=True)
        return [each for each in found if after_id is None or each.id < after_id][:limit]

    async def rename(self, prompt: StoredPrompt, name: str, change: Change) -> StoredPrompt:
        renamed = self.state.prompts[prompt.id] = replace(prompt, name=name)
        self.state.note(change, "prompt.rename", prompt.id, prompt.customer_id)
        return renamed

    async def delete(self, prompt: StoredPrompt, change: Change) -> None:
        playing = [
            each.name
            for each in self.state.applications.values()
            if each.customer_id == prompt.customer_id
            and prompt.sha256 in self.state.behaviors.get(each.version_id or "", "")
        ]
        if playing:
            raise PromptInUse(f"{prompt.name} is played by {', '.join(sorted(playing))}")
        del self.state.prompts[prompt.id]
        self.state.note(change, "prompt.delete", prompt.id, prompt.customer_id)


@dataclass(frozen=True, slots=True)
class _Tariffs:
    state: _State

    async def add(self, tariff: Tariff, effective_us: int, change: Change) -> None:
        if any(known.label == tariff.label for _, known in self.state.tariffs):
            raise TariffExists(f"tariff {tariff.label} exists already")
        self.state.tariffs.append((effective_us, tariff))
        self.state.note(change, "tariff.add", tariff.label, None)

    async def at(self, currency: str, at_us: int) -> Tariff:
        in_force = [
            (effective_us, tariff)
            for effective_us, tariff in self.state.tariffs
            if tariff.currency == currency and effective_us <= at_us
        ]
        if in_force:
            return max(in_force, key=lambda pair: (pair[0], pair[1].version))[1]
        if currency == default_tariff().currency:
            return default_tariff()
        raise NoTariff(f"there is no tariff in {currency}")

    async def version(self, name: str, version: int) -> Tariff:
        for tariff in (default_tariff(), *(known for _, known in self.state.tariffs)):
            if (tariff.name, tariff.version) == (name, version):
                return tariff
        raise UnknownTariff(f"there is no tariff {name} v{version}")

    async def latest(self, name: str) -> int:
        known = [default_tariff(), *(tariff for _, tariff in self.state.tariffs)]
        return max((tariff.version for tariff in known if tariff.name == name), default=0)

    async def all(self) -> Sequence[TariffVersion]:
        known = [(0, default_tariff()), *self.state.tariffs]
        return [
            TariffVersion(
                tariff.name,
                tariff.version,
                tariff.currency,
                effective_us,
                len(tariff.calls) + len(tariff.dials),
            )
            for effective_us, tariff in sorted(known, key=lambda pair: -pair[0])
        ]


@dataclass(frozen=True, slots=True)
class _Trunks:
    state: _State

    async def add(self, trunk: Trunk, change: Change) -> None:
        taken = {prefix for other in self.state.trunks.values() for prefix in other.prefixes}
        if trunk.name in self.state.trunks or taken.intersection(trunk.prefixes):
            raise TrunkExists(f"the name {trunk.name} or one of the prefixes is taken")
        self.state.trunks[trunk.name] = replace(trunk, prefixes=tuple(sorted(trunk.prefixes)))
        self.state.note(change, "trunk.add", trunk.name, None)

    async def all(self) -> Sequence[Trunk]:
        return [self.state.trunks[name] for name in sorted(self.state.trunks)]

    async def remove(self, name: str, change: Change) -> None:
        if self.state.trunks.pop(name, None) is None:
            raise UnknownTrunk(f"there is no trunk {name}")
        self.state.note(change, "trunk.remove", name, None)


@dataclass(frozen=True, slots=True)
class _WebhookSecrets:
    state: _State

    async def find(self, customer_id: str) -> str | None:
        return self.state.webhook_secrets.get(customer_id)

    async def put(self, customer_id: str, sealed: str, change: Change, *, replaces: bool) -> None:
        self.state.customer(customer_id)
        if customer_id in self.state.webhook_secrets and not replaces:
            return
        self.state.webhook_secrets[customer_id] = sealed
        self.state.note(change, "webhook-secret.set", customer_id, customer_id)


@dataclass(frozen=True, slots=True)
class _Audit:
    state: _State

    async def entries(self, customer_id: str | None = None) -> Sequence[AuditEntry]:
        newest_first = reversed(self.state.audit)
        return [each for each in newest_first if customer_id in {None, each.customer_id}][:1000]
