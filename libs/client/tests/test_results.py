"""Rows and exports through the client."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from kpi_client import Client, View, errors

from .peer import Peer, Reply


def test_a_page_is_asked_for_in_the_documented_words(peer: Peer, client: Client) -> None:
    view = View(
        sort_by=("PRICE", "SKU"), descending=True, filters={"PRICE": {"ge": 10}}, search="a b"
    )
    client.results.rows(101, page=2, page_size=20, view=view)
    query = peer.requests[0].query
    assert json.loads(query.pop("filters")) == {"PRICE": {"ge": 10}}
    assert query == {
        "page": "2",
        "page_size": "20",
        "sort_by": "PRICE,SKU",
        "sort_order": "desc",
        "search": "a b",
    }


def test_each_row_reads_every_page_once(peer: Peer, client: Client) -> None:
    peer.rows = [{"SKU": number} for number in range(2500)]
    assert [row["SKU"] for row in client.results.each_row(101)] == list(range(2500))
    assert len(peer.requests) == 3


def test_an_export_is_written_whole_with_its_digest(
    peer: Peer, client: Client, tmp_path: Path
) -> None:
    target = tmp_path / "rows.csv"
    exported = client.results.download(101, "csv", target)
    content = b"SKU,PRICE\nSKU000,0.0\n"
    assert target.read_bytes() == content
    assert (exported.bytes, exported.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_an_export_that_breaks_off_leaves_no_file(
    peer: Peer, client: Client, tmp_path: Path
) -> None:
    peer.export = Reply(chunks=[b"SKU,PRICE\n"], cut=True)
    with pytest.raises(errors.Unavailable):
        client.results.download(101, "csv", tmp_path / "rows.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_export_whose_compression_is_broken_is_unavailable(
    peer: Peer, client: Client, tmp_path: Path
) -> None:
    peer.export = Reply(chunks=[b"not gzip at all"], headers={"Content-Encoding": "gzip"})
    with pytest.raises(errors.Unavailable):
        client.results.download(101, "csv", tmp_path / "rows.csv")


CONTENT = b"SKU,PRICE\nSKU000,0.0\n"
WHOLE = {"bytes": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest(), "rows": 1}


def test_an_export_is_held_to_its_manifest_for_the_same_rows(
    peer: Peer, client: Client, tmp_path: Path
) -> None:
    peer.manifest = WHOLE
    client.results.download(101, "csv", tmp_path / "rows.csv", View(search="a b"))
    assert (tmp_path / "rows.csv").read_bytes() == CONTENT
    (asked,) = peer.sent("GET", "/v1/landing-kpi/executions/101/export/csv/manifest")
    assert asked.query == {"search": "a b"}


@pytest.mark.parametrize(
    "arrived", [[b"SKU,PRICE\n"], [CONTENT, b"EXPORT BROKEN OFF"], [CONTENT.lower()]]
)
def test_an_export_that_is_not_what_its_manifest_says_leaves_no_file(
    peer: Peer, client: Client, tmp_path: Path, arrived: list[bytes]
) -> None:
    peer.manifest = WHOLE
    peer.export = Reply(chunks=arrived)
    with pytest.raises(errors.DamagedDownload, match=r"unfinished.*export it again"):
        client.results.download(101, "csv", tmp_path / "rows.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_cannot_be_verified_leaves_no_file(
    peer: Peer, client: Client, tmp_path: Path
) -> None:
    peer.export = Reply(chunks=[CONTENT], headers={"Link": '</nowhere>; rel="describedby"'})
    with pytest.raises(errors.NotFound):
        client.results.download(101, "csv", tmp_path / "rows.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_manifest_elsewhere_is_not_asked_for(peer: Peer, client: Client, tmp_path: Path) -> None:
    link = '<https://elsewhere.example.org/manifest>; rel="describedby"'
    peer.export = Reply(chunks=[CONTENT], headers={"Link": link})
    client.results.download(101, "csv", tmp_path / "rows.csv")
    assert len(peer.requests) == 1


def test_an_export_the_service_refuses_is_an_error_not_a_file(
    peer: Peer, client: Client, tmp_path: Path
) -> None:
    peer.faults.append(Reply(404, {"title": "Not Found", "detail": "no execution 9"}))
    with pytest.raises(errors.NotFound, match="no execution 9"):
        client.results.download(9, "csv", tmp_path / "rows.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_export_arrives_piece_by_piece(peer: Peer, client: Client) -> None:
    peer.export = Reply(chunks=[b"a" * 65536] * 20)
    with client.results.export(101, "csv") as response:
        assert sum(map(len, response.iter_bytes())) == 20 * 65536
        assert response.num_bytes_downloaded >= 20 * 65536
