"""A network that falls silent: connections stay open, and nothing comes through them any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Proxy:
    """Passes bytes on between whoever connects and a server. Made by `proxy_to`."""

    def __init__(self, host: str, port: int) -> None:
        self._server = host, port
        self._flowing = asyncio.Event()
        self._pumps: set[asyncio.Task[None]] = set()
        self.withheld = 0  # times that there was something to pass on
        self.port = 0
        self.let_flow()

    def let_flow(self) -> None:
        """Serve connections made from now on; those that are silent stay so."""
        self._flowing = asyncio.Event()
        self._flowing.set()

    def fall_silent(self) -> None:
        """Pass nothing on any more, and accept without an answer."""
        self._flowing.clear()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what flows between this connection and one to the server."""
        flowing = self._flowing
        there, away = await asyncio.open_connection(*self._server)
        for source, target in ((reader, away), (there, writer)):
            task = asyncio.create_task(self._pump(source, target, flowing))
            self._pumps.add(task)
            task.add_done_callback(self._pumps.discard)

    async def close(self) -> None:
        """Cut all connections."""
        for task in tuple(self._pumps):
            task.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, flowing: asyncio.Event
    ) -> None:
        try:
            with suppress(OSError):
                while data := await source.read(1 << 16):
                    self.withheld += not flowing.is_set()
                    await flowing.wait()
                    target.write(data)
                    await target.drain()
        finally:
            target.close()


@asynccontextmanager
async def proxy_to(host: str, port: int) -> AsyncIterator[Proxy]:
    """Serve a proxy on a port of its own."""
    proxy = Proxy(host, port)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
