"""The plan of a query: its data, walks over it, and its explanation in English."""
