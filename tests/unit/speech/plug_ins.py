"""A package with engines, as a stranger would install it: a folder for PYTHONPATH."""

from pathlib import Path

_MODULE = '''
import os, signal, time
import numpy as np
from dillo.speech.engines import EngineFailed, Segment, Sound, SpeechRefused, Transcript, Voice


class Scripted:
    version = "scripted 1"

    def __init__(self, options):
        self._does = options.text("does")

    def load(self):
        if self._does == "load":
            time.sleep(60)

    def voices(self):
        return (Voice("anna", ("it-IT",)), Voice("bob", ("*",)))

    def _act(self):
        if self._does == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._does == "hang":
            time.sleep(60)
        if self._does == "fail":
            raise EngineFailed("out of order")
        if self._does == "break":
            raise ZeroDivisionError("what a bug")
        if self._does == "refuse":
            raise SpeechRefused("never")

    def synthesize(self, text, voice, language):
        self._act()
        for word in text.split():
            seconds = np.arange(len(word) * 1600) / 16000
            if self._does == "slow":
                time.sleep(0.1)
            yield Sound((8000 * np.sin(2 * np.pi * 440 * seconds)).astype(np.int16), 16000)

    def transcribe(self, audio, language):
        self._act()
        heard = Segment(f"{len(audio.samples)} at {audio.rate_hz}", 0.0, audio.duration_s, 0.9)
        return Transcript(language, (heard,), self.version)


class First(Scripted):
    """The same under another name, with options of its own."""
'''
_ENTRY_POINTS = """
[dillo.synthesizers]
first = scripted_speech:First
second = scripted_speech:Scripted

[dillo.transcribers]
first = scripted_speech:First
second = scripted_speech:Scripted
"""


def install(folder: Path) -> Path:
    """Write the package; returns the folder, which goes onto PYTHONPATH."""
    (folder / "scripted_speech.py").write_text(_MODULE)
    info = folder / "scripted_speech-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: scripted-speech\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(_ENTRY_POINTS)
    return folder
