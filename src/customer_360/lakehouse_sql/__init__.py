"""SQL over the tables of a lakehouse, for people: published versions, read only, without an engine of Spark.

DuckDB runs the queries on what delta-rs finds in the tables (extra ``sql``): it starts at once, speaks standard SQL,
and can be locked up, so that no statement reads or writes anything but these tables.
"""

from .connection import SqlError
from .output import csv_text, json_text, table_text
from .query import QueryResult, run_query
from .tables import LakehouseTable, find_tables

__all__ = [
    "LakehouseTable",
    "QueryResult",
    "SqlError",
    "csv_text",
    "find_tables",
    "json_text",
    "run_query",
    "table_text",
]
