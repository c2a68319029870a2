"""The embedded stack: servers from wheels, supervision, gateway, demo data and the first walk."""
