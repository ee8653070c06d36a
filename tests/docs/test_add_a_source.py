"""Follows docs/add-a-source.md step by step, on a copy of the project, with a fifth made-up source."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from support.runs import RUN_COLUMNS, content, kedro, read

STEP = re.compile(r"<!-- (new file|change): (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)


def follow(page: Path, project: Path) -> int:
    steps = STEP.findall(page.read_text())
    for kind, name, block in steps:
        path = project / name
        if kind == "new file":
            assert not path.exists(), f"{name} is there already"
            path.write_text(block)
        else:
            lines = block.splitlines(keepends=True)
            old = "".join(line[1:] for line in lines if line[0] in " -")
            new = "".join(line[1:] for line in lines if line[0] in " +")
            text = path.read_text()
            assert text.count(old) == 1, f"{name}: the page's lines are there {text.count(old)} times:\n{old}"
            path.write_text(text.replace(old, new))
    return len(steps)


def undo(project: Path, copy: Path) -> None:
    """Take the page's edits back."""
    for name in ("src", "conf"):
        for path in (copy / name).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                before = project / path.relative_to(copy)
                path.write_bytes(before.read_bytes()) if before.is_file() else path.unlink()


@pytest.fixture
def copied(project: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "project"
    for name in ("src", "conf", "pyproject.toml"):
        source = project / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "credentials*"))
        else:
            shutil.copy(source, copy / name)
    (copy / "data").mkdir()
    return copy


CUSTOMERS = ("gold/customer_crosswalk", "gold/customer_profile", "gold/customer_360", "gold/unlinked_records")


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_page_adds_a_fifth_source(spark: SparkSession, project: Path, copied: Path) -> None:
    lakehouse = copied / "data" / "lakehouse-60-5"  # each sample has its own
    sample = "sample_customers=60,sample_seed=5"
    first = kedro("run", "--params", sample, project=copied)
    assert first.returncode == 0, first.stdout + first.stderr
    before = content(spark, lakehouse, CUSTOMERS, without=RUN_COLUMNS)

    users = next((copied / "data" / "sample_sources").rglob("crm_users.jsonl")).read_text().splitlines()
    emails = [str(json.loads(line).get("email")).strip().lower() for line in users]
    known = next(
        email for email in emails if emails.count(email) == 1 and re.fullmatch(r"[\w.]+@[\w.-]+", email)
    )
    assert follow(project / "docs" / "add-a-source.md", copied) == 8
    (lakehouse / "Files" / "landing" / "loyalty_members.csv").write_text(
        f"member_id,mail,tier,points\nL-1, {known.upper()},GOLD,1200\n"
        "L-2,stranger@example.org,silver,5\n,x@example.org,silver,1\n"
    )
    second = kedro("run", "--params", sample, project=copied)
    assert second.returncode == 0, second.stdout + second.stderr

    [member] = read(spark, lakehouse, "gold/customer_360").where("loyalty_tier is not null").collect()
    assert (member.loyalty_tier, member.loyalty_points) == ("gold", 1200)
    links = read(spark, lakehouse, "gold/customer_crosswalk").where("source = 'loyalty'").collect()
    assert [(link.source_key, link.method) for link in links] == [("L-1", "loyalty_email")]
    left = read(spark, lakehouse, "gold/unlinked_records").where("source = 'loyalty'").collect()
    assert [(record.source_key, record.reason) for record in left] == [("L-2", "no_match")]
    [bad] = read(spark, lakehouse, "silver/quarantine").where("source = 'loyalty'").collect()
    assert bad.reasons == ["missing_key"]

    undo(project, copied)
    third = kedro("run", "--params", sample, project=copied)
    assert third.returncode == 0, third.stdout + third.stderr
    assert content(spark, lakehouse, CUSTOMERS, without=RUN_COLUMNS) == before
    history = read(spark, lakehouse, "gold/customer_profile_history")
    assert history.where("loyalty_tier = 'gold' AND NOT is_current").count() == 1
    assert history.where("loyalty_tier IS NOT NULL AND is_current").count() == 0

    follow(project / "docs" / "add-a-source.md", copied)
    fourth = kedro("run", "--params", sample, project=copied)
    assert fourth.returncode == 0, fourth.stdout + fourth.stderr
    [again] = read(spark, lakehouse, "gold/customer_360").where("loyalty_tier is not null").collect()
    assert again == member
