"""The names of the export formats, for code that makes no export."""

NAMES = ("csv", "excel", "json", "ndjson", "parquet", "pdf")
