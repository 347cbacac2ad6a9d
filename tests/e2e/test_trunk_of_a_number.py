"""A number whose calls come over a trunk takes them from its hosts only."""

import httpx
from tests.e2e.node import Held, Node, behavior, say, wait_until
from tests.e2e.telephones import act, place, plan

from dillo.accounts import inventory, numbers, trunks
from dillo.accounts.ports import Change, Registry
from dillo.store.database import Database
from dillo.store.inventory import SqlInventory

NUMBER = "+442079489100"


def put_on_trunk(node: Node, host: str) -> None:
    """Give the trunk of the number another host; the first time the number and the trunk."""

    async def work(registry: Registry, change: Change) -> None:
        known = await registry.trunks.all()
        if known:
            await trunks.change(registry, change, known[0], hosts=[host])
        else:
            await trunks.add(registry, change, "carrier", [host], prefixes=["999"])

    node.accounts(work)


def hold_on_trunk(node: Node) -> Held:
    held = node.hold(behavior(say("Hello.")))

    async def work(registry: Registry, change: Change) -> Held:
        database = Database.open(node.database_url)
        try:
            sheet = f"number,trunk\n{NUMBER},carrier\n"
            await inventory.load(SqlInventory(database), change, sheet)
        finally:
            await database.close()
        await numbers.buy(registry, change, NUMBER, held.customer_code)
        await numbers.assign(registry, change, NUMBER, "Primary")
        return Held(NUMBER, held.customer_code, held.api_key)

    return node.accounts(work)


def turned_away(node: Node) -> float:
    """Return how many calls came over another trunk, as last told: every 5 s."""
    for line in httpx.get(f"{node.http}/metrics", trust_env=False).text.splitlines():
        if line.startswith('dillo_call_attempts_total{outcome="wrong-trunk"}'):
            return float(line.split()[-1])
    return 0.0


def test_calls_come_over_the_trunk_of_their_number(own_node: Node) -> None:
    node = own_node
    node.start()
    put_on_trunk(node, "192.0.2.7")
    held = hold_on_trunk(node)
    (stranger,) = place(plan(node, held))
    assert stranger.status == 403
    log = node.home / "log"
    wait_until(lambda: "a call did not come over its number's trunk" in log.read_text())

    # Whoever is another number of the platform comes from within.
    other = node.hold(behavior(act("Dial", To=[NUMBER], Timeout=10)))
    (dialled,) = place(plan(node, other, hang_up_after_s=2))
    assert dialled.status == 200
    node.records(held, 1)

    put_on_trunk(node, "localhost:5060")  # by name; from whichever port
    (carried,) = place(plan(node, held))
    assert carried.status == 200
    node.records(held, 2)  # the stranger has left no record
    wait_until(lambda: turned_away(node))
    assert turned_away(node) == 1
