"""REST: HTTP to queries and the row engine, and their answers back to HTTP."""
