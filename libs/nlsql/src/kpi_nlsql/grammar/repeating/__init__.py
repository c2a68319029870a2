"""Duplicates: values that more than one row has."""
