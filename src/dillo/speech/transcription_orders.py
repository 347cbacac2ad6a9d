"""What is asked of a transcription worker and what it answers."""

from dillo.speech.engines import Transcript
from dillo.workers.wire import Job, Wire


class Transcribe(Job, frozen=True, tag=True):
    """Write down what is said in a WAV file of 16-bit mono samples; language is BCP 47."""

    path: str
    language: str


class Transcribed(Job, frozen=True, tag=True):
    """What was heard."""

    transcript: Transcript


class NotTranscribed(Job, frozen=True, tag=True):
    """Why nothing came of it."""

    detail: str
    is_refused: bool
    """Whether no other engine should be asked: the audio or the language is at fault."""


Reply = Transcribed | NotTranscribed

WIRE: Wire[Transcribe, Reply] = Wire(Transcribe, Reply)
