"""The chain, pure: what verification finds, and where."""

from dataclasses import replace

import pytest

from kpi_audit.chain import GENESIS, START, Fault, Head, Link, Seal, next_hash, verify

LENGTH = 8


def chain_of(count: int, start: Head = START) -> list[Link]:
    links: list[Link] = []
    head = start
    for seq in range(start.seq + 1, start.seq + count + 1):
        content = f"event {seq}".encode()
        digest = next_hash(head.hash, content)
        links.append(Link(seq, head.hash, digest, content))
        head = Head(seq, digest)
    return links


def seal_of(link: Link, key_id: str = "good") -> Seal:
    return Seal(link.seq, link.hash, b"signature", key_id)


def fault_in(links: list[Link], *seals: Seal, start: Head = START) -> Fault | None:
    return verify(links, seals, lambda seal: seal.key_id == "good", start).fault


def rewritten_from(links: list[Link], seq: int, content: bytes) -> list[Link]:
    """Change an entry and recompute every hash behind it, as a careful forger would."""
    head = Head(seq - 1, links[seq - 2].hash if seq > 1 else GENESIS)
    forged = links[: seq - 1]
    for link in links[seq - 1 :]:
        text = content if link.seq == seq else link.content
        digest = next_hash(head.hash, text)
        forged.append(Link(link.seq, head.hash, digest, text))
        head = Head(link.seq, digest)
    return forged


def test_an_untouched_chain_is_followed_to_its_end() -> None:
    links = chain_of(LENGTH)
    verdict = verify(links, [seal_of(links[3]), seal_of(links[5])], lambda _: True)
    assert verdict.valid
    assert (verdict.entries, verdict.seals, verdict.signed_to) == (LENGTH, 2, 6)
    assert verdict.head == Head(LENGTH, links[-1].hash)


def test_an_empty_chain_is_valid() -> None:
    assert verify([], [], lambda _: True).head == START


@pytest.mark.parametrize("seq", range(1, LENGTH + 1))
def test_an_edited_entry_is_named(seq: int) -> None:
    links = chain_of(LENGTH)
    links[seq - 1] = replace(links[seq - 1], content=b"something else")
    fault = fault_in(links)
    assert fault is not None
    assert fault.seq == seq
    assert "does not fit its hash" in fault.reason


@pytest.mark.parametrize("seq", range(1, LENGTH))
def test_a_deleted_entry_is_named(seq: int) -> None:
    links = chain_of(LENGTH)
    del links[seq - 1]
    assert fault_in(links) == Fault(seq, f"entry {seq} is missing")


@pytest.mark.parametrize("seq", range(1, LENGTH))
def test_the_first_of_two_swapped_entries_is_named(seq: int) -> None:
    links = chain_of(LENGTH)
    first, second = links[seq - 1], links[seq]
    links[seq - 1 : seq + 1] = [replace(second, seq=seq), replace(first, seq=seq + 1)]
    fault = fault_in(links)
    assert fault is not None
    assert fault.seq == seq


def test_a_tail_cut_behind_the_last_seal_cannot_be_seen_by_hashes_alone() -> None:
    links = chain_of(LENGTH)
    assert fault_in(links[:6], seal_of(links[5])) is None


def test_a_tail_cut_before_the_last_seal_is_named() -> None:
    links = chain_of(LENGTH)
    fault = fault_in(links[:4], seal_of(links[5]))
    assert fault == Fault(5, "entries 5 to 6 were signed and are missing")


def test_a_chain_rewritten_with_all_its_hashes_breaks_at_the_next_seal() -> None:
    links = chain_of(LENGTH)
    seals = [seal_of(links[1]), seal_of(links[5])]
    forged = rewritten_from(links, 4, b"nothing happened")
    assert fault_in(forged) is None
    fault = fault_in(forged, *seals)
    assert fault is not None
    assert fault.seq == 6
    assert "behind 2" in fault.reason


def test_a_seal_by_an_unknown_key_is_a_fault() -> None:
    links = chain_of(LENGTH)
    fault = fault_in(links, seal_of(links[2], key_id="forger"))
    assert fault is not None
    assert fault.seq == 3


def test_a_stretch_is_judged_by_the_hash_before_it() -> None:
    links = chain_of(LENGTH)
    start = Head(3, links[2].hash)
    assert verify(links[3:], [], lambda _: True, start).entries == LENGTH - 3
    assert fault_in(links[3:], start=Head(3, GENESIS)) == Fault(
        4, "entry 4 does not follow entry 3"
    )


def test_links_are_not_read_beyond_the_first_fault() -> None:
    links = chain_of(LENGTH)
    del links[0]
    unread = iter(links)
    verify(unread, [], lambda _: True)
    assert len(list(unread)) == LENGTH - 2
