"""What the bus tells Prometheus. Lags are in events (or rows) and seconds."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

CONNECTED = Gauge("kpi_bus_connected", "1 while the process is connected to NATS")
CONNECTION_ERRORS = Counter("kpi_bus_connection_errors_total", "Errors reported by the NATS client")

RELAY_LEADER = Gauge("kpi_relay_leader", "1 while this process is the relay's leader", ["relay"])
RELAY_LAG_ROWS = Gauge("kpi_relay_lag_events", "Committed events not yet in the stream", ["relay"])
RELAY_LAG_SECONDS = Gauge("kpi_relay_lag_seconds", "Age of the oldest unpublished event", ["relay"])
RELAY_PUBLISHED = Counter(
    "kpi_relay_published_total", "Events acknowledged by the stream", ["relay"]
)
RELAY_RETRIES = Counter(
    "kpi_relay_retries_total", "Publishes that had to be tried again", ["relay"]
)
RELAY_REFILLED = Counter("kpi_relay_refilled_total", "Events republished to a stream", ["relay"])
RELAY_PUBLISH_SECONDS = Histogram(
    "kpi_relay_publish_seconds",
    "From an event's own time to the stream's acknowledgement",
    ["relay"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30, 300),
)

CONSUMER_POSITION = Gauge("kpi_consumer_position", "Last stream sequence projected", ["consumer"])
CONSUMER_LAG = Gauge(
    "kpi_consumer_lag_events", "Events in the stream not yet projected", ["consumer"]
)
PROJECTED = Counter("kpi_consumer_projected_total", "Events projected", ["consumer"])
PROJECT_SECONDS = Histogram("kpi_consumer_batch_seconds", "Time of one batch", ["consumer"])
CONSUMER_RETRIES = Counter(
    "kpi_consumer_retries_total", "Batches or commands retried", ["consumer"]
)
COMMANDS = Counter("kpi_commands_total", "Commands by how they ended", ["consumer", "outcome"])

PARKED = Counter(
    "kpi_parked_total", "Messages put aside because they cannot be handled", ["consumer"]
)
CONTESTED = Counter(
    "kpi_contested_total",
    "Events put aside because another one has their version of the aggregate",
    ["consumer"],
)
