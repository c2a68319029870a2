"""Object stores by their address: a folder or a bucket."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.store import ObjectStore, from_url


def open_store(url: str) -> ObjectStore:
    """Open `file:///…`, made if it is missing, or `s3://bucket/prefix`.

    Buckets take their credentials and endpoint from the `AWS_*` variables of the environment.
    """
    folder = local_folder(url)
    if folder is None:
        return from_url(url)
    folder.mkdir(parents=True, exist_ok=True)
    return from_url(url)


def local_folder(url: str) -> Path | None:
    """Return the folder of a `file://` store, None for others."""
    parts = urlsplit(url)
    return Path(unquote(parts.path)).resolve() if parts.scheme == "file" else None
