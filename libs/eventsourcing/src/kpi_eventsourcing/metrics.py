"""Prometheus metrics of the event store."""

from prometheus_client import Counter

appended_events = Counter("kpi_events_appended", "Events committed to the event table")
