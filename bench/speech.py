"""The tables of speech: engines, prompts beside calls, transcription, keys as tones; prints JSON.

python -m bench.speech
"""

import json

from bench.__main__ import measure

PARTS = ("speech_engines", "beside_calls", "transcription", "inband")


def main() -> None:
    """Measure one after the other and print."""
    print(json.dumps(measure(PARTS), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
