"""A client of chat completions in OpenAI's manner, bounded in time and in bytes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import httpx

from kpi_executor.llm.endpoint import ModelEndpoint
from kpi_nlsql.llm import Message

MAX_BYTES = 1 << 20
_CONNECT_SECONDS = 5.0
_OPTIONAL = {"temperature": 0, "response_format": {"type": "json_object"}}
"""What makes answers steadier; some models and servers refuse one or the other."""

_REMEDIES = {
    HTTPStatus.UNAUTHORIZED: "; check KPI_LLM_KEY",
    HTTPStatus.FORBIDDEN: "; check KPI_LLM_KEY",
    HTTPStatus.NOT_FOUND: "; check KPI_LLM_URL and KPI_LLM_MODEL",
    HTTPStatus.TOO_MANY_REQUESTS: " (too many requests)",
}


class ModelFailed(Exception):
    """The endpoint gave no text; the message says why, and holds nothing the endpoint sent."""


class ChatClient:
    """Talks to one endpoint. Safe to share between threads; not for use inside an event loop."""

    def __init__(self, endpoint: ModelEndpoint) -> None:
        self.endpoint = endpoint

    def dialogue(self) -> Callable[[Sequence[Message]], str]:
        """Return what completes the chats of one dialogue, all of them within the time limit.

        It raises ``ModelFailed``.
        """
        deadline = time.monotonic() + self.endpoint.timeout_seconds
        return lambda messages: self._complete(messages, deadline)

    def _complete(self, messages: Sequence[Message], deadline: float) -> str:
        try:
            return asyncio.run(self._within(messages, deadline - time.monotonic()))
        except TimeoutError:
            raise self._too_slow() from None
        except httpx.HTTPError as error:
            raise ModelFailed(f"it could not be reached ({type(error).__name__})") from None

    async def _within(self, messages: Sequence[Message], seconds: float) -> str:
        # httpx bounds single reads only: an endpoint that drips bytes would never end.
        async with asyncio.timeout(seconds):
            timeout = httpx.Timeout(None, connect=min(_CONNECT_SECONDS, max(seconds, 0.001)))
            async with httpx.AsyncClient(timeout=timeout, headers=self._headers()) as client:
                status, body = await self._post(client, messages, _OPTIONAL)
                if status == HTTPStatus.BAD_REQUEST:
                    status, body = await self._post(client, messages, {})
        if status != HTTPStatus.OK:
            raise ModelFailed(f"it answered HTTP {status}{_remedy(status)}")
        return _content(body)

    async def _post(
        self, client: httpx.AsyncClient, messages: Sequence[Message], options: dict[str, Any]
    ) -> tuple[int, bytes]:
        request = {"model": self.endpoint.model, "messages": list(messages), **options}
        # Values may hold halves of surrogate pairs, which only JSON's own escapes can carry.
        content = json.dumps(request, ensure_ascii=True).encode("ascii")
        async with client.stream("POST", self.endpoint.completions_url, content=content) as reply:
            body = b""
            async for chunk in reply.aiter_raw():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise ModelFailed(f"its answer is larger than {MAX_BYTES >> 20} MiB")
            return reply.status_code, body

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if self.endpoint.key:
            headers["Authorization"] = f"Bearer {self.endpoint.key}"
        return headers

    def _too_slow(self) -> ModelFailed:
        return ModelFailed(f"it did not answer within {self.endpoint.timeout_seconds:g} s")


def _remedy(status: int) -> str:
    return next((text for known, text in _REMEDIES.items() if known == status), "")


def _content(body: bytes) -> str:
    try:
        text = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise ModelFailed("its answer is not that of a chat completion") from None
    if not isinstance(text, str):
        raise ModelFailed("its answer holds no text")
    return text
