"""Encryption at rest of the sources' secrets."""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken


class SecretUnreadable(Exception):
    """A stored secret was encrypted with another key."""

    def __init__(self) -> None:
        super().__init__(
            "the stored secret cannot be read with this key; set the source's secret anew"
        )


class Secrets:
    """Encrypts and decrypts with the Fernet key of this installation."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    @classmethod
    def from_file(cls, path: Path) -> Secrets:
        """Read the key; raises OSError or ValueError naming the file's fault."""
        return cls(path.read_bytes().strip())

    def encrypt(self, secret: str) -> bytes:
        """Return what may be stored."""
        return self._fernet.encrypt(secret.encode())

    def decrypt(self, ciphertext: bytes) -> str:
        """Return the secret; raises SecretUnreadable."""
        try:
            return self._fernet.decrypt(ciphertext).decode()
        except InvalidToken:
            raise SecretUnreadable from None
