"""How servers say how long they want to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from customer_360.datasets.errors import SourceError
from customer_360.datasets.rest.client import RestClient, RestResource
from customer_360.datasets.rest.rate_limit import asked_wait, is_used_up

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
EPOCH = int(NOW.timestamp())


def asked(**headers: str) -> float | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return asked_wait(CaseInsensitiveDict({"Date": format_datetime(NOW, usegmt=True), **named}))


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Retry_After": "7"}, 7),
        ({"retry_after": "7.5"}, 7.5),
        ({"Retry_After": "7, 7"}, 7),  # sent twice
        ({"Retry_After": format_datetime(NOW + timedelta(seconds=20), usegmt=True)}, 20),
        ({"Retry_After": "2026-03-01T12:00:30Z"}, 30),
        ({"Retry_After": str(EPOCH + 40)}, 40),
        ({"Retry_After": "-5"}, None),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After_Ms": "1500"}, 1.5),
        ({"X_RateLimit_Reset": "42"}, 42),
        ({"X_RateLimit_Reset": str(EPOCH + 42)}, 42),
        ({"X_RateLimit_Reset": str((EPOCH + 42) * 1_000)}, 42),
        ({"X_RateLimit_Reset": str((EPOCH + 42) * 1_000_000)}, 42),
        ({"X_RateLimit_Reset": f"{EPOCH + 42}.5"}, 42.5),
        ({"X_RateLimit_Reset": str(EPOCH - 5)}, 0),
        ({"X_RateLimit_Reset": "2026-03-01T12:01:00+00:00"}, 60),
        ({"X_Rate_Limit_Reset": str(EPOCH + 9)}, 9),
        ({"X_RateLimit_Reset_After": "1.25"}, 1.25),
        ({"RateLimit_Reset": "30"}, 30),
        ({"RateLimit_Reset": "1m30s"}, 90),
        ({"RateLimit_Reset": "200ms"}, 0.2),
        ({"RateLimit": "limit=100, remaining=0, reset=30"}, 30),
        ({"RateLimit": "limit=100, reset=30"}, 30),
        ({"RateLimit": '"default";r=0;t=30'}, 30),
        ({"RateLimit": '"burst";r=5;t=3600, "minute";r=0;t=12'}, 12),
        ({"RateLimit": '"burst";r=0;t=1, "day";r=0;t=3600'}, 3600),
        ({"RateLimit": "?"}, None),
        ({"X_RateLimit_Reset": ""}, None),
        ({"X_RateLimit_Reset": "9" * 40}, None),
        ({"Retry_After": "3", "X_RateLimit_Reset": "50"}, 3),
        ({"Retry_After": "soon", "X_RateLimit_Reset": "50"}, 50),
    ],
)
def test_the_ways_to_say_it(headers: dict[str, str], wait: float | None) -> None:
    assert asked(**headers) == (None if wait is None else pytest.approx(wait))


@given(
    st.sampled_from(["Retry_After", "X_RateLimit_Reset", "RateLimit", "RateLimit_Reset"]),
    st.text(max_size=40),
)
def test_any_text_is_a_time_to_wait_or_none(name: str, value: str) -> None:
    wait = asked(**{name: value})
    assert wait is None or wait >= 0


@pytest.mark.parametrize(
    ("headers", "used_up"),
    [
        ({"X-RateLimit-Remaining": "0"}, True),
        ({"ratelimit-remaining": " 0 "}, True),
        ({"X-RateLimit-Remaining": "1"}, False),
        ({"RateLimit": "limit=9, remaining=0, reset=3"}, True),
        ({"RateLimit": '"a";r=1;t=3, "b";r=0;t=9'}, True),
        ({"RateLimit": '"a";r=1;t=3'}, False),
        ({}, False),
    ],
)
def test_whether_nothing_is_left(headers: dict[str, str], used_up: bool) -> None:
    assert is_used_up(CaseInsensitiveDict(headers)) is used_up


# ---------------------------------------------------------------- over HTTP
QUICK = {"max_attempts": 3, "backoff_initial": 0.001, "backoff_max": 0.002}


def pull(api: Any, waits: list[float], **retries: Any) -> list[Any]:
    given = {
        "base_url": api.url,
        "resource": "users",
        "pagination": {"style": "offset", "page_size": 10},
        "retries": {**QUICK, **retries},
    }
    return list(RestClient(RestResource.model_validate(given), sleep=waits.append).records())


LIMITED: dict[str, dict[str, Any]] = {
    "429": {"status": 429, "headers": {"X-RateLimit-Reset": "40"}},
    "420": {"status": 420, "headers": {"Retry-After": "40"}},
    "403 with nothing left": {
        "status": 403,
        "headers": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "40"},
    },
}


@pytest.mark.parametrize("answer", LIMITED.values(), ids=LIMITED)
def test_a_window_is_waited_for_and_costs_no_attempt(api: Any, answer: dict[str, Any], caplog: Any) -> None:
    waits: list[float] = []
    api.then(5, **answer)  # more often than there are attempts
    assert pull(api, waits) == api.users
    assert waits == [40] * 5
    assert "as the server asks, next one in 40.0 s" in caplog.text


def test_patience_ends(api: Any) -> None:
    waits: list[float] = []
    api.always(**LIMITED["429"])
    with pytest.raises(SourceError, match=r"after 80 s of waiting .*\(retries\.max_wait: 100 s\)"):
        pull(api, waits, max_wait=100)
    assert waits == [40, 40]
    with pytest.raises(SourceError, match=r"\(retries\.retry_after_max: 30 s\)"):
        pull(api, waits, retry_after_max=30)


def test_a_hint_that_is_too_short_is_asked_less_and_less_often(api: Any) -> None:
    waits: list[float] = []
    api.then(8, status=429, headers={"Retry-After": "1"})
    assert pull(api, waits, backoff_max=30) == api.users
    assert waits == [1, 1, 2, 4, 8, 16, 30, 30]


def test_a_limit_without_a_hint_is_waited_for_longer_than_a_minute(api: Any) -> None:
    waits: list[float] = []
    api.always(status=429)
    with pytest.raises(SourceError, match=r"does not say for how long: raise retries\.max_attempts"):
        pull(api, waits, max_attempts=6, backoff_initial=0.5, backoff_max=30)
    assert len(waits) == 5
    assert sum(waits) > 60


def test_a_server_that_is_down_for_a_while_says_so_and_costs_attempts(api: Any) -> None:
    waits: list[float] = []
    api.always(status=503, headers={"Retry-After": "9"})
    with pytest.raises(SourceError, match="gave up after 3 attempts; the last one: 503"):
        pull(api, waits)
    assert waits == [9, 9]
