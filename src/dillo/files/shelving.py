"""Puts a signal into the folder of ready prompts, in both laws."""

import numpy as np

from dillo.files.folder import PromptFolder
from dillo.files.level import Signal, to_samples
from dillo.rtp.g711 import Law
from dillo.rtp.pcm import encode

_SHORTEST = 160  # samples: a text without a sound is one packet of silence


def shelve(folder: PromptFolder, key: str, signal: Signal) -> int:
    """Write a prompt; returns its milliseconds. Raises OSError."""
    if len(signal) < _SHORTEST:
        signal = np.pad(signal, (0, _SHORTEST - len(signal)))
    samples = to_samples(signal)
    ulaw, alaw = encode(samples, Law.ULAW), encode(samples, Law.ALAW)
    return folder.store(key, ulaw, alaw).duration_ms
