"""What every registry does with trunks, and which of them a number goes through."""

from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from dillo.accounts import Change, Registry, trunks
from dillo.accounts.errors import InvalidEntry, TrunkExists, UnknownTrunk
from dillo.calls.ports import Carrier
from dillo.model.errors import Unavailable
from dillo.store.carriers import SqlCarriers
from dillo.store.database import Database
from dillo.store.registry import sql_registry
from dillo.store.vault import Vault


async def test_trunk_is_kept_until_it_is_removed(registry: Registry, change: Change) -> None:
    added = await trunks.add(
        registry,
        change,
        "acme",
        ["sip.acme.example", "192.0.2.7:5080", "[2001:db8::7]:5080"],
        prefixes=["+44", "39"],
    )
    assert (added.hosts, added.prefixes) == (
        ("sip.acme.example", "192.0.2.7:5080", "[2001:db8::7]:5080"),
        ("44", "39"),
    )
    (kept,) = await registry.trunks.all()
    assert kept.prefixes == ("39", "44")
    await trunks.remove(registry, change, "acme")
    assert await registry.trunks.all() == []
    actions = [entry.action for entry in await registry.audit.entries()]
    assert sorted(actions) == ["trunk.add", "trunk.remove"]


async def test_names_and_prefixes_are_taken_once(registry: Registry, change: Change) -> None:
    await trunks.add(registry, change, "acme", ["a.example"], prefixes=["+44"])
    for name, prefix in (("acme", "+39"), ("other", "+44")):
        with pytest.raises(TrunkExists):
            await trunks.add(registry, change, name, ["a.example"], prefixes=[prefix])
    assert len(await registry.trunks.all()) == 1


async def test_trunk_is_changed_in_place(registry: Registry, change: Change) -> None:
    await trunks.add(registry, change, "other", ["b.example"], prefixes=["+39"])
    added = await trunks.add(
        registry, change, "acme", ["a.example"], username="u", sealed_password="x"
    )
    await trunks.change(registry, change, added, hosts=["c.example"], sealed_password="y")
    changed = await registry.trunks.get("acme")
    assert changed == replace(added, hosts=("c.example",), sealed_password="y")
    open_one = await trunks.change(registry, change, changed, username="", prefixes=["+44"])
    assert (open_one.username, open_one.sealed_password) == (None, None)
    assert open_one == await registry.trunks.get("acme")
    with pytest.raises(InvalidEntry):
        await trunks.change(registry, change, open_one, username="u")
    with pytest.raises(TrunkExists):
        await trunks.change(registry, change, open_one, prefixes=["+39"])
    await trunks.remove(registry, change, "acme")
    with pytest.raises(UnknownTrunk):
        await trunks.change(registry, change, open_one, hosts=["d.example"])


async def test_the_audit_log_tells_what_of_a_trunk_was_changed(
    registry: Registry, change: Change
) -> None:
    added = await trunks.add(
        registry, change, "acme", ["a.example"], username="u", sealed_password="secret"
    )
    later = Change(change.actor, change.at_us + 1)
    await trunks.change(registry, later, added, hosts=["b.example"], sealed_password="new")
    entry, _ = await registry.audit.entries()
    assert (entry.action, entry.before) == ("trunk.change", '{"hosts":["a.example"]}')
    assert entry.after == '{"hosts":["b.example"],"is_password_new":true}'


async def test_removing_what_is_not_there_is_refused(registry: Registry, change: Change) -> None:
    with pytest.raises(UnknownTrunk):
        await trunks.remove(registry, change, "acme")


@pytest.mark.parametrize(
    "host", ["", "a b", "a:0", "a:99999", "sip:a", "-a", "a/b", "2001:db8::7", "[a]"]
)
async def test_hosts_are_checked(registry: Registry, change: Change, host: str) -> None:
    with pytest.raises(InvalidEntry):
        await trunks.add(registry, change, "acme", [host])


@pytest.mark.parametrize("prefix", ["", "++44", "4a", "1" * 16])
async def test_prefixes_are_checked(registry: Registry, change: Change, prefix: str) -> None:
    with pytest.raises(InvalidEntry):
        await trunks.add(registry, change, "acme", ["a.example"], prefixes=[prefix])


async def test_user_and_password_come_together(registry: Registry, change: Change) -> None:
    with pytest.raises(InvalidEntry):
        await trunks.add(registry, change, "acme", ["a.example"], username="u")


async def test_longest_prefix_chooses_the_carrier(database: Database, change: Change) -> None:
    vault = Vault(Fernet.generate_key().decode())
    registry = sql_registry(database)
    carriers = SqlCarriers(database, vault)
    assert await carriers.towards("+442079460123") is None
    await trunks.add(registry, change, "world", ["w.example"])
    await trunks.add(registry, change, "uk", ["u.example"], prefixes=["+44"])
    await trunks.add(
        registry,
        change,
        "mobile",
        ["m.example", "n.example:5080"],
        prefixes=["+447"],
        username="dillo",
        sealed_password=vault.seal("secret"),
    )
    assert await carriers.towards("+393703188051") == Carrier("world", ("w.example",))
    assert await carriers.towards("+442079460123") == Carrier("uk", ("u.example",))
    assert await carriers.towards("+447700900123") == Carrier(
        "mobile", ("m.example", "n.example:5080"), "dillo", "secret"
    )


async def test_password_of_another_key_is_not_to_be_had(database: Database, change: Change) -> None:
    sealed = Vault(Fernet.generate_key().decode()).seal("secret")
    await trunks.add(
        sql_registry(database), change, "a", ["a.example"], username="u", sealed_password=sealed
    )
    carriers = SqlCarriers(database, Vault(Fernet.generate_key().decode()))
    with pytest.raises(Unavailable, match="another key"):
        await carriers.towards("+442079460123")
