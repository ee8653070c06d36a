from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest import approx

from customer_360.lakehouse.ages import ABANDONED_SECONDS, age_of, is_abandoned
from customer_360.lakehouse.claim import EXPIRY_LIMITS
from customer_360.parameters.run import RunSettings

HOUR = 3_600


WAYS: dict[str, Callable[[], dict[str, Any]]] = {
    "a local disk": lambda: {"mtime": time.time() - HOUR},
    "notebookutils": lambda: {"mtime": int((time.time() - HOUR) * 1000)},
    "obstore": lambda: {"last_modified": datetime.now(UTC) - timedelta(hours=1), "mtime": None},
    "adlfs, s3fs": lambda: {"LastModified": datetime.now(UTC) - timedelta(hours=1)},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_each_store_says_it_in_its_way(way: Callable[[], dict[str, Any]]) -> None:
    entry = way()  # now: tests are collected long before the last of them runs
    assert age_of(entry) == approx(HOUR, abs=60)
    assert not is_abandoned(entry)


def test_who_does_not_say_it_is_never_abandoned() -> None:
    assert age_of({"name": "x", "size": 1, "mtime": None}) is None
    assert not is_abandoned({"name": "x"})
    assert is_abandoned({"mtime": time.time() - ABANDONED_SECONDS - 60})


def test_the_age_is_beyond_any_lease() -> None:
    """Also one of a run that waits for the longest time that can be set, and lives as long as the longest expiry."""
    longest = RunSettings.model_fields["lease_wait"].metadata[1].le
    assert longest + max(EXPIRY_LIMITS) < ABANDONED_SECONDS
