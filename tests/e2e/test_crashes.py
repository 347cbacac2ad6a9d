"""Whatever is killed, whenever: every answered call has one record, priced once."""

import os
import random

from tests.e2e.crash_rounds import VICTIMS, CrashRounds
from tests.e2e.node import Node


async def test_no_crash_loses_or_doubles_a_call(own_node: Node) -> None:
    seed = int(os.environ.get("DILLO_TEST_SEED", random.randrange(1 << 32)))
    print(f"DILLO_TEST_SEED={seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    victims = [*VICTIMS, "signal", "all"]
    chance.shuffle(victims)
    rounds = CrashRounds(own_node, chance)
    ended = await rounds.run(victims)
    assert ended["Interrupted"] >= len(victims)
    assert sum(call.is_answered for call in rounds.seen) > rounds.callers
