"""The audit service: a provable record of everything that happened, and what it tells."""
