"""Whole runs over days on which a source changed its shape, or records of one key were edited."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from support.runs import content, read, run_project

from customer_360.quality import SourceShapeError
from customer_360.sample_sources.api import LoopbackApi

NAMES = ["Ann", "Bea", "Cleo", "Dora", "Eva", "Fay", "Gwen", "Hope", "Iris", "Jane"]
FAMILIES = ["Archer", "Baker", "Carter", "Draper", "Farmer"]
ERP_COLUMNS = ["cust_number", "full_name", "street", "city", "postal_code", "lat_lng", "tax_id"]
pytestmark = pytest.mark.long


def user(number: int) -> dict[str, Any]:
    given, family = NAMES[number % 10], FAMILIES[number // 10 % 5]
    return {
        "id": number, "firstName": given, "lastName": family, "email": f"{given}.{family}{number}@example.org".lower(),
        "gender": "female", "birthDate": f"19{50 + number}-{number % 12 + 1}-{number % 28 + 1}",
        "address": {"address": f"{number + 1} {family} Road", "city": f"Town {number}",
                    "postalCode": f"{20000 + number}"},
    }  # fmt: skip


def erp_row(number: int) -> dict[str, str]:
    of = user(number)
    return {
        "cust_number": str(number), "full_name": f"{of['firstName']} {of['lastName']}",
        "street": of["address"]["address"], "city": of["address"]["city"], "postal_code": of["address"]["postalCode"],
        "lat_lng": "1.5 : 2.5", "tax_id": f"AB{1000 + number}",
    }  # fmt: skip


class World:
    """Files and an API that a run reads."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lakehouse = folder, folder / "lake"
        self.users = [user(number) for number in range(30)]
        self.erp = [erp_row(number) for number in range(30)]

    def run(self, **settings: Any) -> None:
        landing = self.lakehouse / "Files" / "landing"
        landing.mkdir(parents=True, exist_ok=True)
        with (landing / "erp_customers.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, ERP_COLUMNS)
            writer.writeheader()
            writer.writerows(self.erp)
        (landing / "support_tickets.json").write_text("[]")
        served = {name: self.folder / f"{name}.json" for name in ("users", "posts")}
        served["users"].write_text(json.dumps(self.users))
        served["posts"].write_text(json.dumps([{"id": 1, "title": "t", "tags": [], "userId": 1}]))
        with LoopbackApi(served) as api:
            run_project(self.lakehouse, sources="live", crm_url=api.url, marketing_url=api.url, **settings)


def test_a_renamed_field_changes_nothing_until_it_is_accepted(spark: SparkSession, tmp_path: Path) -> None:
    world = World(tmp_path)
    world.run()
    before = content(spark, world.lakehouse)
    good = world.users
    world.users = [{**{k: v for k, v in u.items() if k != "birthDate"}, "born": u["birthDate"]} for u in good]
    with pytest.raises(SourceShapeError, match="birth_date has a value in 0 of the 30 records that had one"):
        world.run()
    assert content(spark, world.lakehouse) == before
    world.run(cleaning={"shape": {"on_change": "warn"}})
    assert read(spark, world.lakehouse, "gold/customer_360").where("birth_date is not null").count() == 0


def test_people_who_share_a_number_keep_their_ids_when_one_is_edited(
    spark: SparkSession, tmp_path: Path
) -> None:
    world = World(tmp_path)
    strangers = [
        {
            **erp_row(7),
            "cust_number": "9000",
            "full_name": "Zoe Quill",
            "tax_id": "ZZ1",
            "street": "1 Far Way",
        },
        {
            **erp_row(8),
            "cust_number": "9000",
            "full_name": "Moe Vance",
            "tax_id": "ZZ2",
            "street": "2 Near Way",
        },
    ]
    world.erp += strangers
    world.run()

    def owners() -> dict[str, tuple[str, str]]:
        links = read(spark, world.lakehouse, "gold/customer_crosswalk").where("source = 'erp'")
        names = read(spark, world.lakehouse, "silver/erp_customers").where("customer_number = '9000'")
        rows = names.join(links, "source_key").select("tax_id", "source_key", "customer_id").collect()
        return {row.tax_id: (row.source_key, row.customer_id) for row in rows}

    first = owners()
    assert len(set(first.values())) == 2
    for edited, city in ((0, "Oslo"), (1, "Rome"), (0, "Lima")):  # whatever the hash of the new record is
        world.erp[30 + edited] = {**world.erp[30 + edited], "city": city}
        world.run()
        assert owners() == first
