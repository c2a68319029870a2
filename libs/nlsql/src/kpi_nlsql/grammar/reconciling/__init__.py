"""Reconciliation: rows of one table set against those of another."""
