"""Keys made, replaced, revoked and used in any order open exactly what they should."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from dillo.accounts import Change, Registry, customers, keys
from dillo.accounts.errors import UnknownKey
from dillo.accounts.roles import Role
from dillo.store.database import Database
from dillo.store.registry import sql_registry

T = TypeVar("T")

S = 1_000_000


@dataclass
class Expected:
    """What is known of a key without looking."""

    customer_id: str
    secret: str
    role: Role
    ends_us: int | None = None
    is_revoked: bool = False
    used_us: int | None = None

    def opens(self, at_us: int) -> bool:
        return not self.is_revoked and (self.ends_us is None or at_us < self.ends_us)


class KeyLifecycle(RuleBasedStateMachine):
    """Two customers with keys, on a clock of their own."""

    ids = Bundle("ids")

    def __init__(self, registry: Registry, runner: asyncio.Runner) -> None:
        super().__init__()
        self.registry = registry
        self.runner = runner
        self.at_us = 1_800_000_000 * S
        self.expected: dict[str, Expected] = {}
        self.customers: list[str] = []

    @property
    def change(self) -> Change:
        return Change("test", self.at_us)

    @initialize()
    def open_accounts(self) -> None:
        for name in ("One", "Two"):
            created = self.run(customers.create(self.registry, self.change, name))
            self.customers.append(created.id)

    @rule(target=ids, owner=st.integers(0, 1), role=st.sampled_from(list(Role)[:3]))
    def issue(self, owner: int, role: Role) -> str:
        customer_id = self.customers[owner]
        issued = self.run(keys.issue(self.registry, self.change, customer_id, "x", role))
        self.expected[issued.key.id] = Expected(customer_id, issued.secret, role)
        return issued.key.id

    @rule(target=ids, key_id=ids, overlap_s=st.integers(0, 200))
    def rotate(self, key_id: str, overlap_s: int) -> object:
        old = self.expected[key_id]
        rotating = keys.rotate(self.registry, self.change, old.customer_id, key_id, overlap_s)
        if not old.opens(self.at_us):
            self.assert_unknown(rotating)
            return multiple()
        issued = self.run(rotating)
        ends_us = self.at_us + overlap_s * S
        old.ends_us = ends_us if old.ends_us is None else min(old.ends_us, ends_us)
        self.expected[issued.key.id] = Expected(old.customer_id, issued.secret, old.role)
        return issued.key.id

    @rule(key_id=ids)
    def revoke(self, key_id: str) -> None:
        key = self.expected[key_id]
        revoking = keys.revoke(self.registry, self.change, key.customer_id, key_id)
        if key.is_revoked:
            self.assert_unknown(revoking)
        else:
            self.run(revoking)
        key.is_revoked = True

    @rule(key_id=consumes(ids))
    def strangers_touch_nothing(self, key_id: str) -> None:
        other = next(each for each in self.customers if each != self.expected[key_id].customer_id)
        self.assert_unknown(keys.revoke(self.registry, self.change, other, key_id))
        self.assert_unknown(keys.rotate(self.registry, self.change, other, key_id, 0))
        self.assert_unknown(keys.rename(self.registry, self.change, other, key_id, "y"))

    @rule(seconds=st.integers(1, 300))
    def wait(self, seconds: int) -> None:
        self.at_us += seconds * S

    @invariant()
    def every_key_opens_what_it_should(self) -> None:
        for key_id, key in self.expected.items():
            for customer_id in self.customers:
                found = self.run(keys.verify(self.registry, customer_id, key.secret, self.at_us))
                should = customer_id == key.customer_id and key.opens(self.at_us)
                assert (found is not None) is should
                if found is not None:
                    assert (found.id, found.role) == (key_id, key.role)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def assert_unknown(self, attempt: Coroutine[Any, Any, object]) -> None:
        with pytest.raises(UnknownKey):
            self.run(attempt)


def test_keys_open_what_they_should(url: str) -> None:
    with asyncio.Runner() as runner:
        database = Database.open(url)
        registry = sql_registry(database)
        run_state_machine_as_test(
            lambda: KeyLifecycle(registry, runner),  # type: ignore[arg-type]  # any factory will do
            settings=settings(max_examples=8, stateful_step_count=12, deadline=None),
        )
        runner.run(database.close())
