"""What every command shares: where to ask, who asks, and how to print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kpi_client.cli.output import Output

if TYPE_CHECKING:
    from kpi_client.client import Client

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Session:
    """Options given before or after the command's name."""

    url: str | None = None
    token: str | None = None
    output: Output = field(default_factory=Output)

    def client(self) -> Client:
        """Connect; the HTTP stack is loaded only now."""
        from kpi_client.client import Client

        return Client(self.url, self.token)

    def with_options(self, url: str | None, token: str | None, as_json: bool) -> Session:
        """Let options of an inner command win over those of an outer one."""
        return replace(
            self,
            url=url or self.url,
            token=token or self.token,
            output=Output(as_json=as_json or self.output.as_json),
        )


_OPTIONS = (
    click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout."),
    click.option("--url", metavar="URL", help="Gateway; else KPI_URL, else this machine."),
    click.option("--token", metavar="JWT", help="Else KPI_TOKEN, else $KPI_HOME/token."),
)


def session_options(function: F) -> Callable[..., Any]:
    """Add ``--json``, ``--url`` and ``--token``; the function gets a :class:`Session` first.

    The session is kept at the root of the command's context, where an error that ends
    the command finds out how to print itself.
    """

    @click.pass_context
    def with_session(
        context: click.Context,
        /,
        *args: Any,
        as_json: bool,
        url: str | None,
        token: str | None,
        **options: Any,
    ) -> Any:
        root = context.find_root()
        session = (root.obj or Session()).with_options(url, token, as_json)
        root.obj = session
        return function(session, *args, **options)

    wrapped: Callable[..., Any] = update_wrapper(with_session, function)
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped
