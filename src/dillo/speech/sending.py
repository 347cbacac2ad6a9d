"""What engines behind HTTP have in common.

Their addresses are the operator's own settings: unlike those that customers name, they may be
private.
"""

import io
import wave

import httpx

from dillo.speech.engines import EngineFailed, Sound, SpeechRefused

_TIMEOUT = httpx.Timeout(600, connect=5)


def answered(request: httpx.Request) -> httpx.Response:
    """Send a request. Raises EngineFailed, SpeechRefused where the server calls it invalid."""
    try:
        with httpx.Client(timeout=_TIMEOUT, trust_env=False) as client:
            answer = client.send(request)
    except httpx.HTTPError as error:
        raise EngineFailed(f"the speech server: {error or type(error).__name__}") from error
    check(answer)
    return answer


def check(answer: httpx.Response) -> None:
    """Raises SpeechRefused or EngineFailed unless the answer is 200."""
    if answer.status_code in {400, 413, 422}:
        raise SpeechRefused(f"the speech server answered {answer.status_code}")
    if answer.status_code != 200:
        raise EngineFailed(f"the speech server answered {answer.status_code}")


def wav(audio: Sound) -> bytes:
    """Return mono samples of 16 bits as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, audio.rate_hz, 0, "NONE", ""))
        writer.writeframes(audio.samples.astype("<i2").tobytes())
    return file.getvalue()
