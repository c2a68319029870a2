"""How sure a reading is: its features, the doubts about it, and the weights they have.

Where a check belongs follows from what it looks at:

- ``leftovers``, ``literals``: words, numbers and names of the sentence that a reading leaves out.
- ``cross_checks``: what the sentence names and the plan does not hold, or the other way round.
- ``doubts``: how a plan denies, contrasts and counts groups. ``join_doubts``: its tables and joins.
- ``shown_doubts``, ``list_doubts``: what a plan shows, alone or of a list that is asked for.
  ``unnamed_column`` are those questions about the one column shown which the making of a plan asks,
  too.
- ``impossible``: plans that no row can meet, whatever the sentence; the answer is one feature.
- ``oddities``, ``plan_oddities``: traits too rare for a weight, each of which takes off as much; of
  the sentence and its plan, and mostly of the plan as such.
- ``table_rivals``: other tables that may be meant as well.

``held`` tells what a plan holds. What a module names in its ``NAMES`` is a feature: it gets a
weight when the weights are next fitted, and counts before that only as a veto in ``confidence``.
A module that counts all on its own terms (an oddity, a literal) is called by ``confidence``.
"""
