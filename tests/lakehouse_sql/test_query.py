"""Queries over the tables: what they see, what they are refused, what is said when they are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from customer_360.lakehouse_sql import SqlError, find_tables, run_query
from customer_360.lakehouse_sql.output import csv_text, json_text, table_text


def ask(root: Path, query: str = "") -> list[tuple[str | None, ...]]:
    return run_query(find_tables(str(root)), query).texts(0)


def test_without_a_query_the_tables_are_listed(odd_lakehouse: Path) -> None:
    expected = [
        ("bronze.crm_users", "1", "2", "0"),
        ("silver.crm_users", "1", "2", "0"),
        ("gold.customer_360", "3", "6", "0"),
        ("gold.run_manifest", "1", "6", "0"),
    ]
    assert ask(odd_lakehouse) == expected
    assert ask(odd_lakehouse, "show tables;") == expected


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT count(*) FROM gold.customer_360", [("3",)]),  # as published, not what was appended since
        ('SELECT count(*) FROM "gold"."customer_360" ; -- all of them', [("3",)]),
        ("SELECT customer_id FROM customer_360 WHERE full_name LIKE 'Ann%'", [("C1",)]),
        ("SELECT b.payload->>'$.email' FROM bronze.crm_users b JOIN silver.crm_users USING (source_key)",
         [("a@x.io",)]),
        ("WITH x AS (FROM gold.customer_360) SELECT seen, tags FROM x LIMIT 1",
         [("2026-01-02 03:04:05+00", '["a","b"]')]),
        ("SELECT 1 AS a, 2 AS A", [("1", "2")]),
        ("SELECT column_name FROM (DESCRIBE bronze.crm_users)", [("source_key",), ("payload",)]),
        ("PIVOT (SELECT customer_id AS id FROM gold.customer_360) ON id USING count(*)", [("1", "1", "1")]),
    ],
)  # fmt: skip
def test_a_query_sees_the_published_tables(
    odd_lakehouse: Path, query: str, rows: list[tuple[str, ...]]
) -> None:
    assert ask(odd_lakehouse, query) == rows


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * FROM gold.customer_306", "There is no table gold.customer_306. Did you mean gold.customer_360?"),
        ("SELECT * FROM gold_customer_360", "Did you mean gold.customer_360?"),
        ("SELECT * FROM nothing_like_it", "Tables: bronze.crm_users, silver.crm_users, gold."),
        ("SELECT * FROM crm_users", "crm_users is in bronze and silver: write bronze.crm_users or silver.crm_users."),
        ("SELECT * FROM gold.being_made", "being_made"),
        ("SELECT full_nam FROM gold.customer_360", '"full_name"'),
        ("SELECT full_nam FROM gold.customer_360", 'kedro sql "DESCRIBE gold.customer_360"'),
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("SELECT full_name::INTEGER FROM gold.customer_360", "Could not convert"),
        ("SELECT 1; SELECT 2", "Give one query: there are 2."),
        ("-- only a comment", "Give one query: there are 0."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(odd_lakehouse: Path, query: str, message: str) -> None:
    with pytest.raises(SqlError) as found:
        ask(odd_lakehouse, query)
    assert message in str(found.value)


def test_an_empty_lakehouse_says_how_to_fill_it(tmp_path: Path) -> None:
    with pytest.raises(SqlError, match=r"There is no table gold\.customer_360\. The lakehouse has none yet"):
        ask(tmp_path, "SELECT * FROM gold.customer_360")


@pytest.mark.parametrize(
    "query",
    [
        "COPY (SELECT 1) TO '{folder}/out.csv'", "EXPORT DATABASE '{folder}/out'", "ATTACH '{folder}/out.db'",
        "CREATE TABLE x AS SELECT 1", "INSERT INTO gold.customer_360 SELECT * FROM gold.customer_360",
        "DELETE FROM gold.customer_360", "DROP VIEW gold.customer_360", "INSTALL httpfs", "LOAD httpfs",
        "SET enable_external_access = true", "SET temp_directory = '{folder}'", "PRAGMA version",
        "CALL pragma_version()",
        "SELECT 1; COPY (SELECT 1) TO '{folder}/out.csv'", "EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/out.csv'",
        "SELECT * FROM read_text('{folder}/secret.csv')", "SELECT * FROM '{folder}/secret.csv'",
        "SELECT * FROM read_csv('{folder}/secret.csv')", "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM read_text('http://127.0.0.1:1/x')", "SELECT getenv('PATH')", "SELECT * FROM secret",
        "SELECT * FROM query('COPY (SELECT 1) TO ''{folder}/out.csv''')",
    ],
)  # fmt: skip
def test_no_statement_reads_or_writes_anything_else(odd_lakehouse: Path, tmp_path: Path, query: str) -> None:
    secret = "kept"  # a variable of Python, which DuckDB would otherwise look for
    (tmp_path / "secret.csv").write_text(f"a\n{secret}\n")
    with pytest.raises(SqlError):
        ask(odd_lakehouse, query.format(folder=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_csv_and_json_hold_all_values(odd_lakehouse: Path) -> None:
    tables = find_tables(str(odd_lakehouse))
    query = "SELECT customer_id, city, tags, rate, seen, 7::HUGEINT AS n, true AS t FROM gold.customer_360"
    assert "".join(csv_text(run_query(tables, query))).splitlines() == [
        '"customer_id","city","tags","rate","seen","n","t"',
        '"C1","","[""a"",""b""]",0.5,"2026-01-02 03:04:05+00",7,true',
        '"C2","Say ""hi""","[]",nan,,7,true',
        '"C3",,,,,7,true',
    ]
    rows = json.loads("".join(json_text(run_query(tables, query))))
    assert rows[0] == {
        "customer_id": "C1", "city": "", "tags": ["a", "b"], "rate": 0.5, "seen": "2026-01-02 03:04:05+00",
        "n": 7, "t": True,
    }  # fmt: skip
    assert rows[1]["rate"] is None
    assert json.loads("".join(json_text(run_query(tables, f"{query} WHERE false")))) == []


def test_a_table_is_for_people(odd_lakehouse: Path) -> None:
    tables = find_tables(str(odd_lakehouse))
    query = "SELECT customer_id, full_name, rate FROM gold.customer_360"
    narrow = "".join(table_text(run_query(tables, query), limit=2, width=None)).splitlines()
    assert narrow[0] == "customer_id  full_name   rate"
    assert narrow[3].startswith("C2           Bob\\x1b[2J"), "a terminal would obey it"
    assert narrow[-1] == "(the first 2 rows; --rows 0 shows all, -o FILE.csv writes all)"
    wide = "".join(table_text(run_query(tables, query), limit=0, width=20))
    assert "-- row 3\ncustomer_id  C3\nfull_name    NULL\n" in wide
    assert wide.endswith("(3 rows)\n")
