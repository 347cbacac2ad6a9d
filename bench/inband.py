"""Keys as tones: what is missed, what speech is taken for a key, what it costs; prints JSON.

python -m bench.inband --minutes 10
"""

import argparse
import json
import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the media worker

import numpy as np
from bench.spoken import RATE_HZ, talk
from tests.unit.rtp.test_dtmf import ALL, Signal, heard, keyed

from dillo.rtp.dtmf import keys_in

_ROUNDS = 60


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Hear keys as tones.")
    parser.add_argument("--minutes", type=float, default=10, help="of speech")
    options = parser.parse_args()
    kinds: dict[str, dict[str, float]] = {
        "clean": {},
        "noise 10 dB": {"snr_db": 10},
        "noise 10 dB, twist -8 dB": {"snr_db": 10, "twist_db": -8},
        "twist +4 dB": {"twist_db": 4},
        "twist -8 dB": {"twist_db": -8},
        "1.5 % high": {"off": 0.015},
        "1.5 % low": {"off": -0.015},
    }
    print(
        json.dumps(
            {
                "tones_of_40_ms": {name: _missed(**kind) for name, kind in kinds.items()},
                "speech": _false_keys(options.minutes * 60),
                "cpu": _cost(options.minutes),
            },
            indent=2,
        )
    )


def _missed(snr_db: float | None = None, **kind: float) -> dict[str, int]:
    missed = extra = 0
    for seed in range(_ROUNDS):
        signal = keyed(ALL, seed, **kind)
        if snr_db is not None:
            # Two sines of amplitude a have the power a².
            sigma = 10 ** ((-13 - snr_db) / 20)
            signal = signal + np.random.default_rng(seed).normal(0, sigma, len(signal))
        found = heard(signal)
        missed += sum(key not in found for key in ALL)
        extra += max(0, len(found) - len(ALL))
    return {"sent": _ROUNDS * len(ALL), "missed": missed, "extra": extra}


def _false_keys(seconds: float) -> dict[str, object]:
    return {"seconds": seconds, "false_keys": heard(_speech(seconds))}


def _speech(seconds: float) -> Signal:
    spoken = talk(seconds)
    whole = len(spoken) // 160 * 160
    return np.asarray(spoken[:whole] / 32768)


def _cost(minutes: float, calls: int = 100) -> dict[str, float]:
    """Return the cost of the arithmetic for windows of speech, a hundred calls at once."""
    speech = _speech(min(60.0, minutes * 60)).astype(np.float32)
    rows = speech[: len(speech) // 160 * 160].reshape(-1, 160)
    began = time.process_time()
    for start in range(0, len(rows) - 2 * calls, 2 * calls):
        keys_in(rows[start : start + 2 * calls])
    taken = time.process_time() - began
    packets = len(rows) // 2
    return {
        "microseconds_a_packet": round(taken / packets * 1e6, 2),
        "percent_of_a_core_a_call": round(taken / packets / (160 / RATE_HZ) * 100, 4),
    }


if __name__ == "__main__":
    main()
