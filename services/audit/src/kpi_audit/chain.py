"""The hash chain, pure: what follows what, and where a stored chain is broken.

The hash of an entry is SHA-256(hash of the entry before || canonical bytes of the event). From
time to time the head is sealed: signed with a key that the database does not know. Whoever changes
an entry must change every hash after it, and then meets a seal that cannot be changed along.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the sequence number of its last entry, 0 if it has none, and its hash."""

    seq: int
    hash: bytes


START = Head(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is stored; `content` is the event's canonical form."""

    seq: int
    prev_hash: bytes
    hash: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """A signed statement that the chain had this hash at `seq`."""

    seq: int
    hash: bytes
    signature: bytes
    key_id: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that is not as it was written."""

    seq: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How far a chain was followed: entries and seals found right, and the fault that ended it.

    `signed_to` is the sequence number of the last good seal: up to there nobody without the
    signing key can have changed anything.
    """

    head: Head
    entries: int = 0
    seals: int = 0
    signed_to: int = 0
    fault: Fault | None = None

    @property
    def valid(self) -> bool:
        """Whether nothing was found amiss."""
        return self.fault is None


def next_hash(previous: bytes, content: bytes) -> bytes:
    """Return the hash of the entry with `content` that follows the one with hash `previous`."""
    return hashlib.sha256(previous + content).digest()


def verify(
    links: Iterable[Link],
    seals: Iterable[Seal],
    is_genuine: Callable[[Seal], bool],
    start: Head = START,
) -> Verdict:
    """Follow the chain from `start` to its end or its first fault.

    `links` and `seals` are in ascending order; `seals` are those behind `start` that lie within
    the stretch. Both are consumed lazily: memory does not grow with the chain.
    """
    walk = _Walk(start, iter(seals), is_genuine)
    fault = walk.along(links)
    return Verdict(
        head=walk.head,
        entries=walk.entries,
        seals=walk.seals,
        signed_to=walk.signed_to,
        fault=fault,
    )


def cut_tail(head: Head, seal: Seal) -> Fault:
    """Return the fault of a chain that ends before an entry that was signed."""
    first = head.seq + 1
    return Fault(first, f"entries {first} to {seal.seq} were signed and are missing")


class _Walk:
    """A walk along the chain; `head` is the last good entry."""

    def __init__(
        self, start: Head, seals: Iterator[Seal], is_genuine: Callable[[Seal], bool]
    ) -> None:
        self.head = start
        self.entries = 0
        self.seals = 0
        self.signed_to = 0
        self._ahead = seals
        self._next = next(seals, None)
        self._is_genuine = is_genuine

    def along(self, links: Iterable[Link]) -> Fault | None:
        """Follow the links to their end or the first fault."""
        for link in links:
            fault = self._step(link) or self._pass_seals()
            if fault is not None:
                return fault
        return None if self._next is None else cut_tail(self.head, self._next)

    def _step(self, link: Link) -> Fault | None:
        expected = self.head.seq + 1
        if link.seq != expected:
            return Fault(expected, f"entry {expected} is missing")
        if link.prev_hash != self.head.hash:
            return Fault(expected, f"entry {expected} does not follow entry {self.head.seq}")
        if link.hash != next_hash(self.head.hash, link.content):
            return Fault(expected, f"the content of entry {expected} does not fit its hash")
        self.head = Head(link.seq, link.hash)
        self.entries += 1
        return None

    def _pass_seals(self) -> Fault | None:
        while self._next is not None and self._next.seq <= self.head.seq:
            fault = self._check(self._next)
            if fault is not None:
                return fault
            self.seals += 1
            self.signed_to = self._next.seq
            self._next = next(self._ahead, None)
        return None

    def _check(self, seal: Seal) -> Fault | None:
        if not self._is_genuine(seal):
            return Fault(seal.seq, f"the checkpoint at {seal.seq} is not signed by a known key")
        if seal.hash != self.head.hash:
            return Fault(
                seal.seq,
                f"the signed checkpoint at {seal.seq} has another hash: an entry behind "
                f"{self.signed_to} was rewritten together with all hashes after it",
            )
        return None
