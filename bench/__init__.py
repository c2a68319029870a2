"""Benchmarks: each row measures us and a peer in the same run and prints the ratio."""
