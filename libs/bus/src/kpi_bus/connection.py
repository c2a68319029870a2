"""The connection to NATS, with the settings that a crash of the server has taught.

- `pending_size=0`: a publish while disconnected fails at once instead of timing out and being
  sent after all when the connection returns.
- endless reconnects; when the client gives up nevertheless, `on_closed` ends the process.
- messages over 900 kB are refused here: the server would close the connection for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import PubAck

from kpi_bus import metrics
from kpi_bus.errors import Disconnected, MessageTooLarge
from kpi_contracts.messages import Message

MAX_MESSAGE_BYTES = 900_000
API_TIMEOUT = 5.0
PUBLISH_TIMEOUT = 2.0  # a publish is lost with its leader; sooner repeated, sooner through
PING_INTERVAL = 5  # two unanswered: a server that hangs is left after 10 to 15 s
RECONNECT_WAIT = 0.5

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Bus:
    """One connection and its JetStream context. Made by `connect`.

    `interrupted` is set when the present connection is lost; the next one has a fresh event.
    `replicas` is how many servers are to hold each stream, None where that is not for us to say.
    """

    nc: Client
    js: JetStreamContext
    _on_closed: Callable[[], None]
    replicas: int | None = None
    _closing: bool = field(default=False)
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def connected(self) -> bool:
        """Whether there is a connection right now."""
        return bool(self.nc.is_connected)

    @property
    def reconnects(self) -> int:
        """How often the connection was lost and won back."""
        return int(self.nc.stats["reconnects"])

    async def publish(self, message: Message, *, timeout: float = PUBLISH_TIMEOUT) -> PubAck:
        """Publish to a stream and return its acknowledgement.

        Raises:
            MessageTooLarge: headers and body together exceed 900 kB.
            Disconnected: there is no connection now; nothing was sent.
            nats.errors.Error: no acknowledgement; whether it is stored is unknown, so publish
                again with the same `Nats-Msg-Id`.

        """
        check_size(message)
        if not self.connected:
            # nats-py would leave the request's future behind for ever.
            raise Disconnected("not connected to NATS")
        return await self.js.publish(
            message.subject, message.body, timeout=timeout, headers=message.headers
        )

    async def close(self) -> None:
        """Close the connection without calling `on_closed`."""
        self._closing = True
        try:
            await self.nc.close()
        except asyncio.CancelledError:
            # While it is reconnecting, nats-py lets the cancellation of its own reader through.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise

    async def _disconnected(self) -> None:
        metrics.CONNECTED.set(0)
        self.interrupted.set()
        self.interrupted = asyncio.Event()
        if not self._closing:
            log.warning("bus.disconnected")

    async def _closed(self) -> None:
        metrics.CONNECTED.set(0)
        if not self._closing:
            log.error("bus.closed", error=str(self.nc.last_error))
            self._on_closed()


async def connect(
    url: str,
    *,
    name: str,
    on_closed: Callable[[], None],
    replicas: int | None = None,
) -> Bus:
    """Connect to NATS, trying until it answers (bound the wait from outside).

    `url` may name several servers of one cluster, separated by commas; the user and password of
    the first are those of all, also of servers that only the cluster itself names.

    `on_closed` is called once if the client gives up for good: end the process there, so that
    its supervisor starts it afresh.
    """
    client = Client()
    bus = Bus(client, client.jetstream(timeout=API_TIMEOUT), on_closed, replicas)
    await client.connect(
        **servers_and_login(url),
        name=name,
        pending_size=0,
        max_reconnect_attempts=-1,
        reconnect_time_wait=RECONNECT_WAIT,  # type: ignore[arg-type]  # a float works as well
        ping_interval=PING_INTERVAL,
        error_cb=_error,
        disconnected_cb=bus._disconnected,
        reconnected_cb=_reconnected,
        closed_cb=bus._closed,
    )
    metrics.CONNECTED.set(1)
    return bus


def servers_and_login(url: str) -> dict[str, Any]:
    """Return the addresses and the credentials in a list of URLs as the client's options.

    Left in the URLs, credentials would be missing for the servers that the client learns of
    from the cluster itself: those would refuse it.
    """
    parts = [urlsplit(each.strip()) for each in url.split(",")]
    first = parts[0]
    options: dict[str, Any] = {
        "servers": [part._replace(netloc=part.netloc.rpartition("@")[2]).geturl() for part in parts]
    }
    if first.password is not None:
        options |= {"user": unquote(first.username or ""), "password": unquote(first.password)}
    elif first.username:
        options["token"] = unquote(first.username)
    return options


def size_of(message: Message) -> int:
    """Return the bytes of a message on the wire, headers included."""
    headers = sum(len(key) + len(value.encode()) + 4 for key, value in message.headers.items())
    return len(message.body) + headers


def check_size(message: Message) -> None:
    """Raise MessageTooLarge for a message that the server would punish."""
    size = size_of(message)
    if size > MAX_MESSAGE_BYTES:
        raise MessageTooLarge(message.subject, size, MAX_MESSAGE_BYTES)


async def _error(error: Exception) -> None:
    metrics.CONNECTION_ERRORS.inc()
    log.warning("bus.error", error=str(error) or type(error).__name__)


async def _reconnected() -> None:
    metrics.CONNECTED.set(1)
    log.info("bus.reconnected")
