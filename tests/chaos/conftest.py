from collections.abc import Iterator

import pytest

from kpi_testkit import Databases
from tests.chaos.executor import lonely_executor
from tests.chaos.house import House, house_in
from tests.chaos.settings import ChaosSettings
from tests.chaos.single import Service


@pytest.fixture(scope="session")
def chaos() -> ChaosSettings:
    return ChaosSettings.from_environment()


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run one stack for all tests of this folder: each leaves it well, or is a failure."""
    with house_in(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="module")
def executor(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Run the api of an executor alone; workers come and go with the tests."""
    with lonely_executor(databases, tmp_path_factory.mktemp("executor")) as executor:
        yield executor
