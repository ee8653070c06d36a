"""Whole runs over days on which a source changed its shape, or records of one key were edited."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from support.runs import content, read
from support.world import World, erp_row

from customer_360.quality import SourceShapeError

pytestmark = pytest.mark.long


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
