"""What every registry does with customers, keys, prompts and tariffs."""

import dataclasses

import msgspec
import pytest

from dillo.accounts import Change, Registry, customers, keys, prompts
from dillo.accounts.errors import (
    InvalidEntry,
    NoTariff,
    TariffExists,
    UnknownCustomer,
    UnknownKey,
    UnknownPrompt,
)
from dillo.accounts.ports import Limits
from dillo.rating import default_tariff


async def test_a_customer_is_billed_later_unless_prepaid(
    registry: Registry, change: Change
) -> None:
    created = await customers.create(registry, change, "  Acme Ltd ", limits=Limits(5, 2.5, 60.0))
    assert await registry.customers.get(created.id) == created
    assert (created.name, created.currency, created.is_prepaid) == ("Acme Ltd", "EUR", False)
    assert await registry.customers.ledger(created.id) in ([], ())


async def test_a_prepaid_customer_begins_with_an_opening_entry(
    registry: Registry, change: Change
) -> None:
    created = await customers.create(registry, change, "Acme", opening_micros=5_000_000)
    await customers.top_up(registry, change, created.id, 250_000)
    ledger = await registry.customers.ledger(created.id)
    assert [(entry.kind, entry.amount_micros, entry.balance_micros) for entry in ledger] == [
        ("opening", 5_000_000, 5_000_000),
        ("top-up", 250_000, 5_250_000),
    ]
    assert (await registry.customers.get(created.id)).balance_micros == 5_250_000
    told = {entry.action: (entry.subject, entry.after) for entry in await registry.audit.entries()}
    assert told["customer.top-up"] == ("0.25", '{"balance":"5.25"}')


@pytest.mark.parametrize(
    ("name", "currency", "opening", "error"),
    [
        ("", "EUR", None, InvalidEntry),
        ("a\nb", "EUR", None, InvalidEntry),
        ("a" * 201, "EUR", None, InvalidEntry),
        ("Acme", "eur", None, InvalidEntry),
        ("Acme", "EUR", -1, InvalidEntry),
        ("Acme", "GBP", None, NoTariff),
    ],
)
async def test_no_account_without_name_currency_and_tariff(
    registry: Registry,
    change: Change,
    name: str,
    currency: str,
    opening: int | None,
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        await customers.create(registry, change, name, currency=currency, opening_micros=opening)
    assert await registry.audit.entries() == []


async def test_a_customer_can_be_suspended_and_resumed(registry: Registry, change: Change) -> None:
    created = await customers.create(registry, change, "Acme")
    await customers.suspend(registry, change, created.id)
    assert (await registry.customers.get(created.id)).is_suspended
    await customers.resume(registry, change, created.id)
    assert await registry.customers.get(created.id) == created


async def test_who_is_not_a_customer_cannot_be_changed(registry: Registry, change: Change) -> None:
    for attempt in (
        customers.suspend(registry, change, "nobody"),
        customers.top_up(registry, change, "nobody", 1),
        keys.issue(registry, change, "nobody"),
        prompts.add(registry, change, "nobody", "Hello", "0" * 64),
        registry.customers.get("nobody"),
    ):
        with pytest.raises(UnknownCustomer):
            await attempt
    with pytest.raises(InvalidEntry):
        await customers.top_up(registry, change, "nobody", 0)


async def test_a_key_opens_its_customers_account_only(registry: Registry, change: Change) -> None:
    one = await customers.create(registry, change, "One")
    two = await customers.create(registry, change, "Two")
    issued = await keys.issue(registry, change, one.id, "portal")
    assert len(issued.secret) >= 43
    found = await keys.verify(registry, one.id.upper(), issued.secret, change.at_us)
    assert found is not None
    assert (found.id, found.name) == (issued.key.id, "portal")
    for code, secret in ((two.id, issued.secret), (one.id, "wrong"), ("é", issued.secret)):
        assert await keys.verify(registry, code, secret, change.at_us) is None


async def test_a_revoked_key_opens_nothing(registry: Registry, change: Change) -> None:
    customer = await customers.create(registry, change, "Acme")
    old = await keys.issue(registry, change, customer.id, "old")
    new = await keys.issue(registry, change, customer.id, "new")
    await keys.revoke(registry, change, customer.id, old.key.id)
    assert await keys.verify(registry, customer.id, old.secret, change.at_us) is None
    assert await keys.verify(registry, customer.id, new.secret, change.at_us) is not None
    for customer_id, key_id in ((customer.id, old.key.id), ("nobody", new.key.id)):
        with pytest.raises(UnknownKey):
            await keys.revoke(registry, change, customer_id, key_id)


async def test_the_last_use_of_a_key_is_known_to_the_minute(
    registry: Registry, change: Change
) -> None:
    customer = await customers.create(registry, change, "Acme")
    issued = await keys.issue(registry, change, customer.id)
    for used_s, noted_s in ((10, 10), (50, 10), (80, 80)):
        at_us = change.at_us + used_s * 1_000_000
        await keys.verify(registry, customer.id, issued.secret, at_us)
        (key,) = await registry.keys.of(customer.id)
        assert key.last_used_us == change.at_us + noted_s * 1_000_000


async def test_the_same_audio_is_one_prompt(registry: Registry, change: Change) -> None:
    one = await customers.create(registry, change, "One")
    two = await customers.create(registry, change, "Two")
    first = await prompts.add(registry, change, one.id, "Hello", "ab" * 32)
    again = await prompts.add(registry, change, one.id, "Hello again", "ab" * 32)
    other = await prompts.add(registry, change, two.id, "Hello", "ab" * 32)
    assert first == again
    assert first.id != other.id
    assert await registry.prompts.get(one.id, first.id) == first
    with pytest.raises(UnknownPrompt):
        await registry.prompts.get(two.id, first.id)
    with pytest.raises(InvalidEntry):
        await prompts.add(registry, change, one.id, "Hello", "no hash")


async def test_a_tariff_counts_from_when_it_takes_effect(
    registry: Registry, change: Change
) -> None:
    shipped = default_tariff()
    second, pounds = (
        msgspec.structs.replace(shipped, version=version, currency=currency)
        for version, currency in ((2, "EUR"), (3, "GBP"))
    )
    await registry.tariffs.add(second, change.at_us + 10, change)
    await registry.tariffs.add(pounds, change.at_us, change)
    assert await registry.tariffs.at("EUR", change.at_us + 9) == shipped
    assert await registry.tariffs.at("EUR", change.at_us + 10) == second
    assert await registry.tariffs.at("GBP", change.at_us) == pounds
    with pytest.raises(NoTariff):
        await registry.tariffs.at("GBP", change.at_us - 1)
    with pytest.raises(TariffExists):
        await registry.tariffs.add(second, change.at_us, change)


async def test_every_change_is_in_the_audit_log(registry: Registry, change: Change) -> None:
    customer = await customers.create(registry, change, "Acme")
    later = dataclasses.replace(change, actor="portal", at_us=change.at_us + 1)
    issued = await keys.issue(registry, later, customer.id)
    newest, oldest = await registry.audit.entries(customer.id)
    assert (newest.actor, newest.action, newest.subject) == ("portal", "key.issue", issued.key.id)
    assert (oldest.actor, oldest.action, oldest.at_us) == (
        "operator",
        "customer.create",
        change.at_us,
    )
    assert await registry.audit.entries("nobody") == []
