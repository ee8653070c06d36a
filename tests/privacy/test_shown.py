from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from customer_360.privacy.shown import Setting


@pytest.mark.parametrize(
    ("value", "sources", "made_up", "shows"),
    [
        ("auto", "sample", True, True),
        ("auto", "sample", False, False),  # a lakehouse that real systems filled, looked at from a laptop
        ("auto", "live", True, False),
        (True, "live", False, True),
        (False, "sample", True, False),
    ],
)
def test_whose_values_are_shown(tmp_path: Path, value: Any, sources: str, made_up: bool, shows: bool) -> None:
    if made_up:
        from customer_360.sample_sources.landing import MANIFEST

        landing = tmp_path / "Files" / "landing"
        landing.mkdir(parents=True)
        (landing / MANIFEST).write_text("{}")
    assert Setting(value=value, sources=sources, lakehouse=str(tmp_path)).shows() == shows


def test_nothing_is_shown_where_nobody_said_anything() -> None:
    assert not Setting().shows()
    assert not Setting(value="auto", sources="sample", lakehouse="abfss://w@host/l").shows()
