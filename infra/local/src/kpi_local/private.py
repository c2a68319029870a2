"""Files for their owner's eyes only, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Write a file (mode 0600), in the place of one of the same name.

    What was broken off, by a full disk or the end of the process, leaves the place as it was.
    """
    draft = path.with_name(f".{path.name}.new")
    draft.touch(mode=0o600)
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
