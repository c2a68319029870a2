"""Wording: what is said in a roundabout way is put plainly, before and after words are linked."""
