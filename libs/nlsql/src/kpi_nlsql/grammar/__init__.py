"""The grammar: one module for each idea that a sentence may hold."""
