"""Read apart: a clause is taken out of a sentence, the rest is read, the clause put onto its plan.

Which columns pair the rows, what a difference is counted by, and several clauses about one subject.
"""
