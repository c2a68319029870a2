"""A location is stored without its password and gets it back to connect."""

import pytest
from cryptography.fernet import Fernet

from kpi_executor.locations import split_secret, with_secret
from kpi_executor.secrets import Secrets, SecretUnreadable


@pytest.mark.parametrize(
    ("location", "bare", "secret"),
    [
        ("/data/shop.sqlite", "/data/shop.sqlite", None),
        ("postgresql://ann@db/shop", "postgresql://ann@db/shop", None),
        ("postgresql://ann:p%40ss@db:5432/shop?a=b", "postgresql://ann@db:5432/shop?a=b", "p@ss"),
    ],
)
def test_the_password_is_taken_out(location: str, bare: str, secret: str | None) -> None:
    assert split_secret(location) == (bare, secret)
    assert with_secret(bare, secret) == location


def test_a_secret_can_only_be_read_with_its_key() -> None:
    secrets = Secrets(Fernet.generate_key())
    stored = secrets.encrypt("p@ss")
    assert b"p@ss" not in stored
    assert secrets.decrypt(stored) == "p@ss"
    with pytest.raises(SecretUnreadable):
        Secrets(Fernet.generate_key()).decrypt(stored)
