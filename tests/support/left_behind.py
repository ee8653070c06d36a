"""What is in a lakehouse, whoever wrote it and wherever it is. A program: it reads with deltalake, in its own process.

Prints JSON: the rows of every table without what is a run's own, and the files beside the tables.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

# A run's own id, time and paths differ from one run to the next by nature, and these tables have rows per run.
OWN_COLUMNS = frozenset(
    {"run_id", "run_time", "ingested_at", "valid_from", "valid_to", "origin", "published_at"}
)
OWN_TABLES = frozenset({"gold/identity_model", "gold/run_manifest", "gold/run_report_history"})


def read_table(folder: str) -> list[str]:
    import pyarrow as pa
    from deltalake import DeltaTable, QueryBuilder
    from support.canonical import lines

    found = QueryBuilder().register("t", DeltaTable(folder)).execute("SELECT * FROM t").read_all()
    rows = pa.table(found).to_pylist()
    return lines([{name: row[name] for name in row if name not in OWN_COLUMNS} for row in rows])


def look(root: str) -> dict[str, Any]:
    from customer_360.lakehouse.store import open_store

    store = open_store(root)
    tables: dict[str, list[str]] = {}
    for layer in store.list("Tables"):
        for table in store.list(f"Tables/{layer}"):
            name = f"{layer}/{table}"
            if name not in OWN_TABLES and "_delta_log" in store.list(f"Tables/{name}"):
                tables[name] = read_table(f"{root}/Tables/{name}")
    beside = {name: store.list(f"Files/{name}") for name in store.list("Files")}
    state = {name: store.list(f"Files/state/{name}") for name in store.list("Files/state")}
    lease = [json.loads(store.read(f"Files/state/lease/{name}") or b"{}") for name in state.get("lease", [])]
    return {"tables": tables, "files": beside, "state": state, "lease": lease}


if __name__ == "__main__":
    from customer_360.onelake import filesystem

    filesystem.register_onelake()
    print(json.dumps(look(sys.argv[1])), flush=True)
    os._exit(0)  # deltalake may abort at the end of a process that read from Azure
