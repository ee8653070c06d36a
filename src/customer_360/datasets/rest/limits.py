"""How long, how often and how much: the limits that a pull from an API keeps."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
LongSeconds = Annotated[float, Field(gt=0, le=604_800, allow_inf_nan=False)]
ResponseBytes = Annotated[int, Field(ge=1_000, le=10_000_000_000)]

MAX_RESPONSE_BYTES = 100_000_000


class Timeouts(BaseModel):
    """Seconds to wait.

    Attributes:
        connect: for a connection.
        read: for the next bytes of an answer.
        total: for one answer, from the request to its last byte, however steadily it drips.
        pull: for all pages together, with the waits between them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    connect: Seconds = 5.0
    read: Seconds = 30.0
    total: Seconds = 120.0
    pull: LongSeconds = 21_600.0


class Retries(BaseModel):
    """How often and how patiently a request is repeated; times in seconds.

    The wait before attempt n+1 is random between 0 and ``backoff_initial * 2**(n-1)``, at most
    ``backoff_max``; where the server says how long (``Retry-After``, ``RateLimit`` and the like), that long.
    A server that asks for more than ``retry_after_max`` at once, or for more than ``max_wait`` in one pull, is
    not asked again: the pull ends. Waiting for a rate limit is no failed attempt.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_attempts: Annotated[int, Field(ge=1, le=100)] = 6
    backoff_initial: Seconds = 0.5
    backoff_max: Seconds = 30.0
    retry_after_max: LongSeconds = 120.0
    max_wait: LongSeconds = 900.0
