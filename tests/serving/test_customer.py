from __future__ import annotations

from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession
from support.small_lakehouse import ANN, BOB, GONE

from customer_360.serving import DeltaReader, EngineReader, best_known_customer, read_customer


def test_everything_that_is_known(reader: DeltaReader) -> None:
    ann = read_customer(reader, ANN)
    assert [(item.name, item.value, item.source) for item in ann.attributes] == [
        ("given_name", "Ann", "crm"), ("family_name", "Lee", "crm"), ("full_name", "Ann Lee", "crm"),
        ("email", "ann@x.io", "crm"), ("country_code", "US", "erp"),
    ]  # fmt: skip
    assert [(one.source, one.key) for one in ann.records] == [
        ("crm", "1"), ("erp", "7"), ("marketing", "5"), ("support", "t'1"),
    ]  # fmt: skip
    assert ann.sources == ["crm", "erp", "marketing", "support"]
    assert [(row["left_key"], row["right_key"]) for row in ann.links] == [("1", "7")]
    assert (ann.figures["marketing"]["view_count"], ann.figures["support"]["ticket_count"]) == (1200, 2)
    assert [row["event"] for row in ann.events] == ["created", "absorbed", "merged"]


def test_what_a_customer_lacks(reader: DeltaReader) -> None:
    bob = read_customer(reader, BOB, history=False)
    assert (bob.value("email"), bob.links, bob.figures, bob.events) == (None, [], {}, [])
    gone = read_customer(reader, GONE)
    assert (gone.records, [row["event"] for row in gone.events]) == ([], ["created", "retired"])


def test_an_engine_reads_the_same(spark: SparkSession, reader: DeltaReader) -> None:
    def load(table: str) -> Any:
        folder = Path(reader._folder(table))
        return spark.read.format("delta").load(str(folder)) if folder.exists() else None

    engine = EngineReader(load)
    assert read_customer(engine, ANN).records == read_customer(reader, ANN).records
    assert read_customer(engine, ANN).attributes == read_customer(reader, ANN).attributes
    assert len(read_customer(engine, ANN).events) == 3
    assert engine.rows("gold/nothing") == []
    assert best_known_customer(load("gold/customer_360")) == ANN
    assert best_known_customer(load("gold/customer_360").where("1 = 0")) is None
