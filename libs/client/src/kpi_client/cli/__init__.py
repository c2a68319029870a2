"""The ``kpi`` command line: one file per group of commands, loaded when it is used."""
