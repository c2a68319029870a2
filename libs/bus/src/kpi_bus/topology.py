"""Streams on the server made to match their definitions. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import structlog
from nats.js import JetStreamContext
from nats.js.api import RetentionPolicy, StorageType, StreamConfig, StreamInfo
from nats.js.errors import APIError, NotFoundError

from kpi_bus.errors import TopologyConflict
from kpi_contracts.streams import ALL, StreamDefinition

_NAME_IN_USE = 10058
_INVALID_CONFIGURATION = 10052
_NO_REPLICAS_WITHOUT_CLUSTER = 10074

log = structlog.get_logger(__name__)


async def declare(
    js: JetStreamContext,
    streams: Iterable[StreamDefinition] = ALL,
    *,
    replicas: int | None = None,
) -> None:
    """Create each stream, or update it where it differs from its definition.

    Settings that no definition names (an operator's `max_bytes`, say) are left alone. So is the
    number of servers that hold a stream, one at first, unless `replicas` says otherwise.

    Raises:
        TopologyConflict: the server refuses the change.
        nats.errors.Error: the server does not answer.

    """
    for definition in streams:
        await _declare(js, definition, replicas)


async def _declare(
    js: JetStreamContext, definition: StreamDefinition, replicas: int | None
) -> None:
    wanted = settings_of(definition, replicas)
    try:
        info = await _create_or_info(js, wanted)
        if changed := _differences(info.config, wanted):
            await js.update_stream(info.config.evolve(**changed))
            log.info("stream.updated", stream=definition.name, settings=sorted(changed))
    except APIError as error:
        if error.err_code in (_INVALID_CONFIGURATION, _NO_REPLICAS_WITHOUT_CLUSTER):
            raise TopologyConflict(definition.name, error.description or "") from error
        raise


async def _create_or_info(js: JetStreamContext, wanted: dict[str, Any]) -> StreamInfo:
    try:
        return await js.stream_info(wanted["name"])
    except NotFoundError:
        try:
            return await js.add_stream(StreamConfig(**wanted))
        except APIError as error:
            if error.err_code != _NAME_IN_USE:
                raise
            # Another process declared it between our two requests.
            return await js.stream_info(wanted["name"])


def settings_of(definition: StreamDefinition, replicas: int | None) -> dict[str, Any]:
    """Return the server's settings that a definition decides; durations in seconds."""
    settings: dict[str, Any] = {
        "name": definition.name,
        "description": definition.description,
        "subjects": list(definition.subjects),
        "retention": RetentionPolicy(definition.retention),
        "storage": StorageType.FILE,
        "duplicate_window": definition.duplicate_window.total_seconds(),
        "max_age": definition.max_age.total_seconds() if definition.max_age else 0.0,
        "deny_delete": definition.deny_delete,
        "deny_purge": definition.deny_purge,
    }
    if replicas is not None:
        settings["num_replicas"] = replicas
    if definition.allow_schedules:
        settings["allow_msg_schedules"] = True
    return settings


def _differences(actual: StreamConfig, wanted: dict[str, Any]) -> dict[str, Any]:
    present = {item.name: getattr(actual, item.name) for item in fields(actual)}
    return {
        key: value for key, value in wanted.items() if (present[key] or None) != (value or None)
    }
