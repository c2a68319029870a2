"""Which hosts and files a source may point to."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path

from kpi_executor.sources.errors import SourceError, SourceRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Clouds hand out credentials at these addresses to whoever asks from inside.
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in ("169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2::254")
)
_NEVER_READ = tuple(Path(text) for text in ("/etc", "/proc", "/sys", "/dev", "/run", "/boot"))


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Host, port and name of a database."""

    host: str
    port: int
    database: str


@dataclass(frozen=True, slots=True)
class SourcePolicy:
    """What sources may reach.

    ``allow_private_hosts`` lets a source name this machine and private networks: right for one
    machine with own data on it, wrong for a shared installation. ``own_databases`` are those of
    KPI Ledger itself and never a source. ``roots``, if not empty, are the only folders to read.
    """

    allow_private_hosts: bool = True
    own_databases: tuple[DatabaseAddress, ...] = ()
    roots: tuple[Path, ...] = ()

    def addresses(self, target: DatabaseAddress) -> list[Address]:
        """Resolve the host once and return the addresses that may be connected to.

        The caller connects to one of these, not to the name, so that a second answer of the name
        server changes nothing. Raises `SourceRefused` if any address is not allowed.
        """
        found = _resolve(target.host, target.port)
        for address in found:
            self._check(address, target.host)
        for own in self.own_databases:
            if (own.port, own.database) == (target.port, target.database) and _overlap(
                found, _resolve(own.host, own.port)
            ):
                raise SourceRefused(
                    "This is KPI Ledger's own database; register the database of your data."
                )
        return found

    def file(self, path: Path) -> Path:
        """Return the resolved path of an existing file or folder that may be read."""
        try:
            resolved = path.resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            raise SourceError(f"{str(path)!r} does not exist; check the path.") from None
        if resolved.is_relative_to("/dev/shm"):  # noqa: S108 - a place of ordinary files
            return self._below_roots(resolved)
        if any(resolved.is_relative_to(place) for place in _NEVER_READ):
            raise SourceRefused(f"Files of the operating system ({path}) are no data source.")
        return self._below_roots(resolved)

    def _below_roots(self, path: Path) -> Path:
        if self.roots and not any(path.is_relative_to(root.resolve()) for root in self.roots):
            allowed = ", ".join(str(root) for root in self.roots)
            raise SourceRefused(f"Sources may only lie below {allowed}; move the file there.")
        return path

    def _check(self, address: Address, host: str) -> None:
        if address in _METADATA or address.is_link_local or address.is_multicast:
            raise SourceRefused(f"{host!r} is a link-local or metadata address; it is no source.")
        if address.is_unspecified or (address.version == 4 and address.is_reserved):
            raise SourceRefused(f"{host!r} is no address of a server; write its name.")
        if not self.allow_private_hosts and not address.is_global:
            raise SourceRefused(
                f"{host!r} is on this machine or in a private network, which this installation "
                "does not allow for sources."
            )


def _resolve(host: str, port: int) -> list[Address]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SourceError(
            f"The host {host!r} cannot be found; check its name.", transient=True
        ) from None
    return list(dict.fromkeys(_plain(str(answer[4][0])) for answer in answers))


def _plain(text: str) -> Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        # An IPv4 address in IPv6 clothes is the IPv4 address.
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _overlap(some: list[Address], others: list[Address]) -> bool:
    if any(address.is_loopback for address in some) and any(
        address.is_loopback for address in others
    ):
        return True
    return not set(some).isdisjoint(others)
