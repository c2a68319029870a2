"""``python -m kpi_nlsql``."""

from kpi_nlsql.predict import main

if __name__ == "__main__":
    raise SystemExit(main())
