from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from customer_360.parameters.run import RunSettings, RunSettingsError, lakehouse_root, only_reading


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("engin", "Unknown run setting 'engin'. Did you mean 'engine'?"),
        ("sample_customer", "Did you mean 'sample_customers'?"),
        ("ingestoin", "Did you mean 'ingestion'?"),
        ("xyzzy", "Allowed: begin_anew, crm_url, engine, full_pull, ingestion"),
    ],
)
def test_an_unknown_setting_is_refused(name: str, message: str) -> None:
    with pytest.raises(RunSettingsError, match=message.replace("?", r"\?")):
        RunSettings.check_names([name], groups=["ingestion"])


def test_known_settings_and_groups_are_taken() -> None:
    RunSettings.check_names(["engine", "lakehouse", "ingestion"], groups=["ingestion"])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"engine": "duckdb"}, "engine: input should be 'sail', 'spark' or 'active'"),
        ({"sources": "simple"}, "sources: input should be 'sample' or 'live'"),
        ({"sample_customers": 0}, "sample_customers: input should be greater than or equal to 1"),
        ({"sample_customers": "many"}, "sample_customers: .*valid integer"),
    ],
)
def test_a_bad_value_is_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(RunSettingsError, match=message):
        RunSettings.read(parameters, parameters)


def test_sample_sources_bring_their_own_servers() -> None:
    given = {"crm_url": "http://127.0.0.1:1"}
    with pytest.raises(RunSettingsError, match="crm_url cannot be used with sources=sample"):
        RunSettings.read({"sources": "sample", **given}, given)
    assert RunSettings.read({"sources": "live", **given}, given).crm_url == given["crm_url"]


def test_other_parameters_are_left_alone() -> None:
    settings = RunSettings.read({"engine": "spark", "cleaning": {"anything": 1}}, {})
    assert (settings.engine, settings.sources, settings.sample_customers) == ("spark", "live", 500)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("data/My Lake", "/project/data/My Lake"),
        ("/data/lake/", "/data/lake"),
        ("file:///data/My%20Lake", "/data/My Lake"),
        ("abfss://ws@onelake.dfs.fabric.microsoft.com/lake.Lakehouse/",
         "abfss://ws@onelake.dfs.fabric.microsoft.com/lake.Lakehouse"),
    ],
)  # fmt: skip
def test_where_the_lakehouse_is(given: str, meant: str) -> None:
    assert lakehouse_root(given, "data/lakehouse", Path("/project")) == meant


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "lakehouse= is empty"),
        ("  ", "lakehouse= is empty"),
        (7, "lakehouse=7 is read as a int"),
        ("data/a%20b", "holds %20"),
    ],
)
def test_a_lakehouse_that_is_none(given: object, message: str) -> None:
    with pytest.raises(RunSettingsError, match=message):
        lakehouse_root(given, "data/lakehouse", Path("/project"))


@pytest.mark.parametrize(
    ("lakehouse", "settings"),
    [
        (None, {}),
        ("", {"lakehouse": ""}),  # refused by the hooks, not taken for the configured one
        ("data/x", {"lakehouse": "data/x"}),
        ("abfss://w@h/l.Lakehouse", {"lakehouse": "abfss://w@h/l.Lakehouse", "sources": "live"}),
    ],
)
def test_a_command_that_only_reads_needs_no_source(lakehouse: str | None, settings: dict[str, str]) -> None:
    assert only_reading(lakehouse) == settings
