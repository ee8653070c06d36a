"""`incremental` in a source's file, through a run: how it was asked is said, and `full_pull` asks for all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from pyspark.sql import SparkSession
from support.runs import PROJECT, read

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
  unlinked: stay_unlinked
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

    def run(self, **settings: Any) -> None:
        self.api.serve({"members": self._members})
        given = {"sources": "live", "lakehouse": str(self.lakehouse), **settings}
        bootstrap_project(PROJECT)
        with KedroSession.create(
            project_path=PROJECT, conf_source=str(self._conf), runtime_params=given
        ) as session:
            session.load_context()  # whose configuration has one source more
            session.run(node_names=["ingest_club"])


@pytest.fixture
def club(tmp_path: Path) -> Iterator[Club]:
    made = Club(tmp_path)
    yield made
    made.api.stop()


def test_a_run_says_how_it_asked(
    spark: SparkSession, club: Club, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(ONLY_SOURCES, raising=False)
    club.run()
    assert "club: asked for all (3 records): nothing is known of an earlier pull" in capfd.readouterr().out
    club.write("2026-01-05T08:00:00Z", "2026-01-05T09:01:00Z")
    club.run()
    asked = "club: asked for changes since 2026-01-05 07:57 UTC (2 records); every 20th run asks for all"
    assert asked in capfd.readouterr().out
    club.run(full_pull=True, ingestion={"max_deleted_share": 1})
    assert "club: asked for all (2 records): this run was told to (full_pull)" in capfd.readouterr().out
    rows = read(spark, club.lakehouse, "bronze/club").collect()
    assert sorted(row.operation for row in rows) == ["delete", "insert", "insert", "insert"]
    assert "updatedAt" not in "".join(row.payload or "" for row in rows)
