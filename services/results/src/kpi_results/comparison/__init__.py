"""Comparison of runs: which rows are new, resolved, persisting or changed."""
