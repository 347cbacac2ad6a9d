"""G.711 to and from 16-bit samples, by table (ITU-T G.711)."""

import numpy as np
from numpy.typing import NDArray

from dillo.rtp.g711 import LINEAR, Law

Samples = NDArray[np.int16]

_DECODE = {law: np.array(LINEAR[law], dtype=np.int16) for law in Law}


def _encoding(law: Law) -> NDArray[np.uint8]:
    """Return the octet of the nearest level for each sample, indexed by its two's complement."""
    octets = np.argsort(_DECODE[law], kind="stable")
    levels = _DECODE[law][octets].astype(np.int32)
    thresholds = (levels[:-1] + levels[1:] + 1) // 2
    samples = np.arange(0x10000, dtype=np.uint16).view(np.int16).astype(np.int32)
    nearest: NDArray[np.uint8] = octets[np.searchsorted(thresholds, samples, side="right")].astype(
        np.uint8
    )
    # µ-law has two zeros; silence is the positive one.
    nearest[samples == 0] = law.silence
    return nearest


_ENCODE = {law: _encoding(law) for law in Law}


def encode(samples: Samples, law: Law) -> bytes:
    """Return one octet for each 16-bit sample."""
    return _ENCODE[law][samples.view(np.uint16)].tobytes()


def decode(octets: bytes, law: Law) -> Samples:
    """Return one 16-bit sample for each octet."""
    return _DECODE[law][np.frombuffer(octets, dtype=np.uint8)]
