"""The engine of the how-to does what it says, in 40 lines."""

import importlib.util
from pathlib import Path

from dillo.speech.engines import Synthesizer
from dillo.speech.options import read_options

EXAMPLE = Path(__file__).parents[3] / "docs/examples/beep_engine.py"


def test_it_beeps_once_for_every_word() -> None:
    spec = importlib.util.spec_from_file_location("beep_engine", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    engine: Synthesizer = module.Beep(read_options("beep", {"DILLO_SPEECH_BEEP_HZ": "880"}))
    parts = list(engine.synthesize("one two three", engine.voices()[0].name, "it-IT"))
    assert [part.duration_s for part in parts] == [0.3, 0.3, 0.3]
    assert len(EXAMPLE.read_text().splitlines()) <= 40
