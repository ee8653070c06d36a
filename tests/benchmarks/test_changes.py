"""The changed state of the source systems: the share that is asked for, in every source, the same for the same seed."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.growth.changes import CHANGED_AT, SOURCES, Changed, change_systems
from customer_360.sample_sources.files import ERP_COLUMNS, SampleFiles
from customer_360.sample_sources.generator import generate

CUSTOMERS = 400


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("systems")
    generate(folder, customers=CUSTOMERS, seed=3)
    return folder


def records(folder: Path, source: str) -> list[Any]:
    path = getattr(SampleFiles.within(folder), source)
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        return list(csv.reader(text.splitlines()))[1:]
    return json.loads(text) if path.suffix == ".json" else [json.loads(line) for line in text.splitlines()]


def key(source: str, record: Any) -> str:
    if isinstance(record, list):
        return f"{record[0]} {record[1]} {record[-1]}"  # numbers of the ERP are not unique
    name = "ticket_id" if source == "support_tickets" else "id"
    return str(record.get(name)) if isinstance(record, dict) else str(record)


@pytest.mark.parametrize("share", [0.01, 0.2])
def test_a_share_of_every_source_changes_a_few_are_new_and_a_few_gone(
    systems: Path, tmp_path: Path, share: float
) -> None:
    told = change_systems(systems, tmp_path, share=share, seed=1)
    for source, of in told.items():
        number = len(records(systems, source))
        before, after = (
            {key(source, r): r for r in records(folder, source)} for folder in (systems, tmp_path)
        )
        changed = sum(before[name] != after[name] for name in before.keys() & after.keys())
        assert changed == pytest.approx(of.changed, abs=2), source  # records without a key are one here
        assert of.changed == pytest.approx(share * number, rel=0.1, abs=2), source
        assert of.gone == pytest.approx(share * number / 10, abs=1), source
        assert of.same + of.changed + of.gone == number, source
        assert len(records(tmp_path, source)) == number - of.gone + of.new, source
    assert set(told) == set(SOURCES) and told["crm_users"].new >= 1


def test_keys_of_new_records_are_new_and_point_at_each_other(systems: Path, tmp_path: Path) -> None:
    change_systems(systems, tmp_path, share=0.1, seed=1)
    users = [user["id"] for user in records(tmp_path, "crm_users") if "id" in user]
    posts = [post["id"] for post in records(tmp_path, "marketing_posts") if "id" in post]
    assert len(set(users)) == len(users) and len(set(posts)) == len(posts)
    last, before = (
        max(user.get("id", 0) for user in records(systems, "crm_users")),
        len(records(systems, "marketing_posts")),
    )
    authors = {post["userId"] for post in records(tmp_path, "marketing_posts") if post.get("id", 0) > before}
    assert {author for author in authors if last < (author or 0) < 90_000_000} <= set(users)
    assert any((author or 0) <= last for author in authors), "nobody who was there before has a new post"


def test_one_change_after_another_with_times(systems: Path, tmp_path: Path) -> None:
    """No key is given twice, and the times tell what has changed and what is new."""
    days, changed = [systems], {}
    for day in (1, 2, 3):
        share, at = (0.0 if day == 1 else 0.1), datetime(2026, 1, day, tzinfo=UTC)
        out = tmp_path / str(day)
        changed = change_systems(days[-1], out, share=share, seed=day, at=at, none_gone=day == 3)
        days.append(out)
    for source in ("crm_users", "marketing_posts"):
        found = records(days[-1], source)
        keys = [record["id"] for record in found if "id" in record]
        assert len(keys) == len(set(keys))
        times = [datetime.fromisoformat(record[CHANGED_AT]) for record in found]
        last_day = sum(time > datetime(2026, 1, 2, tzinfo=UTC) for time in times)
        assert last_day == changed[source].changed + changed[source].new > 0
        assert changed[source].gone == 0 < changed["support_tickets"].gone


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(systems: Path, tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        change_systems(systems, tmp_path / name, share=0.05, seed=seed)
    for source in SOURCES:
        one, again, other = (
            getattr(SampleFiles.within(tmp_path / name), source).read_bytes()
            for name in ("one", "again", "other")
        )
        assert one == again and one != other


def test_nothing_changes_where_nothing_is_asked_for(systems: Path, tmp_path: Path) -> None:
    told = change_systems(systems, tmp_path, share=0.0, seed=1)
    for source in SOURCES:
        files = (getattr(SampleFiles.within(folder), source) for folder in (systems, tmp_path))
        assert next(files).read_bytes() == next(files).read_bytes()
        assert told[source] == Changed(same=len(records(systems, source)))


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_that_is_none_is_refused(systems: Path, tmp_path: Path, share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        change_systems(systems, tmp_path, share=share, seed=1)


def test_the_header_and_the_array_stay(systems: Path, tmp_path: Path) -> None:
    change_systems(systems, tmp_path, share=0.05, seed=1)
    files = SampleFiles.within(tmp_path)
    assert files.erp_customers.read_text().splitlines()[0] == ",".join(ERP_COLUMNS)
    assert isinstance(json.loads(files.support_tickets.read_text()), list)
