"""The signing key and the keys that seals are judged by."""

from dataclasses import replace
from pathlib import Path

import pytest

from kpi_audit.chain import Head
from kpi_audit.errors import KeyUnusable
from kpi_audit.signing import PRIVATE, SigningKey, TrustedKeys

HEAD = Head(7, bytes(range(32)))


def test_the_first_start_makes_a_key_that_only_its_owner_can_read(tmp_path: Path) -> None:
    SigningKey.load_or_create(tmp_path / "keys")
    assert (tmp_path / "keys" / PRIVATE).stat().st_mode & 0o777 == 0o600
    assert [path for path in (tmp_path / "keys").iterdir() if path.name.startswith(".")] == []


def test_later_starts_use_the_same_key(tmp_path: Path) -> None:
    first = SigningKey.load_or_create(tmp_path)
    assert SigningKey.load_or_create(tmp_path).seal(HEAD) == first.seal(HEAD)


def test_a_seal_is_genuine_only_for_what_was_signed(tmp_path: Path) -> None:
    seal = SigningKey.load_or_create(tmp_path).seal(HEAD)
    keys = TrustedKeys(tmp_path)
    assert keys.is_genuine(seal)
    assert not keys.is_genuine(replace(seal, seq=8))
    assert not keys.is_genuine(replace(seal, hash=bytes(32)))
    assert not keys.is_genuine(replace(seal, signature=bytes(64)))


def test_seals_of_a_former_key_stay_genuine(tmp_path: Path) -> None:
    old = SigningKey.load_or_create(tmp_path).seal(HEAD)
    (tmp_path / PRIVATE).unlink()
    new = SigningKey.load_or_create(tmp_path).seal(HEAD)
    assert old.key_id != new.key_id
    assert all(map(TrustedKeys(tmp_path).is_genuine, (old, new)))


def test_a_key_from_elsewhere_is_not_trusted(tmp_path: Path) -> None:
    SigningKey.load_or_create(tmp_path / "ours")
    stranger = SigningKey.load_or_create(tmp_path / "theirs")
    keys = TrustedKeys(tmp_path / "ours")
    assert not keys.is_genuine(stranger.seal(HEAD))
    assert not keys.is_genuine(replace(stranger.seal(HEAD), key_id="../theirs/x"))


def test_a_file_that_holds_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / PRIVATE).write_text("not a key")
    with pytest.raises(KeyUnusable, match=PRIVATE):
        SigningKey.load_or_create(tmp_path)
