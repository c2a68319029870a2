"""Exports: all rows of a view as a file, made while it is sent."""
