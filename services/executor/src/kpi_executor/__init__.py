"""The executor service: runs KPIs and ad-hoc queries on the users' databases."""
