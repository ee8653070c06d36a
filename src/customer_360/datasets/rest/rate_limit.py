"""How long a server asks to be left alone, in all the ways in which servers say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Below: seconds to go (three years at most). From there on a point in time, told by its size: seconds since 1970,
# or thousandths, millionths, thousand millionths of them.
_EPOCH_FROM = 1e8
_EPOCH_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))

_NUMBER = re.compile(r"[0-9]{1,25}(\.[0-9]{1,9})?", re.ASCII)
_DURATION = re.compile(
    r"(?:(?P<h>[0-9]{1,6})h)?(?:(?P<m>[0-9]{1,6})m(?!s))?(?:(?P<s>[0-9]{1,9}(?:\.[0-9]{1,9})?)s)?"
    r"(?:(?P<ms>[0-9]{1,9}(?:\.[0-9]{1,9})?)ms)?",
    re.ASCII,
)
_RESETS = (
    "RateLimit-Reset",
    "X-RateLimit-Reset-After",
    "X-RateLimit-Reset",
    "X-Rate-Limit-Reset",
    "X-RateLimit-Retry-After",
    "X-Rate-Limit-Retry-After",
)
_REMAINING = ("RateLimit-Remaining", "X-RateLimit-Remaining", "X-Rate-Limit-Remaining")


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that a refusing answer asks to wait; 0 where that time is over, None where it does not say.

    Understood are, in this order: ``Retry-After`` (seconds or an HTTP date), ``Retry-After-Ms``, ``RateLimit``
    (``limit=10, remaining=0, reset=30`` and ``"default";r=0;t=30``), and ``RateLimit-Reset``,
    ``X-RateLimit-Reset``, ``X-Rate-Limit-Reset`` (seconds to go, seconds or milliseconds since 1970, a date, a
    duration such as ``1m30s``). Points in time are measured by the server's own clock (``Date``) if it shows it.

    Args:
        headers: of the answer; names without regard to case, as ``requests`` gives them.
    """
    now = _date(headers.get("Date", "")) or datetime.now(UTC)
    waits = (_seconds(headers.get("Retry-After", ""), now), _thousandths(headers), _rate_limit(headers))
    for wait in waits:
        if wait is not None:
            return wait
    resets = (_seconds(headers.get(name, ""), now) for name in _RESETS)
    return next((wait for wait in resets if wait is not None), None)


def is_used_up(headers: Mapping[str, str]) -> bool:
    """Whether the answer says that no request is left in this window."""
    if any(headers.get(name, "").strip() == "0" for name in _REMAINING):
        return True
    return any(policy.get("r", policy.get("remaining")) == "0" for policy in _policies(headers))


def _thousandths(headers: Mapping[str, str]) -> float | None:
    for name in ("Retry-After-Ms", "X-Ms-Retry-After-Ms"):
        text = headers.get(name, "").strip()
        if _NUMBER.fullmatch(text):
            return float(text) / 1_000
    return None


def _rate_limit(headers: Mapping[str, str]) -> float | None:
    """The longest wait of the policies of ``RateLimit`` that are used up, or of all if none says that it is."""
    policies = [
        (float(wait), policy.get("r", policy.get("remaining")))
        for policy in _policies(headers)
        if (wait := policy.get("t", policy.get("reset"))) and _NUMBER.fullmatch(wait)
    ]
    used_up = [wait for wait, remaining in policies if remaining == "0"]
    return max(used_up or [wait for wait, _ in policies], default=None)


def _policies(headers: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """``{name: value}`` of each policy in ``RateLimit``: the older form is one policy, the newer a list."""
    value = headers.get("RateLimit", "")
    is_newer = ";" in value
    for policy in value.split(",") if is_newer else [value]:
        parts = (part.partition("=") for part in policy.split(";" if is_newer else ","))
        yield {name.strip().lower(): text.strip().strip('"') for name, _, text in parts}


def _seconds(value: str, now: datetime) -> float | None:
    text = value.strip().partition(",")[0] if value.strip()[:1].isdigit() else value.strip()
    if _NUMBER.fullmatch(text):
        number = float(text)
        if number < _EPOCH_FROM:
            return number
        unit = next((unit for least, unit in _EPOCH_UNITS if number >= least), 1.0)
        return max(0.0, number / unit - now.timestamp())
    if text and (found := _DURATION.fullmatch(text)):
        hours, minutes, seconds, thousandths = (float(found[unit] or 0) for unit in ("h", "m", "s", "ms"))
        return hours * 3_600 + minutes * 60 + seconds + thousandths / 1_000
    until = _date(text)
    return None if until is None else max(0.0, (until - now).total_seconds())


def _date(value: str) -> datetime | None:
    """An HTTP date, or an ISO one; without a zone it is UTC."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            date = read(value)
        except (TypeError, ValueError, OverflowError):
            continue
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    return None
