"""The flow on sample data: in parts, again, after changes; and what may never be stored."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from support.runs import PROJECT, RUN_COLUMNS, content, kedro_here, read, run_project, tables
from support.sample import SETTINGS, SampleRun

from customer_360.sample_sources.generator import generate

CUSTOMERS = SETTINGS["sample_customers"]
PIPELINES = ("ingestion", "cleaning", "enrichment")


@pytest.fixture
def lakehouse(sample_run: SampleRun) -> Path:
    return sample_run.lakehouse


@pytest.mark.long
def test_each_pipeline_again_changes_no_table(
    spark: SparkSession, sample_run: SampleRun, tmp_path: Path
) -> None:
    lakehouse = shutil.copytree(sample_run.lakehouse, tmp_path / "again")
    before = content(spark, lakehouse)
    assert len(before) >= 15
    for name in PIPELINES:
        run_project(lakehouse, name, **SETTINGS)
        assert content(spark, lakehouse) == before, f"{name} changed a table"


@pytest.mark.long
def test_one_run_gives_what_the_parts_give(spark: SparkSession, lakehouse: Path, tmp_path: Path) -> None:
    for name in PIPELINES:
        run_project(tmp_path, name, **SETTINGS)
    gold = tables(lakehouse, "gold")
    assert "gold/identity_events" in gold
    parts = content(spark, tmp_path, gold, without=RUN_COLUMNS)
    assert content(spark, lakehouse, gold, without=RUN_COLUMNS) == parts


def test_every_record_is_accounted_for(spark: SparkSession, lakehouse: Path) -> None:
    report = {
        (row.source, row.metric, row.reason): row.records
        for row in read(spark, lakehouse, "gold/run_report").collect()
    }
    for source in ("crm", "erp", "marketing", "support"):
        bronze, silver = report[source, "bronze", None], report[source, "silver", None]
        assert bronze == silver + report[source, "quarantined", None]
        unlinked = sum(n for (s, metric, _), n in report.items() if (s, metric) == (source, "unlinked"))
        assert silver == report[source, "linked", None] + unlinked
    assert sum(n for (_, metric, _), n in report.items() if metric == "quarantined") > 0, "no noise was seen"


def test_the_report_of_each_run_is_kept(spark: SparkSession, lakehouse: Path) -> None:
    """Also what an earlier run of ingestion alone has brought."""
    kept: dict[str, dict[tuple[str, str, str | None], int]] = {}
    for row in read(spark, lakehouse, "gold/run_report_history").collect():
        kept.setdefault(row.run_id, {})[row.source, row.metric, row.reason] = row.records
    report = {
        (r.source, r.metric, r.reason): r.records for r in read(spark, lakehouse, "gold/run_report").collect()
    }
    first, *later = (kept[run_id] for run_id in sorted(kept))
    for rows in (first, *later):
        assert report.items() <= rows.items()
    for source in ("crm", "erp", "marketing", "support"):
        assert first[source, "new", None] == report[source, "bronze", None]
    assert first["all", "identity_event", "created"] == report["all", "customers", None]
    for rows in later:  # nothing had changed
        assert {metric for _, metric, _ in set(rows) - set(report)} == {"counted_from"}


def blocked_values(users: Path) -> set[str]:
    """Every password, card, IBAN, ssn, ein, wallet, address of a machine and user agent of the sample."""
    values: set[str] = set()
    for line in users.read_text().splitlines():
        user = json.loads(line)
        bank, crypto = user.get("bank") or {}, user.get("crypto") or {}
        values |= {
            str(user.get(name)) for name in ("password", "ssn", "ein", "macAddress", "ip", "userAgent")
        }
        values |= {str(bank.get("cardNumber")), str(bank.get("iban")), str(crypto.get("wallet"))}
    return values - {"None", ""}


def test_no_blocked_value_is_anywhere_under_the_lakehouse(lakehouse: Path, tmp_path: Path) -> None:
    users = generate(tmp_path, customers=CUSTOMERS, seed=SETTINGS["sample_seed"]).crm_users
    blocked = blocked_values(users)
    assert len(blocked) > CUSTOMERS * 6
    stored = uncompressed(lakehouse)
    assert len(stored) > 100_000
    assert b"crm_users" in stored or b"firstName" in stored, "the search does not see the tables' contents"
    assert [value for value in blocked if value.encode() in stored] == []


def uncompressed(lakehouse: Path) -> bytes:
    """Every byte under the lakehouse, and what its compressed Parquet files hold."""
    import pyarrow.parquet as pq

    parts = []
    for path in lakehouse.rglob("*"):
        if path.is_file():
            parts.append(path.read_bytes())
        if path.suffix == ".parquet":
            parts.append("\n".join(map(str, pq.read_table(path).to_pylist())).encode())
    return b"\0".join(parts)


def test_nothing_is_left_in_staging(lakehouse: Path) -> None:
    assert list((lakehouse / "Files").rglob("*.jsonl")) == []


@pytest.mark.long
def test_a_record_mended_at_its_source_leaves_quarantine(spark: SparkSession, tmp_path: Path) -> None:
    run_project(tmp_path, **SETTINGS)
    tickets = tmp_path / "Files" / "landing" / "support_tickets.json"
    records = json.loads(tickets.read_text())
    good = next(record for record in records if isinstance(record, dict) and record.get("ticket_id"))
    broken = [{**r, "ticket_id": None} if r is good else r for r in records]

    def quarantined() -> int:
        return read(spark, tmp_path, "silver/quarantine").where("source = 'support'").count()

    before = quarantined()
    tickets.write_text(json.dumps(broken))
    run_project(tmp_path, **SETTINGS)
    assert quarantined() == before + 1
    tickets.write_text(json.dumps(records))
    run_project(tmp_path, **SETTINGS)
    assert quarantined() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--params", "engin=spark"], "Did you mean 'engine'?"),
        (["--params", "engine=duckdb"], "engine: input should be"),
        (["--pipelines", "cleaning", "--params", "lakehouse={empty}"], "There is no Delta table at"),
        pytest.param(
            [
                "--params",
                "sources=live,lakehouse={empty},crm_url=http://127.0.0.1:9,marketing_url=http://127.0.0.1:9",
            ],
            "127.0.0.1:9",
            marks=pytest.mark.long,  # it tries again, as with any server that may come back
        ),
    ],
)
def test_a_mistake_gets_one_clear_message(arguments: list[str], message: str, tmp_path: Path) -> None:
    result = kedro_here("run", *[argument.format(empty=tmp_path / "empty") for argument in arguments])
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "empty" / "Tables").exists()


def test_a_person_sees_progress_and_a_summary(sample_run: SampleRun) -> None:
    for words in ("ingest_crm_users", "gold/customer_360", "quarantined", "Linked to a customer", "Try next"):
        assert words in sample_run.said
    assert PROJECT.joinpath("data/lakehouse") != sample_run.lakehouse
