"""Who may call what: bearer tokens on every operation, roles named per operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from kpi_contracts.envelope import Actor
from kpi_service.annotations import notes
from kpi_service.problems import Problem
from kpi_service.tokens import InvalidToken, KeysUnavailable, TokenVerifier, User

ROLES = frozenset({"viewer", "editor", "operator", "auditor", "admin"})
EVERYTHING = "admin"
READERS = ("viewer", "editor", "operator", "auditor")
View = TypeVar("View", bound=Callable[..., Any])


def requires(*roles: str) -> Callable[[View], View]:
    """Let only holders of one of `roles` (or an admin) call the view; none named = any token.

    It only notes the roles on the view, so its place among the decorators does not matter:
    they are checked before anything else of the request is read.
    """
    unknown = set(roles) - ROLES
    if unknown:
        raise ValueError(f"There is no role {', '.join(sorted(unknown))}.")

    def mark(view: View) -> View:
        notes(view)["access"] = frozenset(roles)
        return view

    return mark


def public(view: View) -> View:
    """Let everyone call the view, without a token."""
    notes(view)["access"] = None
    return view


def required_roles(view: Callable[..., Any]) -> frozenset[str] | None:
    """Return the roles noted on `view`, None if it is public. Raises LookupError without note."""
    if "access" not in notes(view):
        raise LookupError(f"{view.__qualname__} says neither @requires(...) nor @public.")
    roles: frozenset[str] | None = notes(view)["access"]
    return roles


def register(app: Flask, verifier: TokenVerifier) -> None:
    """Make `verifier` judge the tokens of `app`."""
    app.extensions["kpi_token_verifier"] = verifier


def authorize(roles: frozenset[str] | None) -> None:
    """Raise Problem 401 or 403 unless the current request may pass; remember its user."""
    if roles is None:
        return
    user = _authenticate()
    if roles and EVERYTHING not in user.roles and not roles & user.roles:
        wanted = " or ".join(sorted(roles))
        raise Problem(
            403,
            f"This needs the role {wanted}.",
            headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
        )
    g.user = user


def current_user() -> User:
    """Return the caller of the current request."""
    user: User = g.user
    return user


def current_actor() -> Actor:
    """Return the caller as the actor of the events that the request causes."""
    return Actor(subject=current_user().subject, kind="user")


def _authenticate() -> User:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorized("Send a bearer token in the Authorization header.")
    verifier: TokenVerifier = current_app.extensions["kpi_token_verifier"]
    try:
        return verifier.verify(token.strip())
    except InvalidToken as error:
        raise _unauthorized(str(error), "invalid_token") from None
    except KeysUnavailable:
        raise Problem(
            503, "Tokens cannot be checked right now. Try again.", headers={"Retry-After": "5"}
        ) from None


def _unauthorized(detail: str, error: str | None = None) -> Problem:
    challenge = 'Bearer realm="kpi-ledger"' + (f', error="{error}"' if error else "")
    return Problem(401, detail, headers={"WWW-Authenticate": challenge})
