"""Real speech for calls; needs the speech models."""

import time

import numpy as np
import pytest
import soxr
from tests.e2e.node import Node

from dillo.app.prompts import make_casting
from dillo.behavior.sentences import pieces
from dillo.files.folder import PromptFolder
from dillo.files.keys import speech_key
from dillo.model.errors import Unavailable
from dillo.model.prompts import Silence, Speech
from dillo.rtp.pcm import Samples
from dillo.settings import Settings
from dillo.speech.options import read_options
from dillo.speech.registry import make_synthesizer, make_transcriber

AHEAD_S = 120


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


def await_ahead(node: Node, text: str, language: str) -> None:
    """Wait until the node has made a text ahead."""
    settings = Settings(home=node.home, speech_engines=["kokoro"])
    take = make_casting(settings).cast(language, None)[0]
    assert take.engine == "kokoro"
    folder = PromptFolder(settings.cache_dir)
    deadline = time.monotonic() + AHEAD_S
    for piece in pieces(Speech(text, language)):
        if isinstance(piece, Silence):
            continue
        key = speech_key(take.version, take.voice, language, piece.text)
        while folder.find(key) is None:
            assert time.monotonic() < deadline, f"not made ahead: {piece}"
            time.sleep(0.1)
