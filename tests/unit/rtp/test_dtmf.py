"""Keys as tones: every one is heard as Q.24 asks, and nothing else is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dillo.media.tones import ToneBench, ToneEar
from dillo.rtp.dtmf import HIGH_HZ, KEYS, LOW_HZ, ToneKeys
from dillo.rtp.g711 import Law
from dillo.rtp.pcm import encode

ALL = "".join(KEYS)
Signal = NDArray[np.float64]


def tone(
    key: str,
    seed: int,
    *,
    ms: float = 40,
    level_db: float = -13,
    twist_db: float = 0,
    off: float = 0,
) -> Signal:
    """Return a key's two sines in random phases; twist is high to low."""
    row, column = divmod(ALL.index(key), 4)
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, 2)
    at = np.arange(int(ms * 8)) / 8000
    low = 10 ** (level_db / 20)
    high = low * 10 ** (twist_db / 20)
    first = low * np.sin(2 * np.pi * LOW_HZ[row] * (1 + off) * at + phases[0])
    second = high * np.sin(2 * np.pi * HIGH_HZ[column] * (1 + off) * at + phases[1])
    return np.asarray(first + second)


def keyed(keys: str, seed: int, **kind: float) -> Signal:
    """Return keys in a row, 40 ms apart or a little more."""
    gaps = np.random.default_rng(seed).integers(320, 480, len(keys) + 1)
    parts = [np.zeros(800 + gaps[0])]
    for number, key in enumerate(keys):
        parts += [tone(key, seed + number, **kind), np.zeros(gaps[number + 1])]
    return np.concatenate([*parts, np.zeros(800)])


def heard(signal: Signal, law: Law = Law.ULAW, packet: int = 160) -> str:
    """Return the keys that are heard in a signal sent in packets."""
    octets = encode((np.clip(signal, -1, 1) * 32767).astype(np.int16), law)
    bench, found = ToneBench(), list[str]()
    ear = ToneEar(bench, found.append)
    ear.describe(law)
    for at in range(0, len(octets) - packet + 1, packet):
        ear.place(at, octets[at : at + packet], at, True)
        bench.listen()
    return "".join(found)


@pytest.mark.parametrize("law", Law)
@pytest.mark.parametrize("twist_db", [0, 4, -8])
@pytest.mark.parametrize("off", [0, 0.015, -0.015])
def test_short_tones_are_heard_twisted_and_off_pitch(law: Law, twist_db: float, off: float) -> None:
    for seed in range(10):
        assert heard(keyed(ALL, seed, twist_db=twist_db, off=off), law) == ALL


@pytest.mark.parametrize("level_db", [-4, -25, -35])
def test_loud_and_quiet_tones_are_heard(level_db: float) -> None:
    assert heard(keyed(ALL, 1, level_db=level_db)) == ALL


def noisy(seed: int, **kind: float) -> Signal:
    signal = keyed(ALL, seed, **kind)
    power = 10 ** (-13 / 10)  # of two sines of that amplitude
    return signal + np.random.default_rng(seed).normal(0, (power / 10) ** 0.5, len(signal))


def test_tones_are_heard_in_noise_of_10_db() -> None:
    for seed in range(20):
        assert heard(noisy(seed)) == ALL


def test_nearly_all_tones_are_heard_in_noise_and_twisted() -> None:
    found = [heard(noisy(seed, twist_db=-8)) for seed in range(20)]
    assert sum(map(len, found)) >= 0.99 * len(found) * len(ALL)


@pytest.mark.parametrize("packet", [80, 160, 240, 320])
def test_any_packet_time_will_do(packet: int) -> None:
    assert heard(keyed(ALL, 3), packet=packet) == ALL


@given(st.text(ALL, max_size=8), st.integers(0, 2**20))
@settings(max_examples=40, deadline=None)
def test_any_keys_repeated_ones_too(keys: str, seed: int) -> None:
    assert heard(keyed(keys, seed)) == keys


def test_a_long_key_is_one_key() -> None:
    assert heard(keyed("5", 1, ms=2000)) == "5"


def test_what_is_no_key_is_not_heard() -> None:
    at = np.arange(16_000) / 8000
    hiss = np.random.default_rng(1).normal(0, 0.1, 16_000)
    dial_tone = 0.2 * (np.sin(2 * np.pi * 350 * at) + np.sin(2 * np.pi * 440 * at))
    one_tone = 0.2 * np.sin(2 * np.pi * 770 * at)
    beep = 0.2 * np.sin(2 * np.pi * 1000 * at)
    for signal in (np.zeros(16_000), hiss, dial_tone, one_tone, beep):
        assert heard(signal) == ""
    assert heard(keyed(ALL, 1, off=0.035)) == ""
    assert heard(keyed(ALL, 1, twist_db=-16)) == ""


def test_silence_that_is_not_sent_still_parts_two_keys() -> None:
    bench, found = ToneBench(), list[str]()
    ear = ToneEar(bench, found.append)
    key = encode((tone("7", 1, ms=100) * 32767).astype(np.int16), Law.ULAW)
    for begins in (0, 1600):
        for at in range(0, 800, 160):
            ear.place(begins + at, key[at : at + 160], 0, True)
            bench.listen()
    assert "".join(found) == "77"


def test_a_window_that_fails_does_not_make_two_keys() -> None:
    keys = ToneKeys()
    told = [keys.window(key) for key in (5, 5, 5, -1, 5, 5, -1, -1, 5)]
    assert [each for each in told if each] == ["5"]
