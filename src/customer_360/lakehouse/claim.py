"""What the file of a lease says, and how long it has been saying so."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from customer_360.lakehouse.owner import Owner
from customer_360.lakehouse.pointer import Value

EXPIRY_LIMITS = (1.0, 86_400.0)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What the lease's value says.

    Attributes:
        held: False: it is free, and the rest says who had it last.
        owner: who; None where the file cannot be read.
        run_id: which run.
        taken_at: when, by the holder's clock; for people.
        expiry: seconds without a sign of life after which it is lost.
        interrupted: it was given up by a process that was being ended from outside.
        token: tells this claim from every other.
        settle: seconds that what its process started (a JVM) may live on after it.
    """

    held: bool
    owner: Owner | None
    run_id: str
    taken_at: str
    expiry: float
    interrupted: bool = False
    token: str = ""
    settle: float = 0.0

    @classmethod
    def of(cls, owner: Owner, *, run_id: str, expiry: float, settle: float = 0.0) -> Claim:
        """A new one."""
        new = cls(held=True, owner=owner, run_id=run_id, taken_at="", expiry=expiry, settle=settle)
        return new.of_now()

    def of_now(self) -> Claim:
        """The same, for another attempt to take the lease."""
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return replace(self, taken_at=now, token=uuid.uuid4().hex)

    def freed(self, interrupted: bool) -> Claim:
        """The same, given up."""
        return replace(self, held=False, interrupted=interrupted, token=uuid.uuid4().hex)

    def to_bytes(self) -> bytes:
        """As it is stored."""
        fields = {**self.__dict__, "owner": self.owner.as_dict() if self.owner else None}
        return json.dumps(fields, indent=1, sort_keys=True).encode() + b"\n"

    @classmethod
    def read(cls, content: bytes | None, *, expiry: float) -> Claim:
        """A stored claim; what cannot be read counts as held by somebody unknown, for ``expiry`` seconds."""
        try:
            found: Any = json.loads(content or b"")
            lowest, highest = EXPIRY_LIMITS
            return cls(
                held=bool(found["held"]),
                owner=Owner.read(found["owner"]),
                run_id=str(found["run_id"]),
                taken_at=str(found["taken_at"]),
                expiry=min(max(float(found["expiry"]), lowest), highest),
                interrupted=bool(found["interrupted"]),
                token=str(found["token"]),
                settle=min(max(float(found["settle"]), 0.0), highest),
            )
        except (ValueError, TypeError, KeyError):
            return cls(held=True, owner=None, run_id="", taken_at="", expiry=expiry)

    def describe(self) -> str:
        """Who holds it, in words."""
        if self.owner is None:
            return "a run that its file does not name"
        return f"{self.owner.description} (run {self.run_id}, since {self.taken_at})"


class Watch:
    """How long the holder's files have looked the same, as seen from here."""

    def __init__(self, read_beat: Callable[[Value], bytes | None]) -> None:
        """Args: read_beat: the sign of life that belongs to a value."""
        self._read_beat = read_beat
        self._seen: tuple[Any, ...] = ()
        self._since = time.monotonic()

    def unchanged(self, value: Value) -> float:
        """Look, and tell the seconds since the first look that saw the same."""
        now = (value.number, value.content, self._read_beat(value))
        if now != self._seen:
            self._seen, self._since = now, time.monotonic()
        return self.seconds()

    def seconds(self) -> float:
        """Since the last change."""
        return time.monotonic() - self._since


class Stopwatch:
    """Seconds that have gone by; also those of a machine that slept, which one clock alone may not count."""

    def __init__(self) -> None:
        self._ticks, self._wall = time.monotonic(), time.time()

    def seconds(self) -> float:
        """Since this was made."""
        return max(time.monotonic() - self._ticks, time.time() - self._wall)
