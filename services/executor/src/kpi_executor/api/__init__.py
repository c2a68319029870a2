"""REST: HTTP to commands and queries, and their answers back to HTTP."""
