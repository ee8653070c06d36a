"""Records of two samples, or of a sample and live systems, never meet in one lakehouse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from customer_360.lakehouse.origin import read_origin
from customer_360.parameters.run import RunSettings, RunSettingsError
from customer_360.preflight.sample_lakehouse import enter, lakehouse_of, own_lakehouse


def settings(**given: Any) -> RunSettings:
    return RunSettings(**{"sources": "sample", **given})


def with_tables(lakehouse: Path) -> None:
    log = lakehouse / "Tables" / "bronze" / "crm_users" / "_delta_log"
    log.mkdir(parents=True, exist_ok=True)
    (log / "00000000000000000000.json").write_text("{}")


@pytest.mark.parametrize(
    ("given", "lakehouse"),
    [
        ({}, "data/lakehouse"),
        ({"sample_customers": 500, "sample_seed": 360}, "data/lakehouse"),
        ({"sample_customers": 5_000}, "data/lakehouse-5000-360"),
        ({"sample_seed": 7}, "data/lakehouse-500-7"),
        ({"sample_customers": 5_000, "sources": "live"}, "data/lakehouse"),
    ],
)
def test_each_sample_has_a_lakehouse_of_its_own(given: dict[str, Any], lakehouse: str) -> None:
    assert own_lakehouse("data/lakehouse", settings(**given)) == lakehouse


def test_a_lakehouse_in_the_cloud_is_the_one_that_is_configured() -> None:
    url = "abfss://{workspace}@onelake.dfs.fabric.microsoft.com/{item}"
    assert own_lakehouse(url, settings(sample_seed=7)) == url
    enter("abfss://w@onelake.dfs.fabric.microsoft.com/l.Lakehouse", settings())
    assert lakehouse_of("data/x/", 5, 7) == "data/x-5-7"


SMALL, LARGE, LIVE = settings(sample_customers=60), settings(sample_customers=5_000), settings(sources="live")


@pytest.mark.parametrize("first", [SMALL, LARGE, LIVE])
def test_the_same_sources_again(tmp_path: Path, first: RunSettings) -> None:
    enter(str(tmp_path), first)
    with_tables(tmp_path)
    enter(str(tmp_path), first)
    assert [path.name for path in (tmp_path / "Files").iterdir()] == ["origin.json"]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (
            SMALL,
            LARGE,
            ["holds the sample of 60 customers (seed 360)", "the sample of 5,000 customers (seed 360)",
             "add sample_customers=60,sample_seed=360", "leave out lakehouse="],
        ),
        (SMALL, settings(sample_customers=60, sample_seed=7), ["would read the sample of 60 customers (seed 7)"]),
        (SMALL, LIVE, ["holds made-up customers", "add lakehouse=data/live"]),
        (LIVE, SMALL, ["holds the records of live systems", "Add sources=live"]),
    ],
)  # fmt: skip
def test_other_sources_are_refused(
    tmp_path: Path, first: RunSettings, second: RunSettings, words: list[str]
) -> None:
    enter(str(tmp_path), first)
    with_tables(tmp_path)
    with pytest.raises(RunSettingsError) as error:
        enter(str(tmp_path), second)
    assert not [
        word for word in [*words, str(tmp_path), "Nothing was written"] if word not in str(error.value)
    ]
    enter(str(tmp_path), first)


def test_a_lakehouse_without_tables_takes_any_sources(tmp_path: Path) -> None:
    enter(str(tmp_path), SMALL)
    enter(str(tmp_path), LIVE)
    with_tables(tmp_path)
    assert read_origin(str(tmp_path)) == {"sources": "live"}


def test_lakehouses_from_before_are_known_by_their_sample_files(tmp_path: Path) -> None:
    with_tables(tmp_path)
    assert read_origin(str(tmp_path)) is None
    (tmp_path / "Files" / "landing").mkdir(parents=True)
    (tmp_path / "Files" / "landing" / ".sample_sources.json").write_text(json.dumps({}))
    with pytest.raises(RunSettingsError, match=r"made-up customers \(a sample\)"):
        enter(str(tmp_path), LIVE)
    enter(str(tmp_path), SMALL)
    with pytest.raises(RunSettingsError):
        enter(str(tmp_path), LARGE)
