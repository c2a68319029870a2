"""The contracts between the services: events, commands, subjects and streams.

Nothing here does I/O or knows a service; the only dependency is marshmallow.
"""
