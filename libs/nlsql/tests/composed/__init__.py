"""Sentences composed with their meaning: a subject, its conditions, a relation, what is asked for.

A sentence that somebody wrote shows one way in which these meet. Composed ones show whether they
meet at all: each part is read alone, so a composition that fails tells of a rule that holds in the
company it was written for and nowhere else.
"""
