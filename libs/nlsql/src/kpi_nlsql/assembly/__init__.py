"""From a resolved draft to a query."""
