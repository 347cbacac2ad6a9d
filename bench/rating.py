"""How many calls a second one core rates against a deck of 100,000 prefixes; prints JSON.

    python bench/rating.py [--calls 200000] [--prefixes 100000] [--seed 1]

Every call is rated by the number that was called and by its caller, and its dialled leg by its
destination; each gets its charge line with explanation, ready to be stored. The same calls are
rated twice, and the two totals, and a hash over all lines, must be the same. `calls_per_s` counts
calls of one line, `legs_per_s` legs of one line; the time is that of the processor.
"""

import argparse
import hashlib
import json
import random
import sys
import time

from dillo.rating import DialedLeg, Tariff, Usage, default_tariff, rate, rate_leg, read_tariff

CALLERS = ("", "39", "393", "44", "anonymous")


def sheet(prefixes: int, seed: int) -> str:
    """Return a deck as CSV: half of it for calls, half for legs, some rows by caller."""
    chance = random.Random(seed)
    rows = ["service,prefix,caller_prefix,connection_fee,per_minute,first,next"]
    rows += [
        "call,default,,0,0.012,60,60",
        "dial,default,,0.05,0.5,60,60",
        "dial,sip,,0,0.002,60,60",
    ]
    rows += ["recording,,,,0.0025,,", "storage,,,,0.0005,,"]
    taken: set[tuple[str, str, str]] = set()
    while len(taken) < prefixes:
        service = "call" if len(taken) % 2 else "dial"
        prefix = str(chance.randrange(1, 10 ** chance.randrange(2, 9)))
        caller = chance.choice(CALLERS) if chance.random() < 0.1 else ""
        if (service, prefix, caller) in taken:
            continue
        taken.add((service, prefix, caller))
        fee, minute = chance.randrange(3) / 100, chance.randrange(1, 6000)
        first, each = chance.choice(((60, 60), (30, 6), (1, 1)))
        rows.append(f"{service},{prefix},{caller},{fee},0.{minute:04},{first},{each}")
    return "\n".join(rows)


def usages(count: int, seed: int) -> list[tuple[Usage, DialedLeg]]:
    """Return calls and their legs, between numbers of all lengths."""
    chance = random.Random(seed)
    made = []
    for i in range(count):
        number, caller, callee = (f"+{chance.randrange(10**10, 10**12)}" for _ in range(3))
        length_ms = chance.randrange(1, 600_000)
        usage = Usage("local", True, length_ms, number=number, caller=caller)
        made.append((usage, DialedLeg(f"leg-{i}", callee, length_ms, caller)))
    return made


def measure(tariff: Tariff, work: list[tuple[Usage, DialedLeg]]) -> dict[str, object]:
    """Rate everything once."""
    digest, total = hashlib.sha256(), 0
    began = time.process_time()
    calls = [rate(usage, tariff) for usage, _ in work]
    between = time.process_time()
    legs = [rate_leg(leg, tariff) for _, leg in work]
    ended = time.process_time()
    for (line,), leg in zip(calls, legs, strict=True):
        total += line.amount_micros + leg.amount_micros
        digest.update(f"{line.amount_micros} {line.explanation}\n".encode())
        digest.update(f"{leg.amount_micros} {leg.explanation}\n".encode())
    return {
        "calls_per_s": round(len(work) / (between - began)),
        "legs_per_s": round(len(work) / (ended - between)),
        "by_default_rate": sum(line.is_default for (line,) in calls),
        "total_micros": total,
        "sha256": digest.hexdigest(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--prefixes", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    text = sheet(given.prefixes, given.seed)
    began = time.process_time()
    tariff = read_tariff(text, "bench", 1, default_tariff().currency, None)
    loaded_s = time.process_time() - began
    work = usages(given.calls, given.seed)
    runs = [measure(tariff, work) for _ in range(2)]
    is_same = all(runs[0][name] == runs[1][name] for name in ("total_micros", "sha256"))
    print(
        json.dumps(
            {
                "prefixes": len(tariff.calls) + len(tariff.dials),
                "different_prices": len(tariff.calls.rates) + len(tariff.dials.rates),
                "load_s": round(loaded_s, 2),
                "calls": given.calls,
                "runs": runs,
                "same_cents_twice": is_same,
            },
            indent=2,
        )
    )
    sys.exit(0 if is_same else 1)


if __name__ == "__main__":
    main()
