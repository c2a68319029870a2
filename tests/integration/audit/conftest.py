from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from kpi_audit.bootstrap import PACKAGE, make_api
from kpi_audit.signing import SigningKey, TrustedKeys
from kpi_local.ports import free_port
from kpi_service.database import make_engine, migrate
from kpi_service.settings import Address, ServiceSettings
from kpi_testkit import Databases, PostgresServer
from tests.integration.audit.callers import AUDIENCE, ISSUER, Caller, Issuer
from tests.integration.audit.tampering import Tamper


@pytest.fixture
def audit_url(databases: Databases) -> Iterator[str]:
    """URL of a migrated database of the audit service."""
    url = databases.create(databases.template("audit", _migrate))
    yield url
    databases.drop(url)


def _migrate(url: str) -> None:
    migrate(url, PACKAGE)


@pytest.fixture
def engine(audit_url: str) -> Iterator[sa.Engine]:
    engine = make_engine(audit_url, name="audit tests")
    yield engine
    engine.dispose()


@pytest.fixture
def tamper(postgres_server: PostgresServer, audit_url: str) -> Tamper:
    """Change the log as only a superuser can."""
    return Tamper.of(postgres_server, audit_url)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return SigningKey.load_or_create(tmp_path / "keys")


@pytest.fixture
def trusted(tmp_path: Path) -> TrustedKeys:
    return TrustedKeys(tmp_path / "keys")


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture
def settings(audit_url: str, nats_url: str, issuer: Issuer, tmp_path: Path) -> ServiceSettings:
    return ServiceSettings(
        name="audit",
        database_url=audit_url,
        nats_url=nats_url,
        bind=Address("127.0.0.1", 0),
        worker_bind=Address("127.0.0.1", 0),
        jwks=str(issuer.jwks),
        issuer=ISSUER,
        audience=AUDIENCE,
        home=tmp_path,
    )


@pytest.fixture
def client(settings: ServiceSettings) -> Iterator[FlaskClient]:
    app = make_api(settings)
    yield app.test_client()
    for close in app.extensions["kpi_close"]:
        close()


@pytest.fixture
def caller(client: FlaskClient, issuer: Issuer) -> Callable[..., Caller]:
    """Make callers: `caller("ann", "viewer")`."""
    return lambda subject, *roles: Caller(client, issuer.token(subject, *roles))


@pytest.fixture
def auditor(caller: Callable[..., Caller]) -> Caller:
    return caller("iris", "auditor")


@pytest.fixture
def worker_environment(audit_url: str, nats_url: str, tmp_path: Path) -> dict[str, str]:
    """Environment of a worker process that signs as soon as anything is new."""
    return {
        "KPI_HOME": str(tmp_path),
        "KPI_DATABASE_URL": audit_url,
        "KPI_NATS_URL": nats_url,
        "KPI_WORKER_BIND": f"127.0.0.1:{free_port()}",
        "KPI_AUDIT_CHECKPOINT_SECONDS": "0.2",
    }
