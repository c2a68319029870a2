"""The graph of tables: names, keys, joins and the paths between them."""
