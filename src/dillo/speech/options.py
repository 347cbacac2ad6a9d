"""What an engine is told when it is made."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dillo.speech.model_files import ModelStore

_PREFIX = "DILLO_SPEECH_"
_DEFAULT_THREADS = 2


@dataclass(frozen=True, slots=True)
class Ranked:
    """An engine in its place among others, and how long it may take."""

    name: str
    timeout_s: float

    @classmethod
    def parse(cls, text: str, default_s: float) -> "Ranked":
        """Read `NAME` or `NAME:SECONDS`. Raises ValueError."""
        name, _, seconds = text.partition(":")
        timeout_s = float(seconds) if seconds else default_s
        if not name or not 0 < timeout_s < float("inf"):
            raise ValueError(f"{text!r} is not NAME or NAME:SECONDS")
        return cls(name, timeout_s)


def ranked(texts: Iterable[str], default_s: float) -> tuple[Ranked, ...]:
    """Read engines in order of preference. Raises ValueError."""
    return tuple(Ranked.parse(text, default_s) for text in texts)


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of one engine, and where model files are."""

    values: Mapping[str, str]
    """`DILLO_SPEECH_<ENGINE>_<NAME>` of the environment, as `<name>` in lower case."""
    models: ModelStore
    threads: int = _DEFAULT_THREADS
    """How many threads it may compute with."""

    def text(self, name: str, default: str = "") -> str:
        """Return a value, the default where it is missing or empty."""
        return self.values.get(name) or default

    def listed(self, name: str, default: str = "") -> tuple[str, ...]:
        """Return the items of a comma-separated value."""
        return tuple(item.strip() for item in self.text(name, default).split(",") if item.strip())


@dataclass(frozen=True, slots=True)
class Variable:
    """An option of an engine, as the documentation lists it."""

    name: str
    default: str
    meaning: str


def read_options(engine: str, environment: Mapping[str, str] = os.environ) -> Options:
    """Return the options of an engine from `DILLO_SPEECH_*` variables."""
    own = f"{_PREFIX}{engine.upper().replace('-', '_')}_"
    values = {
        name.removeprefix(own).lower(): value
        for name, value in environment.items()
        if name.startswith(own)
    }
    return Options(
        values,
        read_model_store(environment),
        int(environment.get(f"{_PREFIX}THREADS") or _DEFAULT_THREADS),
    )


def read_model_store(environment: Mapping[str, str] = os.environ) -> ModelStore:
    """Return where model files are, by `DILLO_SPEECH_MODELS` and the user's cache folder."""
    configured = environment.get(f"{_PREFIX}MODELS")
    caches = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return ModelStore(
        Path(configured).expanduser() if configured else None, Path(caches) / "dillo" / "models"
    )


def speech_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return an environment without our settings, those of engines excepted: they may crash,
    and tell what they know, but must not know the platform's keys."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith("DILLO_") or name.startswith(_PREFIX)
    }
