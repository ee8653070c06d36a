"""`kedro maintain` in OneLake, with Azurite in OneLake's place."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.azurite import Azurite
from support.runs import kedro
from support.worn_lakehouse import LOG, worn

pytestmark = [pytest.mark.azurite, pytest.mark.timeout(600)]

WORKSPACE, LAKEHOUSE = "customer-360-test", "customer_360"
AT_ONCE = (
    "maintenance.retention_hours=0,maintenance.allow_shorter_retention=true,maintenance.log_retention_hours=0"
)


def test_it_does_there_what_it_does_here(tmp_path: Path) -> None:
    here = worn(tmp_path / "here")
    emulator = Azurite(tmp_path / "onelake", WORKSPACE)
    emulator.start()
    try:
        emulator.make_workspace()
        for name in here.files():
            content = (here.root / "Tables" / name).read_bytes()
            emulator.upload(f"{LAKEHOUSE}.Lakehouse/Tables/{name}", content)
        given = {**emulator.environment, "ONELAKE_WORKSPACE": WORKSPACE, "ONELAKE_LAKEHOUSE": LAKEHOUSE}
        first, second = (
            kedro("maintain", "--env", "onelake", "--params", AT_ONCE, **given) for _ in range(2)
        )
    finally:
        emulator.kill()
    assert first.returncode == 0, first.stdout + first.stderr
    log = next(line for line in first.stdout.splitlines() if line.startswith(LOG))
    assert log.endswith("12 small files joined; 12 old files removed; checkpoint; 12 log entries removed"), (
        first.stdout
    )
    assert "gold/run_manifest names the new versions of 2 tables" in first.stdout
    assert second.returncode == 0, second.stdout + second.stderr
    assert second.stdout.startswith("Nothing to do in abfss://")
