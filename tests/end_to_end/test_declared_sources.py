"""A source that is a file of configuration and a dataset of Kedro, through the whole flow; and one that is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from pyspark.sql import SparkSession
from support.runs import PROJECT, kedro, read

from customer_360.sources.base import ONLY_SOURCES

SETTINGS = "sources=sample,sample_customers=40,sample_seed=5"
SHOP = """
shop:
  from: shop_customers.xlsx
  key: "no"
  columns:
    whole_name: {field: Customer Name, as: whole_name}
    email: {field: E-Mail, as: email}
    birth_date: {field: Born, as: date}
    shop_revenue: {field: Revenue, sql: "CAST(raw.shop_revenue AS DECIMAL(18, 2))"}
  leave_out: [Remarks]
  person: [given_name, family_name, email, birth_date]
  unlinked: own_customer
  profile: [shop_revenue, {attribute: email, only_if: email_valid}]
  show_key: true
"""


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """The configuration of the project, to be added to."""
    shutil.copytree(PROJECT / "conf", tmp_path / "conf")
    return tmp_path / "conf"


def run(conf: Path, lakehouse: Path, *arguments: str) -> tuple[int, str]:
    result = kedro(
        "run", *arguments, "--conf-source", str(conf), "--params", f"{SETTINGS},lakehouse={lakehouse}",
        **{ONLY_SOURCES: ""},
    )  # fmt: skip
    return result.returncode, result.stdout + result.stderr


@pytest.mark.long
def test_a_sheet_of_excel_becomes_customers(spark: SparkSession, conf: Path, tmp_path: Path) -> None:
    (conf / "base" / "sources" / "shop.yml").write_text(SHOP)
    landing = tmp_path / "lakehouse" / "Files" / "landing"
    landing.mkdir(parents=True)
    pd.DataFrame(
        {
            "no": ["0012", "0013", None], "Customer Name": ["Dr. Zoe Quillfeather", "Abel Xylander", "No Key"],
            "E-Mail": ["ZOE@quill.example", "abel@xy.example", "no@key.example"],
            "Born": [pd.Timestamp("1990-02-03"), None, None], "Revenue": [1234.5, 7, 1],
            "Remarks": ["x", "y", "z"], "Loyal Since": [2019, 2020, 2021],
        }
    ).to_excel(landing / "shop_customers.xlsx", index=False)  # fmt: skip

    code, said = run(conf, tmp_path / "lakehouse")
    assert code == 0, said
    assert "shop_customers.xlsx: fields that nobody declared were left out: Loyal Since." in said
    assert said.count("nobody declared") == 1
    assert "ingest_shop" in said

    bronze = read(spark, tmp_path / "lakehouse", "bronze/shop").collect()
    assert all("Loyal Since" not in row.payload and "Remarks" not in row.payload for row in bronze)
    silver = {row.source_key: row for row in read(spark, tmp_path / "lakehouse", "silver/shop").collect()}
    assert {
        key: (row.full_name, str(row.birth_date), str(row.shop_revenue)) for key, row in silver.items()
    } == {
        "0012": ("Zoe Quillfeather", "1990-02-03", "1234.50"),
        "0013": ("Abel Xylander", "None", "7.00"),
    }
    quarantine = read(spark, tmp_path / "lakehouse", "silver/quarantine").where("source = 'shop'").collect()
    assert [row.reasons for row in quarantine] == [["missing_key"]]
    customers = (
        read(spark, tmp_path / "lakehouse", "gold/customer_360").where("shop_key is not null").collect()
    )
    assert {(row.shop_key, row.email, str(row.shop_revenue)) for row in customers} == {
        ("0012", "zoe@quill.example", "1234.50"),
        ("0013", "abel@xy.example", "7.00"),
    }


@pytest.mark.parametrize("pipelines", [(), ("--pipelines", "cleaning")])
def test_a_wrong_declaration_stops_before_the_first_step(
    conf: Path, tmp_path: Path, pipelines: tuple[str, ...]
) -> None:
    (conf / "base" / "sources" / "shop.yml").write_text(SHOP.replace("as: email", "as: emial"))
    code, said = run(conf, tmp_path / "lakehouse", *pipelines)
    assert code == 1
    assert (
        "The run stopped: conf/base/sources/shop.yml, columns.email.as: there is no standardiser 'emial'"
        in said
    )
    assert "Traceback" not in said
    assert not list((tmp_path / "lakehouse").glob("Tables/*"))


def test_sql_that_does_not_parse_stops_before_the_first_step(conf: Path, tmp_path: Path) -> None:
    (conf / "base" / "sources" / "shop.yml").write_text(SHOP.replace("DECIMAL(18, 2))", "DECIMAL(18, 2)"))
    code, said = run(conf, tmp_path / "lakehouse")
    assert code == 1
    assert (
        "The run stopped: conf/base/sources/shop.yml, columns.shop_revenue.sql: the engine does not accept it"
        in said
    )
    assert not list((tmp_path / "lakehouse").glob("Tables/*"))
