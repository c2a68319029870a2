"""Conditions: what must hold, or must not, of the rows asked for."""
