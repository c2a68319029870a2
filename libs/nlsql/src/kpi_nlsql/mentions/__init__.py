"""From tokens to mentions: which words of a sentence name which tables, columns and values."""
