"""SHA-256 of what passes by, computed beside those who make it and send it."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor


class HashAside:
    """A hash with a thread of its own, one chunk behind at most."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._pool = ThreadPoolExecutor(1, "export-hash")
        self._last: Future[None] | None = None

    def update(self, chunk: bytes) -> None:
        """Begin to hash a chunk, once the one before it is hashed."""
        self._finish()
        self._last = self._pool.submit(self._digest.update, chunk)

    def hexdigest(self) -> str:
        """Return the hash of all chunks so far, hexadecimal."""
        self._finish()
        return self._digest.hexdigest()

    def close(self) -> None:
        """Let the thread go; the hash can still be read."""
        self._pool.shutdown()

    def _finish(self) -> None:
        if self._last is not None:
            self._last.result()
