"""The object store of parts, and the only way to them: through a check of their hash.

Every reader works on a local path. In a `file://` store that is the part itself; parts of a
remote store are copied once into a bounded local folder, where those that are held stay.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeAlias, TypeVar

import obstore

from kpi_contracts.execution import Part
from kpi_results.rows.disk import Held, hold, keep_below, locked, locked_at_once
from kpi_results.rows.errors import PartDamaged, RowsError
from kpi_rows.objects import local_folder, open_store
from kpi_rows.parts import PREFIX

_CHUNK = 1 << 20
_FETCHING = ".fetching"  # of copies that are not whole yet

T = TypeVar("T")
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
        self._sweep()

    @property
    def folder(self) -> Path:
        """The folder that holds every path this store hands out."""
        return self._local or self._cache

    def held(self, part: Part) -> Held:
        """Where the part lies on this machine, for as long as it is held.

        Its size, and on first sight its SHA-256, are compared with the manifest.
        Raises PartDamaged if it is missing, cut or changed.
        """
        held = self._locate(part)
        try:
            self._verify(part, held.path)
        except PartDamaged:
            held.discard()  # a copy, that is: the next reader fetches a fresh one
            raise
        return held

    def held_all(self, parts: Sequence[Part]) -> list[Held]:
        """`held` of every part, hashing several at once."""
        return self._each(parts, self.held)

    def verify(self, parts: Sequence[Part]) -> None:
        """Raise PartDamaged if one of the parts is not what the manifest says."""
        self._each(parts, lambda part: self.held(part).release())

    def _each(self, parts: Sequence[Part], see: Callable[[Part], T]) -> list[T]:
        if all(part.sha256 in self._hashed for part in parts):
            return [see(part) for part in parts]  # soonest without other threads
        return list(self._pool.map(see, parts))

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

    def _verify(self, part: Part, path: Path) -> None:
        try:
            stat = path.stat()
        except OSError as error:
            raise PartDamaged(part.key, "it is missing") from error
        mark = (stat.st_mtime_ns, stat.st_size, part.sha256)
        if self._verified.get(str(path)) == mark:
            return
        damage = _damage(path, stat.st_size, part)
        if damage is not None:
            raise PartDamaged(part.key, damage)
        self._verified[str(path)] = mark
        self._hashed.add(part.sha256)

    def _locate(self, part: Part) -> Held:
        if self._local is None:
            return self._copy(part)
        path = self._places.get(part.key)
        if path is None:
            path = (self._local / part.key).resolve()
            if not path.is_relative_to(self._local):
                raise PartDamaged(part.key, "its key leads out of the store")
            self._places[part.key] = path
        return Held(path)

    def _copy(self, part: Part) -> Held:
        """Hold the local copy of a remote part, named by its hash, fetched if it is not there."""
        path = self._cache / f"{part.sha256}.parquet"
        held = hold(path)
        if held is None:
            with locked(self._cache, part.sha256):
                while (held := hold(path)) is None:  # another process may make room at once
                    self._fetch(part, path)
            keep_below(self._cache, "*.parquet", self._cache_bytes, keep=path)
        return held

    def _fetch(self, part: Part, path: Path) -> None:
        try:
            found = obstore.get(self._store, part.key)
        except FileNotFoundError as error:
            raise PartDamaged(part.key, "it is missing") from error
        temporary = path.with_suffix(_FETCHING)
        try:
            with temporary.open("wb") as file:
                for chunk in found.stream(min_chunk_size=_CHUNK):
                    file.write(chunk)
            temporary.replace(path)
        except OSError as error:  # no room, mostly
            raise RowsError(f"part {part.key} cannot be copied: {error.strerror}") from error
        finally:
            temporary.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Take away what processes that were killed had begun to fetch."""
        for path in self._cache.glob(f"*{_FETCHING}"):
            with locked_at_once(self._cache, path.stem) as mine:
                if mine:
                    path.unlink(missing_ok=True)


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
