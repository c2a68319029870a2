"""Drill-down: pages of a stored result's rows, in any order and under any filter."""
