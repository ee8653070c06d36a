"""The made-up source systems write into a local lakehouse; into OneLake they must not."""

from __future__ import annotations

from support.runs import kedro_here


def test_sample_sources_into_onelake_are_refused_before_anything_is_sent() -> None:
    result = kedro_here(
        "run", "--env", "onelake", "--params", "sources=sample",
        ONELAKE_WORKSPACE="ws", ONELAKE_LAKEHOUSE="lake", AZURE_STORAGE_TOKEN="none",
    )  # fmt: skip
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert "not into abfss://ws@onelake.dfs.fabric.microsoft.com/lake.Lakehouse" in result.stderr
    assert "Use sources=live there." in result.stderr
    assert "Traceback" not in result.stderr
