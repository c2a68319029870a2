"""The object store of parts, and the only way to them: through a check of their hash.

Every reader works on a local path. In a `file://` store that is the part itself; parts of a
remote store are copied once into a bounded local folder.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import obstore

from kpi_contracts.execution import Part
from kpi_results.rows.disk import keep_below, touch
from kpi_results.rows.errors import PartDamaged
from kpi_rows.objects import local_folder, open_store
from kpi_rows.parts import PREFIX

_CHUNK = 1 << 20

Mark: TypeAlias = "tuple[int, int, str]"
"""Time of change in ns, size and SHA-256 of a file that was found whole."""


class PartStore:
    """Verified access to parts. One instance serves all threads of a process."""

    def __init__(
        self,
        url: str,
        cache: Path,
        *,
        cache_bytes: int = 8 << 30,
        verified: Mapping[str, Mark] | None = None,
    ) -> None:
        """`url` is `file:///…` or `s3://bucket/prefix`; `cache` holds copies of remote parts.

        `verified` is what another process has verified already.
        """
        self._local = local_folder(url)
        self._store = open_store(url)
        self._cache = (cache / "parts").resolve()
        self._cache.mkdir(parents=True, exist_ok=True)
        self._cache_bytes = cache_bytes
        self._verified = dict(verified or {})
        self._hashed = {mark[-1] for mark in self._verified.values()}
        self._places: dict[str, Path] = {}
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "verify")

    @property
    def folder(self) -> Path:
        """The folder that holds every path this store hands out."""
        return self._local or self._cache

    def path(self, part: Part) -> Path:
        """Where the part lies on this machine.

        Its size, and on first sight its SHA-256, are compared with the manifest.
        Raises PartDamaged if it is missing, cut or changed.
        """
        path = self._locate(part)
        try:
            stat = path.stat()
        except OSError as error:
            raise PartDamaged(part.key, "it is missing") from error
        mark = (stat.st_mtime_ns, stat.st_size, part.sha256)
        if self._verified.get(str(path)) == mark:
            return path
        damage = _damage(path, stat.st_size, part)
        if damage is not None:
            if self._local is None:
                path.unlink(missing_ok=True)  # the next reader fetches a fresh copy
            raise PartDamaged(part.key, damage)
        self._verified[str(path)] = mark
        self._hashed.add(part.sha256)
        return path

    def paths(self, parts: Sequence[Part]) -> list[Path]:
        """`path` of every part, hashing several at once."""
        if all(part.sha256 in self._hashed for part in parts):
            return [self.path(part) for part in parts]  # soonest without other threads
        return list(self._pool.map(self.path, parts))

    def forget(self, parts: Sequence[Part]) -> None:
        """Hash these parts again when they are next asked for, though they seem unchanged."""
        hashes = {part.sha256 for part in parts}
        self._hashed -= hashes
        for path, mark in self.verified().items():
            if mark[-1] in hashes:
                self._verified.pop(path, None)

    def verified(self) -> Mapping[str, Mark]:
        """Return the marks of the files found whole so far, by path."""
        return dict(self._verified)

    def keys(self, prefix: str = PREFIX) -> Iterator[str]:
        """Keys of everything stored below `prefix`, for sweeping."""
        for batch in obstore.list(self._store, prefix=prefix):
            for entry in batch:
                yield entry["path"]

    def objects(self, prefix: str = PREFIX) -> Iterator[tuple[str, datetime]]:
        """Key and time of writing of everything stored below `prefix`."""
        for batch in obstore.list(self._store, prefix=prefix):
            for entry in batch:
                yield entry["path"], entry["last_modified"]

    def delete(self, keys: Sequence[str]) -> None:
        """Delete these objects; those that are already gone do not matter."""
        for key in keys:
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                continue

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(cancel_futures=True)

    def _locate(self, part: Part) -> Path:
        if self._local is None:
            return self._copy(part)
        path = self._places.get(part.key)
        if path is None:
            path = (self._local / part.key).resolve()
            if not path.is_relative_to(self._local):
                raise PartDamaged(part.key, "its key leads out of the store")
            self._places[part.key] = path
        return path

    def _copy(self, part: Part) -> Path:
        """Return the local copy of a remote part, named by its hash, fetched if it is not there."""
        path = self._cache / f"{part.sha256}.parquet"
        if not touch(path):
            self._fetch(part, path)
            keep_below(self._cache, "*.parquet", self._cache_bytes, keep=path)
        return path

    def _fetch(self, part: Part, path: Path) -> None:
        try:
            found = obstore.get(self._store, part.key)
        except FileNotFoundError as error:
            raise PartDamaged(part.key, "it is missing") from error
        with tempfile.NamedTemporaryFile(dir=self._cache, delete=False) as file:
            try:
                for chunk in found.stream(min_chunk_size=_CHUNK):
                    file.write(chunk)
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise


def _damage(path: Path, size: int, part: Part) -> str | None:
    """Return what is wrong with the file, or None."""
    if size != part.bytes:
        return f"it has {size} bytes instead of {part.bytes}"
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    return None if digest == part.sha256 else "its SHA-256 differs from the manifest's"
