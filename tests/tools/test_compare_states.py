"""The comparison of two states: what counts as a difference, what is left out, and what is said."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake

from tools.compare_states import How, compare_folders
from tools.states.comparison import Outcome, compare
from tools.states.days import DAYS, of_day
from tools.states.renaming import Renaming
from tools.states.scenarios import RUNS
from tools.states.tables import Stable, Table, table_of

COLUMNS = {"source": "string", "key": "string", "name": "string", "weight": "double"}
ROWS = [("crm", "1", "Ann Archer", 1.5), ("crm", "2", "Bea Baker", 2.5), ("erp", "1", "Cleo Carter", 3.5)]


def changed(number: int, **values: Any) -> list[tuple[Any, ...]]:
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]
    rows[number].update(values)
    return [tuple(row.values()) for row in rows]


def compared(rows: list[tuple[Any, ...]], columns: dict[str, str] | None = None, **how: Any) -> Outcome:
    return compare(Table(COLUMNS, ROWS), Table(columns or COLUMNS, rows), **how)


def test_the_same_rows_in_another_order_are_the_same() -> None:
    assert compared(ROWS[::-1]) == Outcome(True, "same, 3 rows")


def test_rows_count_as_often_as_they_occur() -> None:
    outcome = compared([*ROWS, ROWS[0]])
    assert not outcome.is_same
    assert outcome.said == "differs, 3 rows before and 4 after, 0 only before, 1 only after"


def test_rows_that_differ_are_told_by_key_and_column_and_masked() -> None:
    outcome = compared(changed(1, name="Bea Quill"))
    assert outcome.said == "differs, 3 rows, 1 only before, 1 only after"
    assert outcome.details[0].endswith("differ in: name (1)")
    assert outcome.details[1] == "  e.g. name: xxx xxxxx -> xxx xxxxx"
    assert "Bea Quill" in compared(changed(1, name="Bea Quill"), show_values=True).details[1]


@pytest.mark.parametrize("rows", [[], [("a", "b", "Zoe Quill", 9.0)]])
def test_rows_without_a_partner_show_no_values(rows: list[tuple[Any, ...]]) -> None:
    text = "\n".join(compared(rows).details)
    assert "Archer" not in text and "Quill" not in text and "name=xxx" in text


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"source": "string", "key": "string", "name": "string"}, "columns only before: weight"),
        ({**COLUMNS, "age": "long"}, "columns only after: age"),
        ({**COLUMNS, "weight": "float"}, "type of weight: double before, float after"),
        (
            {name: COLUMNS[name] for name in ("key", "source", "name", "weight")},
            "order of columns: differs from source on",
        ),
    ],
)
def test_columns_types_and_their_order(columns: dict[str, str], said: str) -> None:
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]
    outcome = compared([tuple(row.get(name) for name in columns) for row in rows], columns)
    assert not outcome.is_same and outcome.details == [said]


def test_floats_are_equal_to_a_tolerance_and_the_largest_difference_is_said() -> None:
    rows = changed(2, weight=3.5 * (1 + 1e-10))
    assert not compared(rows).is_same
    allowed = compared(rows, tolerance=1e-9)
    assert allowed.is_same and allowed.said == "same, 3 rows, floats differ by up to 1e-10, relatively"


def test_floats_within_structs_count_too() -> None:
    one, other = (Table({"evidence": "list"}, [((("weight", value),),)]) for value in (1.0, 1.0 + 1e-12))
    assert not compare(one, other).is_same
    assert compare(one, other, tolerance=1e-9).is_same


def run_of(second: int, folder: str) -> Table:
    begin = datetime(2026, 1, 1, 12, 0, second, tzinfo=UTC)
    stable = Stable(folder, [(begin.timestamp(), begin.timestamp() + 9)])
    row = {
        "event_id": f"id{second}", "run_id": f"2026-01-01T12.00.{second:02}.301Z",
        "run_time": begin, "created_at": datetime(2020, 1, 1, tzinfo=UTC),
        "origin": f"{folder}/Files/a.csv", "url": f"http://127.0.0.1:80{second}/users",
    }  # fmt: skip
    return table_of(dict.fromkeys(row, "any"), [row], stable)


def test_what_names_the_run_does_not_count() -> None:
    one, other = run_of(10, "/tmp/a"), run_of(40, "/tmp/b")
    assert compare(one, other).is_same
    assert one.rows == [
        ("<run 1>", "<run 1>", "2020-01-01T00:00:00+00:00", "<folder>/Files/a.csv", "<server>/users")
    ]


def lakehouse(folder: Path, tables: dict[str, list[dict[str, Any]]]) -> Path:
    for name, rows in tables.items():
        write_deltalake(str(folder / "lakehouse" / "Tables" / name), pa.Table.from_pylist(rows))
    state = folder / "lakehouse" / "Files" / "state" / "identity" / ("0" * 32) / "keys"
    state.mkdir(parents=True)
    pq.write_table(pa.table({"key": ["1"]}), state / "part-0.parquet")
    (folder / RUNS).write_text(json.dumps({"folder": str(folder), "times": []}))
    return folder


def test_tables_columns_and_values_that_were_renamed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = lakehouse(tmp_path / "old", {"gold/links": [{"kind": "mail", "left": "1"}], "gold/other": ROWS_OF})
    new = lakehouse(
        tmp_path / "new", {"gold/pairs": [{"kind": "email", "first": "1"}], "gold/other": ROWS_OF}
    )
    renamed = ["gold/links=gold/pairs", "gold/links.left=first", "gold/links.kind:mail=email"]
    assert compare_folders("s", old, new, How(Renaming.parse(renamed), 0.0, show_values=False)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "s  gold/other: same, 1 row", "s  gold/pairs: same, 1 row", "s  state/identity/keys: same, 1 row",
    ]  # fmt: skip
    assert compare_folders("s", old, new, How(Renaming.parse([]), 0.0, show_values=False)) == 2
    assert capsys.readouterr().out.splitlines()[:2] == [
        "s  gold/links: only before", "s  gold/other: same, 1 row",
    ]  # fmt: skip


ROWS_OF = [{"key": "1"}]


def test_a_renaming_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="write old=new"):
        Renaming.parse(["gold/links"])


def test_records_come_go_and_change_from_day_to_day() -> None:
    records = [(number, 0) for number in range(500)]
    days = [set(of_day(records, day, lambda record, on: (record[0], on))) for day in DAYS]
    numbers = [{number for number, _ in day} for day in days]
    assert numbers[1] - numbers[0] and numbers[0] - numbers[1]
    assert numbers[2] & (numbers[0] - numbers[1]), "nothing is back on the third day"
    shares = [len(before ^ after) / len(records) for before, after in itertools.pairwise(days)]
    assert max(shares[:2]) < 0.1 < shares[2]
