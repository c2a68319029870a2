"""The results service: every row of every run, to page, sort, search, export and compare."""
