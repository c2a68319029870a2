"""What somebody with all rights on the database could do to the log."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from kpi_testkit import PostgresServer


@dataclass(frozen=True, slots=True)
class Tamper:
    """Changes rows behind the back of the triggers."""

    url: str

    @classmethod
    def of(cls, server: PostgresServer, database_url: str) -> Tamper:
        name = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
        return cls(server.url(database=str(name)))

    def edit(self, seq: int) -> None:
        """Let somebody else have done it."""
        self._run("UPDATE audit_log SET actor = 'mallory' WHERE seq = %s", seq)

    def delete(self, seq: int) -> None:
        self._run("DELETE FROM audit_log WHERE seq = %s", seq)

    def cut_behind(self, seq: int) -> None:
        self._run("DELETE FROM audit_log WHERE seq > %s", seq)

    def swap(self, one: int, other: int) -> None:
        """Exchange the places of two entries."""
        self._run("UPDATE audit_log SET seq = -seq WHERE seq IN (%s, %s)", one, other)
        self._run("UPDATE audit_log SET seq = %s + %s + seq WHERE seq < 0", one, other)

    def forget_seals(self) -> None:
        self._run("DELETE FROM audit_checkpoints")

    def set_hash(self, seq: int, previous: bytes, digest: bytes) -> None:
        statement = "UPDATE audit_log SET prev_hash = %s, hash = %s WHERE seq = %s"
        self._run(statement, previous, digest, seq)

    def falsify_history(self, seq: int) -> None:
        self._run("UPDATE kpi_history SET performed_by = 'mallory' WHERE seq = %s", seq)

    def _run(self, statement: str, *values: object) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute("SET session_replication_role = replica")
            changed = connection.execute(statement.encode(), values).rowcount
            assert changed > 0, statement
