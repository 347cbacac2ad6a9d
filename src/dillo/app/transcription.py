"""Transcription as this platform's settings want it."""

import os

from dillo.settings import Settings
from dillo.speech.options import ranked, speech_environment
from dillo.speech.transcription import Transcription

_TIMEOUT_S = 600.0


def make_transcription(settings: Settings) -> Transcription:
    """Return the transcription engines; enter it before use."""
    return Transcription(
        ranked(settings.transcription_engines, _TIMEOUT_S),
        processes=settings.transcription_workers,
        threads=settings.transcription_threads,
        env=speech_environment(os.environ | settings.as_environment()),
    )
