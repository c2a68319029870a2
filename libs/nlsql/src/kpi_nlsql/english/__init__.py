"""The English language: words, their stems and synonyms, and phrases that carry structure."""
