"""A JetStream cluster for tests: several servers on loopback that hold copies for each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from kpi_local import nats
from kpi_local.ports import LOOPBACK, free_port
from kpi_testkit.eventually import eventually
from kpi_testkit.processes import Process

SIZE = 3
START_TIMEOUT = 60.0


class Node:
    """One server of a cluster; `start` after `kill` brings it back on its ports and data."""

    def __init__(self, directory: Path, name: str) -> None:
        self.name = name
        self.route = f"nats://{LOOPBACK}:{free_port()}"
        self._server = nats.Nats(directory, free_port(), free_port(), durable=False)
        self._server.prepare()
        self.process = Process(self._server.command(), log=directory / "nats.log")

    def join(self, nodes: list[Node]) -> None:
        """Write the configuration of a server among `nodes`, with the users of the first."""
        configuration = {
            **self._server.configuration(),
            "server_name": self.name,
            "authorization": nodes[0]._users(),
            "cluster": {
                "name": "kpi",
                "listen": self.route.removeprefix("nats://"),
                "routes": [node.route for node in nodes],
            },
        }
        self._server.configuration_file.write_text(json.dumps(configuration, indent=2))

    def start(self) -> Node:
        """Start without waiting: alone, a server of a cluster is not ready."""
        self.process.start()
        return self

    def wait_until_ready(self) -> None:
        """Wait until the server has caught up with the others."""
        self.process.wait_until(self._server.is_ready, START_TIMEOUT)

    def kill(self) -> None:
        """SIGKILL to the server, as a crash."""
        self.process.kill()

    def url(self, password: str) -> str:
        """URL of the services' user, who has one password on all nodes, on this one."""
        return f"nats://{nats.SERVICE_USER}:{password}@{LOOPBACK}:{self._server.port}"

    def password(self) -> str:
        """Return the password of the services' user, if this is the first node."""
        return self._server.password(nats.SERVICE_USER)

    def knows(self, others: int) -> bool:
        """Whether this node places the streams, and so many others are up to date."""
        if not self.process.is_running:
            return False
        meta = httpx.get(f"http://{LOOPBACK}:{self._server.monitor_port}/jsz").json()[
            "meta_cluster"
        ]
        current = [peer for peer in meta.get("replicas") or () if peer.get("current")]
        return meta.get("leader") == self.name and len(current) == others

    def leads(self, stream: str) -> bool:
        """Whether this node runs and takes the writes of a stream, as far as it knows itself."""
        if not self.process.is_running:
            return False
        url = f"http://{LOOPBACK}:{self._server.monitor_port}/jsz?streams=true"
        accounts = httpx.get(url).json()["account_details"]
        streams = {each["name"]: each for account in accounts for each in account["stream_detail"]}
        return bool(streams[stream]["cluster"].get("leader") == self.name)

    def _users(self) -> dict[str, Any]:
        users: dict[str, Any] = self._server.configuration()["authorization"]
        return users


class NatsCluster:
    """The nodes by name; `url` has the addresses of all."""

    def __init__(self, directory: Path, size: int = SIZE) -> None:
        folders = {f"n{number}": directory / f"n{number}" for number in range(1, size + 1)}
        self.nodes = {name: Node(folder, name) for name, folder in folders.items()}
        for node in self.nodes.values():
            node.join(list(self.nodes.values()))

    def start(self) -> NatsCluster:
        """Start every node that does not run and wait until all are ready."""
        for node in self.nodes.values():
            if not node.process.is_running:
                node.start()
        for node in self.nodes.values():
            node.wait_until_ready()
        eventually(self._placed, START_TIMEOUT, "a leader knows all servers, to place streams on")
        return self

    def _placed(self) -> bool:
        # Ready servers may still elect who places streams; until then requests go unanswered.
        return any(node.knows(len(self.nodes) - 1) for node in self.nodes.values())

    def leader(self, stream: str) -> Node:
        """Return the node that takes the writes of a stream, once there is one."""

        def leaders() -> list[Node]:
            return [node for node in self.nodes.values() if node.leads(stream)]

        return eventually(leaders, START_TIMEOUT, f"{stream} has a leader")[0]

    def close(self) -> None:
        """End all nodes."""
        for node in self.nodes.values():
            node.process.close()

    @property
    def url(self) -> str:
        """URLs of all nodes, separated by commas, as `KPI_NATS_URL` takes them."""
        nodes = list(self.nodes.values())
        return ",".join(node.url(nodes[0].password()) for node in nodes)


@contextmanager
def nats_cluster(directory: Path) -> Iterator[NatsCluster]:
    """Run a cluster that ends with the block."""
    cluster = NatsCluster(directory)
    try:
        yield cluster.start()
    finally:
        cluster.close()
