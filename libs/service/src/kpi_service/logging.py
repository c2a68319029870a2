"""Structured logs: one JSON object per line on stderr, with the trace id, never with a secret."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

from kpi_service.tracing import current_trace_id

REDACTED = "[redacted]"
_SECRET_KEY = re.compile(r"password|passwd|secret|token|authorization|cookie|api_?key|dsn", re.I)
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@:]*:[^/\s]*@")
_BEARER = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*")


def configure(service: str, level: str = "info") -> None:
    """Send structlog and the standard library's loggers to stderr as JSON. Safe to call again."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _service_and_trace(service),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_json),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(capture=True)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank out values of secret-looking keys, credentials in URLs and bearer tokens."""
    return {key: REDACTED if _SECRET_KEY.search(key) else _clean(event[key]) for key in event}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _BEARER.sub(REDACTED, _CREDENTIALS.sub(f"{REDACTED}@", value))
    if isinstance(value, dict):
        return {
            key: REDACTED if _SECRET_KEY.search(str(key)) else _clean(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def _service_and_trace(service: str) -> structlog.typing.Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        trace_id = current_trace_id()
        if trace_id:
            event.setdefault("trace_id", trace_id)
        return event

    return add


def _json(event: Any, **_options: Any) -> str:
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
