"""Who may read results."""

READERS = ("viewer", "editor", "operator", "auditor")
