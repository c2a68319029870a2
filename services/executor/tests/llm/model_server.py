"""A stub of an OpenAI-compatible endpoint on a real socket, whose answers a test writes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Request:
    """One call: path, headers in lower case, and the JSON body."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Raw:
    """An answer as it stands, instead of a well-formed completion."""

    status: int = 200
    body: bytes = b""
    wait_for: threading.Event | None = None
    drip: bool = False


Answer = str | Raw | Callable[[Request], "str | Raw"]


@dataclass
class ModelServer:
    """Gives its answers one after the other, the last one for ever."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def says(self, *answers: Answer) -> None:
        """Set what is answered from now on."""
        self.answers = list(answers)

    def hangs(self) -> Raw:
        """Return an answer that does not come before the server is shut down."""
        return Raw(wait_for=self.released)

    def drips(self) -> Raw:
        """Return an answer that comes a byte at a time, without an end."""
        return Raw(drip=True)

    def answer(self, request: Request) -> Raw:
        """Return the answer to a request as bytes."""
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer(request)
        return answer if isinstance(answer, Raw) else Raw(body=completion(answer))


def sql(query: str | None, explanation: str = "As asked.") -> str:
    """Return the text of a reply in the form that is asked for."""
    return json.dumps({"sql": query, "explanation": explanation})


def completion(text: object) -> bytes:
    """Return a chat completion that carries a text."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    return json.dumps({"object": "chat.completion", "choices": [choice]}).encode()


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = server.answer(Request(self.path, headers, body))
            if answer.wait_for is not None:
                answer.wait_for.wait(60)
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            if answer.drip:
                self._drip()
            self.wfile.write(answer.body)

        def _drip(self) -> None:
            while not server.released.wait(0.05):
                try:
                    self.wfile.write(b" ")
                except OSError:
                    return

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing on the terminal."""

    return Handler


@contextmanager
def serving() -> Iterator[ModelServer]:
    """Run a server on a free port."""
    stub = ModelServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(stub)) as http:
        stub.url = f"http://127.0.0.1:{http.server_port}/v1"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield stub
        finally:
            stub.released.set()
            http.shutdown()
            thread.join()
