"""Rankings: orders, extremes, and the first rows of each group."""
