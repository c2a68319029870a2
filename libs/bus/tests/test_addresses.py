from __future__ import annotations

from kpi_bus.connection import servers_and_login


def test_the_login_of_the_first_server_is_that_of_all() -> None:
    assert servers_and_login("nats://ann:s%40fe@a:4222,nats://b:4222, tls://ann:s%40fe@c") == {
        "servers": ["nats://a:4222", "nats://b:4222", "tls://c"],
        "user": "ann",
        "password": "s@fe",
    }


def test_a_name_without_a_password_is_a_token() -> None:
    assert servers_and_login("nats://tok@a") == {"servers": ["nats://a"], "token": "tok"}


def test_a_server_needs_no_login_and_no_scheme() -> None:
    assert servers_and_login("localhost:4222") == {"servers": ["localhost:4222"]}
