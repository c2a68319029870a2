"""Money verbs: what is told of money by what is done with it, "spent", "billed", "brought in"."""

from __future__ import annotations

COSTING = frozenset("cost costs costing".split())  # noqa: SIM905
"""What the rows asked for cost themselves."""

_PAYING = frozenset(
    "pay pays paid paying spend spends spent spending give gives gave given donate donated "  # noqa: SIM905
    "contribute contributed owe owes owed transfer transferred".split()
)
_EARNING = frozenset(
    "earn earns earned make makes made take takes took taken bring brings brought generate "  # noqa: SIM905
    "generates generated raise raised yield yielded".split()
)
_BILLING = frozenset(
    "bill bills billed charge charges charged invoice invoices invoiced refund refunds refunded "  # noqa: SIM905
    "reimburse reimbursed claim claims claimed collect collected".split()
)
MOVING = _PAYING | _EARNING | _BILLING
"""What is done with the money of related rows: orders, payments, invoices."""
OF_MONEY = COSTING | MOVING

PARTICLES = frozenset({"in", "out", "up", "back", "over"})
