"""Secrets at rest and where their key comes from."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from dillo.model.errors import Unavailable
from dillo.store.vault import InvalidSecretKey, Vault


def test_key_file_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    sealed = Vault.open("", path).seal("päss")
    assert path.stat().st_mode & 0o777 == 0o600
    assert Vault.open("", path).unseal(sealed) == "päss"
    assert "päss" not in sealed
    assert [each.name for each in tmp_path.iterdir()] == ["secret.key"]


def test_key_that_is_given_comes_before_the_file(tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    sealed = Vault.open(key, tmp_path / "secret.key").seal("p")
    assert not (tmp_path / "secret.key").exists()
    assert Vault(key).unseal(sealed) == "p"


def test_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(Fernet.generate_key())
    path.chmod(0o640)
    with pytest.raises(InvalidSecretKey, match="chmod 600"):
        Vault.open("", path)


@pytest.mark.parametrize("key", ["short", "é" * 44])
def test_what_is_no_key_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(InvalidSecretKey):
        Vault.open(key, tmp_path / "secret.key")


def test_folder_that_is_missing_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        Vault.open("", tmp_path / "nowhere" / "secret.key")


def test_other_key_cannot_read(tmp_path: Path) -> None:
    sealed = Vault.open("", tmp_path / "a.key").seal("p")
    with pytest.raises(Unavailable):
        Vault.open("", tmp_path / "b.key").unseal(sealed)
