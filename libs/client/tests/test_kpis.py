"""Definitions through the client."""

from __future__ import annotations

import pytest

from kpi_client import Client, errors

from .peer import Peer

KPIS = "/v1/landing-kpi/kpis"


def test_a_created_kpi_comes_back_with_its_version(client: Client) -> None:
    created = client.kpis.create(name="Mismatch", nl_definition="Show me all products")
    assert (created["id"], created["name"], created["version"]) == (1, "Mismatch", 1)


def test_filters_that_are_not_given_are_not_sent(peer: Peer, client: Client) -> None:
    client.kpis.list(is_active=True, limit=5)
    assert peer.requests[0].query == {"is_active": "true", "limit": "5"}


def test_each_reads_all_pages(peer: Peer, client: Client) -> None:
    for number in range(450):
        peer.add_kpi(f"KPI {number}")
    assert len({kpi["id"] for kpi in client.kpis.each()}) == 450
    assert len(peer.requests) == 3


@pytest.mark.parametrize("reference", ["2", "Product Mismatch", "product mismatch", "PMR"])
def test_a_kpi_is_found_by_id_name_or_alias(peer: Peer, client: Client, reference: str) -> None:
    peer.add_kpi("Product Mismatch of last year")
    peer.add_kpi("Product Mismatch", alias_name="PMR")
    found = client.kpis.find(reference)
    assert (found["id"], found["version"]) == (2, 1)


def test_an_unknown_name_is_not_found(client: Client) -> None:
    with pytest.raises(errors.NotFound, match="Nothing like it"):
        client.kpis.find("Nothing like it")


@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_name_is_no_name_of_a_kpi_without_an_alias(
    peer: Peer, client: Client, blank: str
) -> None:
    peer.add_kpi("The only one")
    with pytest.raises(errors.NotFound, match="name the KPI"):
        client.kpis.find(blank)


def test_an_alias_of_two_kpis_is_ambiguous(peer: Peer, client: Client) -> None:
    peer.add_kpi("First", alias_name="PMR")
    peer.add_kpi("Second", alias_name="PMR")
    with pytest.raises(errors.Ambiguous) as caught:
        client.kpis.find("PMR")
    assert caught.value.ids == [1, 2]


def test_an_update_of_a_version_that_is_gone_is_stale(peer: Peer, client: Client) -> None:
    peer.add_kpi("Mismatch", version=3)
    with pytest.raises(errors.Stale):
        client.kpis.update(1, version=2, description="late")
    assert client.kpis.update(1, version=3, description="in time")["version"] == 4


def test_a_delete_sends_the_version_it_was_decided_on(peer: Peer, client: Client) -> None:
    peer.add_kpi("Mismatch")
    client.kpis.delete(1, version=1)
    assert peer.sent("DELETE", f"{KPIS}/1")[0].headers["if-match"] == '"1"'
