"""SQL over the tables of a lakehouse, for people: published versions, read only, without an engine of Spark.

DuckDB runs the queries on what delta-rs finds in the tables (extra ``sql``): it starts at once, speaks standard SQL,
and can be locked up, so that no statement reads or writes anything but these tables.
"""

from customer_360.lakehouse_sql.connection import SqlError
from customer_360.lakehouse_sql.query import Answer, answer
from customer_360.lakehouse_sql.tables import LakehouseTable, find_tables

__all__ = ["Answer", "LakehouseTable", "SqlError", "answer", "find_tables"]
