"""`incremental` in a source's file, through the command: how it was asked is said, and `full_pull` asks for all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from support.runs import PROJECT, kedro, read

from customer_360.sample_sources.api import LoopbackApi
from customer_360.sources.base import ONLY_SOURCES

CLUB = """
club:
  from:
    type: rest
    base_url: {url}
    resource: members
    pagination: {{style: offset, page_size: 2}}
  key: id
  incremental: {{parameter: updated_since, field: updatedAt}}
  columns:
    email: {{as: email}}
"""


class Club:
    """A club with members, and a project that has it for its only source."""

    def __init__(self, folder: Path) -> None:
        self._members = folder / "members.json"
        self.write("2026-01-05T08:00:00Z", "2026-01-05T08:01:00Z", "2026-01-05T08:02:00Z")
        self.api = LoopbackApi({"members": self._members}).start()
        self._conf, self.lakehouse = folder / "conf", folder / "lakehouse"
        shutil.copytree(PROJECT / "conf", self._conf)
        (self._conf / "base" / "sources" / "club.yml").write_text(CLUB.format(url=self.api.url))

    def write(self, *changed: str) -> None:
        members = [{"id": n, "email": f"{n}@x.example", "updatedAt": when} for n, when in enumerate(changed)]
        self._members.write_text(json.dumps(members))

    def run(self, *settings: str) -> str:
        self.api.serve({"members": self._members})
        given = ",".join([f"sources=live,lakehouse={self.lakehouse}", *settings])
        arguments = ("run", "--nodes", "ingest_club", "--conf-source", str(self._conf), "--params", given)
        result = kedro(*arguments, **{ONLY_SOURCES: ""})
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout


@pytest.fixture
def club(tmp_path: Path) -> Iterator[Club]:
    made = Club(tmp_path)
    yield made
    made.api.stop()


def test_a_run_says_how_it_asked(spark: SparkSession, club: Club) -> None:
    assert "club: asked for all (3 records): nothing is known of an earlier pull" in club.run()
    club.write("2026-01-05T08:00:00Z", "2026-01-05T09:01:00Z")
    assert (
        "club: asked for changes since 2026-01-05 07:57 UTC (2 records); every 20th run asks for all"
        in club.run()
    )
    assert "club: asked for all (2 records): this run was told to (full_pull)" in club.run(
        "full_pull=true", "ingestion.max_deleted_share=1"
    )
    rows = read(spark, club.lakehouse, "bronze/club").collect()
    assert sorted(row.operation for row in rows) == ["delete", "insert", "insert", "insert"]
    assert "updatedAt" not in "".join(row.payload or "" for row in rows)
