"""Real speech for calls; needs the speech models."""

import numpy as np
import pytest
import soxr

from dillo.model.errors import Unavailable
from dillo.rtp.pcm import Samples
from dillo.speech.options import read_options
from dillo.speech.registry import make_synthesizer, make_transcriber


def spoken(text: str) -> Samples:
    """Return what Kokoro says as a telephone sends it; skips the test where it cannot be heard."""
    try:
        kokoro = make_synthesizer("kokoro")
        make_transcriber("whisper", read_options("whisper"))
    except Unavailable as error:
        pytest.skip(str(error))
    sounds = list(kokoro.synthesize(text, "af_heart", "en-US"))
    said = np.concatenate([sound.samples for sound in sounds]).astype(np.float32)
    narrow = soxr.resample(said, sounds[0].rate_hz, 8000)
    return np.asarray(np.clip(narrow, -32768, 32767).astype(np.int16))
