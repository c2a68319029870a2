"""Passwords of the embedded servers' users: made once per home directory, never shown."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from kpi_local.private import write_private


@dataclass(frozen=True, slots=True)
class Passwords:
    """A JSON file (mode 0600) that holds one password per user."""

    path: Path

    def of(self, user: str) -> str:
        """Return the password of `user`, made on first use."""
        known: dict[str, str] = json.loads(self.path.read_text()) if self.path.exists() else {}
        if user not in known:
            known[user] = secrets.token_urlsafe(24)
            write_private(self.path, json.dumps(known, indent=2).encode())
        return known[user]
