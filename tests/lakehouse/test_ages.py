from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest import approx

from customer_360.lakehouse.ages import ABANDONED_SECONDS, age_of, is_abandoned
from customer_360.lakehouse.claim import EXPIRY_LIMITS
from customer_360.parameters.run import RunSettings

HOUR = 3_600


@pytest.mark.parametrize(
    "entry",
    [
        {"mtime": time.time() - HOUR},  # a local disk
        {"mtime": int((time.time() - HOUR) * 1000)},  # notebookutils
        {"last_modified": datetime.now(UTC) - timedelta(hours=1), "mtime": None},  # obstore
        {"LastModified": datetime.now(UTC) - timedelta(hours=1)},  # adlfs, s3fs
    ],
)
def test_each_store_says_it_in_its_way(entry: dict[str, Any]) -> None:
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
