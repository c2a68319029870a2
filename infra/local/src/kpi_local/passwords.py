"""Passwords of the embedded servers' users: made once per home directory, never shown."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Passwords:
    """A JSON file (mode 0600) that holds one password per user."""

    path: Path

    def of(self, user: str) -> str:
        """Return the password of `user`, made on first use."""
        known: dict[str, str] = json.loads(self.path.read_text()) if self.path.exists() else {}
        if user not in known:
            known[user] = secrets.token_urlsafe(24)
            self.path.touch(mode=0o600)
            self.path.write_text(json.dumps(known, indent=2))
        return known[user]
