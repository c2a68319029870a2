"""Keeping the stack's programs running: supervisord with a generated configuration.

Every program is started on request, in the order of their needs, and restarted whenever it ends.
supervisord itself ends with this process, even if this process is killed.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import xmlrpc.client
from collections.abc import Iterable, Mapping
from configparser import RawConfigParser
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from http.client import HTTPException
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from kpi_local.errors import ServerFailed
from kpi_local.home import Home
from kpi_local.unprivileged import is_root
from kpi_local.waiting import wait_until

SOCKET_PATH_LIMIT = 100  # bytes; the kernel allows 108 including the terminating zero
SHUTDOWN_TIMEOUT = 14.0  # seconds for all programs together


class Stage(IntEnum):
    """When a program is stopped: the highest stage first, one stage at a time."""

    STORAGE = 10
    SERVICES = 20
    EDGE = 30


@dataclass(frozen=True, slots=True)
class Program:
    """One supervised program."""

    name: str
    command: list[str]
    stage: Stage
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: int = 5
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """Name of the supervisord group it is stopped with."""
        return self.stage.name.lower()


class Supervisor:
    """A supervisord child of this process and its programs."""

    def __init__(self, home: Home, programs: Iterable[Program]) -> None:
        self._home = home
        self._programs = {program.name: program for program in programs}
        self._socket = _socket_path(home)
        self._child: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    def start(self, lock: int) -> None:
        """Start supervisord without any program; it inherits the home's `lock`.

        Raises ServerFailed.
        """
        configuration = self._home.run / "supervisord.conf"
        configuration.touch(mode=0o600)
        with configuration.open("w") as file:
            self._configuration().write(file)
        with (self._home.logs / "supervisord.log").open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(configuration)],
                cwd=self._home.path,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: we stop the programs in order
                pass_fds=[lock],
            )
        self._guard = _guard(self._child.pid)
        wait_until(self._answers, 20, "supervisord answers", self._home.log_tail("supervisord"))

    def launch(self, *names: str) -> None:
        """Start programs; they may not be ready yet when this returns."""
        for name in names:
            try:
                self._call("startProcess", self._full_name(name), False)
            except xmlrpc.client.Fault as fault:
                raise ServerFailed(f"{name} cannot be started: {fault.faultString}") from None

    def state(self, name: str) -> str:
        """Return supervisord's word for a program, e.g. RUNNING or BACKOFF."""
        return str(self._call("getProcessInfo", self._full_name(name))["statename"])

    def pid(self, name: str) -> int:
        """Return the process id of a running program, 0 if it does not run."""
        return int(self._call("getProcessInfo", self._full_name(name))["pid"])

    def is_alive(self) -> bool:
        """Whether supervisord itself runs."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """Stop all programs, the highest stage first, then supervisord; kill what is left."""
        if self._child is None:
            return
        pids = self._pids()
        self._child.terminate()
        try:
            self._child.wait(SHUTDOWN_TIMEOUT)
        except subprocess.TimeoutExpired:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._child.kill()
            self._child.wait()
        self._release_guard()
        self._socket.unlink(missing_ok=True)

    def _pids(self) -> list[int]:
        with suppress(OSError, HTTPException, xmlrpc.client.Error):
            return [info["pid"] for info in self._call("getAllProcessInfo") if info["pid"]]
        return []

    def _answers(self) -> bool:
        if not self.is_alive():
            raise ServerFailed(f"supervisord ended:\n{self._home.log_tail('supervisord')}")
        try:
            self._call("getState")
        except (OSError, HTTPException):
            return False
        return True

    def _call(self, method: str, *arguments: Any) -> Any:
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self._socket}")
        with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as proxy:
            return getattr(proxy.supervisor, method)(*arguments)

    def _configuration(self) -> RawConfigParser:
        parser = RawConfigParser()
        sections: dict[str, dict[str, str]] = {
            "unix_http_server": {"file": str(self._socket), "chmod": "0700"},
            "supervisord": {
                "logfile": str(self._relative(self._home.logs / "supervisor-events.log")),
                "logfile_maxbytes": "5MB",
                "pidfile": str(self._relative(self._home.run / "supervisord.pid")),
                "silent": "true",
                **({"user": "root"} if is_root() else {}),
            },
            "rpcinterface:supervisor": {
                "supervisor.rpcinterface_factory": (
                    "supervisor.rpcinterface:make_main_rpcinterface"
                )
            },
            **{f"program:{name}": self._section(it) for name, it in self._programs.items()},
            **self._groups(),
        }
        parser.read_dict({name: _literal(values) for name, values in sections.items()})
        return parser

    def _groups(self) -> dict[str, dict[str, str]]:
        """Let the programs of a stage be stopped together, the highest stage first."""
        members: dict[Stage, list[str]] = {}
        for program in self._programs.values():
            members.setdefault(program.stage, []).append(program.name)
        return {
            f"group:{stage.name.lower()}": {
                "programs": ",".join(names),
                "priority": str(int(stage)),
            }
            for stage, names in members.items()
        }

    def _relative(self, path: Path) -> Path:
        """Name a file as supervisord, which runs in the home, finds it.

        It expands `%` twice in some absolute paths, so that no escape helps.
        """
        return path.relative_to(self._home.path)

    def _full_name(self, name: str) -> str:
        return f"{self._programs[name].group}:{name}"

    def _section(self, program: Program) -> dict[str, str]:
        log = self._home.logs / f"{program.name}.log"
        environment = ",".join(f'{key}="{value}"' for key, value in program.environment.items())
        return {
            "command": shlex.join(program.command),
            "environment": environment,
            "autostart": "false",
            "autorestart": "true",
            "startsecs": "1",
            "startretries": "1000",
            "stopsignal": program.stop_signal.name.removeprefix("SIG"),
            "stopwaitsecs": str(program.stop_seconds),
            "stopasgroup": "false",
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": str(self._relative(log)),
            "stdout_logfile_maxbytes": "10MB",
            "stdout_logfile_backups": "2",
        }

    def _release_guard(self) -> None:
        if self._guard is None:
            return
        self._guard.kill()
        self._guard.wait()
        if self._guard.stdin:
            self._guard.stdin.close()


def _guard(pid: int) -> subprocess.Popen[bytes]:
    """Start a shell that ends process `pid` once our end of its pipe is gone."""
    return subprocess.Popen(
        ["/bin/sh", "-c", 'read -r _; kill -TERM "$0" 2>/dev/null', str(pid)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def _socket_path(home: Home) -> Path:
    path = home.run / "supervisor.sock"
    if len(os.fsencode(path)) < SOCKET_PATH_LIMIT:
        return path
    return Path(tempfile.mkdtemp(prefix="kpi-")) / "supervisor.sock"


def _literal(values: Mapping[str, str]) -> dict[str, str]:
    """Escape what supervisord would expand."""
    return {name: value.replace("%", "%%") for name, value in values.items()}
