"""The key that seals the chain, and the keys that seals are judged by.

`audit.pem` is private and belongs to the worker, which makes it on its first start. Beside it lie
the public keys, `audit-<key id>.pub.pem`: the API judges by those and never reads the private
one. After a change of key the old public file stays, so that old seals can still be judged.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from kpi_audit.chain import Head, Seal
from kpi_audit.errors import KeyUnusable

PRIVATE = "audit.pem"
PUBLIC = "audit-{}.pub.pem"


def statement(head: Head) -> bytes:
    """Return the bytes that are signed: three lines, the hash in hexadecimal."""
    return f"kpi-ledger audit checkpoint v1\n{head.seq}\n{head.hash.hex()}\n".encode()


def key_id(key: Ed25519PublicKey) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


class SigningKey:
    """The private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.key_id = key_id(key.public_key())

    @classmethod
    def load_or_create(cls, directory: Path) -> SigningKey:
        """Return the key in `directory`, made now if there is none; raises KeyUnusable."""
        path = directory / PRIVATE
        if not path.exists():
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(path, _private_pem(Ed25519PrivateKey.generate()), mode=0o600)
        key = _private_key(path)
        public = key.public_key()
        _create(directory / PUBLIC.format(key_id(public)), public_pem(public), mode=0o644)
        return cls(key)

    def seal(self, head: Head) -> Seal:
        """Sign a head of the chain."""
        return Seal(head.seq, head.hash, self._key.sign(statement(head)), self.key_id)


class TrustedKeys:
    """The public keys in a directory; read at every question, so that a new one is seen."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def is_genuine(self, seal: Seal) -> bool:
        """Whether a seal was signed by one of the keys."""
        key = self.get(seal.key_id)
        if key is None:
            return False
        try:
            key.verify(seal.signature, statement(Head(seal.seq, seal.hash)))
        except InvalidSignature:
            return False
        return True

    def get(self, wanted: str) -> Ed25519PublicKey | None:
        """Return the key called `wanted`; raises KeyUnusable for a file that holds none."""
        if not wanted.isalnum():
            return None
        path = self._directory / PUBLIC.format(wanted)
        try:
            key = load_pem_public_key(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise KeyUnusable(path) from error
        if not isinstance(key, Ed25519PublicKey):
            raise KeyUnusable(path)
        return key if key_id(key) == wanted else None


def public_pem(key: Ed25519PublicKey) -> bytes:
    """Return a public key as PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _private_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _private_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise KeyUnusable(path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(path)
    return key


def _create(path: Path, content: bytes, *, mode: int) -> None:
    """Write a file whole or not at all; one that is there already is left alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
