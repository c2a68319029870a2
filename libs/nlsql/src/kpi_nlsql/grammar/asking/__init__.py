"""What is asked for: columns, counts, sums and groups."""
