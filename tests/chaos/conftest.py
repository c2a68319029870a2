from collections.abc import Iterator

import pytest

from tests.chaos.house import House, house_in
from tests.chaos.settings import ChaosSettings


@pytest.fixture(scope="session")
def chaos() -> ChaosSettings:
    return ChaosSettings.from_environment()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run a stack for one module: whatever its tests do to it, the others have their own."""
    with house_in(tmp_path_factory.mktemp("house")) as house:
        yield house
