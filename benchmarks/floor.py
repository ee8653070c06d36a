"""The same flow as a good engineer writes it by hand in an afternoon: DuckDB, exact keys, everything every time.

    python -m benchmarks.floor --url http://127.0.0.1:8000 --landing DIR --out DIR

Pages over HTTP and the two files become bronze, silver and gold in Parquet (floor.sql). What it does without: finding
one person under keys that differ, ids that stay, history, provenance, quarantine with reasons, change detection, a run
that goes on after a failure, a block list of personal fields. Prints a line for each table, and totals of what it made.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import duckdb
import requests

TOTALS = "totals.json"
_STATEMENTS = Path(__file__).with_suffix(".sql")
_PAGE = 1000
_FIELDS = {
    "users": "firstName,lastName,maidenName,email,phone,birthDate,gender,address,company",
    "posts": "title,tags,reactions,views,userId,createdAt",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: makes all tables anew under ``--out``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description=__doc__)
    parser.add_argument("--url", required=True, help="base URL of both APIs")
    parser.add_argument("--landing", type=Path, required=True, help="folder of the two files")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for the tables; what is there is replaced"
    )
    options = parser.parse_args(arguments)
    shutil.rmtree(options.out, ignore_errors=True)
    for folder in ("pages", "bronze", "silver", "gold"):
        (options.out / folder).mkdir(parents=True)
    with duckdb.connect() as database:
        steps = _steps(database, options)
        for number, (name, work) in enumerate(steps.items(), start=1):
            begin = time.perf_counter()
            work()
            print(f"  ✓ {number:>2}/{len(steps)} {name:<28} {time.perf_counter() - begin:5.1f} s", flush=True)
        totals = _totals(database)
    (options.out / TOTALS).write_text(json.dumps(totals), encoding="utf-8")
    print(json.dumps(totals))
    return 0


def _steps(
    database: duckdb.DuckDBPyConnection, options: argparse.Namespace
) -> dict[str, Callable[[], object]]:
    statements = _sections()
    database.execute(statements.pop("macros"))
    database.execute(f"SET VARIABLE pages = '{options.out / 'pages'}'")
    database.execute(f"SET VARIABLE landing = '{options.landing}'")
    del statements["totals"]
    pulls: dict[str, Callable[[], object]] = {
        f"pull_{name}": partial(_pull, options.url, name, options.out / "pages") for name in _FIELDS
    }
    return pulls | {
        name: partial(_make, database, name, statement, options.out) for name, statement in statements.items()
    }


def _sections() -> dict[str, str]:
    """The parts of floor.sql by the name in the line above each."""
    parts = re.split(r"^-- ([a-z_.0-9]+)$", _STATEMENTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))


def _pull(url: str, resource: str, folder: Path) -> None:
    """All pages as they come, each into a file; the first one says how many records there are."""
    with requests.Session() as session:
        skip, total = 0, 1
        while skip < total:
            query = {"limit": str(_PAGE), "skip": str(skip), "select": _FIELDS[resource]}
            answer = session.get(f"{url}/{resource}", params=query, timeout=60)
            answer.raise_for_status()
            (folder / f"{resource}-{skip:09d}.json").write_bytes(answer.content)
            total = answer.json()["total"] if skip == 0 else total
            skip += _PAGE


def _make(database: duckdb.DuckDBPyConnection, name: str, statement: str, out: Path) -> None:
    layer, table = name.split(".")
    file = out / layer / f"{table}.parquet"
    database.execute(f"COPY ({statement}) TO '{file}' (FORMAT parquet)")
    database.execute(f"CREATE VIEW {layer}_{table} AS FROM read_parquet('{file}')")


def _totals(database: duckdb.DuckDBPyConnection) -> dict[str, int]:
    answer = database.execute(_sections()["totals"])
    names = [column[0] for column in answer.description]
    row = answer.fetchone()
    assert row is not None
    return {name: int(value or 0) for name, value in zip(names, row, strict=True)}


if __name__ == "__main__":
    sys.exit(main())
