"""Where KPI Ledger is and who asks: the only place here that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kpi_client.errors import ConfigurationError

DEFAULT_PORT = 8080
DEFAULT_HOME = ".kpi"


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """URL of the gateway, bearer token (``None``: none found) and the local home."""

    url: str
    token: str | None
    home: Path
    issuer: str
    audience: str


def read_settings(
    *,
    url: str | None = None,
    token: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> ClientSettings:
    """Merge arguments, environment and files, the first found winning.

    URL: argument, ``KPI_URL``, ``http://127.0.0.1:$KPI_PORT`` (8080).
    Token: argument, ``KPI_TOKEN``, the file ``$KPI_HOME/token`` (``./.kpi/token``).

    Raises:
        ConfigurationError: a value is unusable; the message names its origin.

    """
    environ = os.environ if environ is None else environ
    home = Path(environ.get("KPI_HOME") or DEFAULT_HOME)
    return ClientSettings(
        url=_url(url, environ),
        token=_token(token, environ, home / "token"),
        home=home,
        issuer=environ.get("KPI_JWT_ISSUER") or "kpi-ledger-local",
        audience=environ.get("KPI_JWT_AUDIENCE") or "kpi-ledger",
    )


def secret_in(variable: str, environ: Mapping[str, str] | None = None) -> str:
    """Read a secret from the environment variable the caller names.

    Raises:
        ConfigurationError: it is not set or empty.

    """
    environ = os.environ if environ is None else environ
    secret = environ.get(variable)
    if not secret:
        raise ConfigurationError(f"the environment variable {variable} is not set")
    return secret


def _url(argument: str | None, environ: Mapping[str, str]) -> str:
    url = argument or environ.get("KPI_URL")
    if not url:
        return f"http://127.0.0.1:{_port(environ)}"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        origin = "--url" if argument else "KPI_URL"
        raise ConfigurationError(f"{origin} must be an http(s) URL, not {url!r}")
    return url.rstrip("/")


def _port(environ: Mapping[str, str]) -> int:
    text = environ.get("KPI_PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ConfigurationError(f"KPI_PORT must be a port number, not {text!r}")
    return int(text)


def _token(argument: str | None, environ: Mapping[str, str], path: Path) -> str | None:
    candidates = (("--token", argument), ("KPI_TOKEN", environ.get("KPI_TOKEN")))
    for origin, token in candidates:
        if token:
            return _header_safe(token, origin)
    try:
        return _header_safe(path.read_text(encoding="utf-8").strip(), str(path)) or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read the token in {path}: {error}") from error


def _header_safe(token: str, origin: str) -> str:
    """Refuse what no HTTP header may hold, without ever showing the token."""
    if token.isascii() and not any(char.isspace() or not char.isprintable() for char in token):
        return token
    raise ConfigurationError(f"{origin} holds no token: it has spaces or non-ASCII characters")
