"""Contrasts: a column of one table set against a column of another, read as one whole.

Tables, columns and how rows pair up are chosen together: which table "the channel manager" is may
only show in that it has the room count that is spoken of.
"""
