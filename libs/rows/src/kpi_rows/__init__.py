"""Stored rows as their writer and their reader agree on them: parts, names, values."""
