"""Event sourcing on Postgres: aggregates, store, unit of work, outbox, inbox and rebuilds."""
