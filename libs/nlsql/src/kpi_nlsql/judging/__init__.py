"""How sure a reading is: its features, the doubts about it, and the weights they have."""
