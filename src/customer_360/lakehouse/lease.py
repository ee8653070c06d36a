"""A lakehouse has one writer: who holds its lease writes, everybody else waits or is told whom for.

The lease is a :class:`~customer_360.lakehouse.pointer.Pointer` in ``Files/state/lease``: its value says who holds it
or that it is free, and to take it is to put the next value, which one of any number of waiters can. A file beside it,
written again every few seconds, is the holder's sign of life.

- A holder whose sign of life does not change for the time of expiry has lost the lease. That is judged by the
  waiter's own clock, from what it sees itself: clocks of two machines are never compared.
- A process of the same machine that has ended is not waited for.
- A holder that could not renew for most of that time, or finds a higher value, has lost it and must not write.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from customer_360.lakehouse.claim import Claim, Stopwatch, Watch
from customer_360.lakehouse.owner import Owner
from customer_360.lakehouse.pointer import Pointer, Value
from customer_360.lakehouse.store import Store

FOLDER = "Files/state/lease"
SETTLE_SECONDS = 2.0  # what an interrupted process may still need to be gone
_SAFE_SHARE = 0.75  # of the expiry: then a holder that cannot renew stops
_BEATS = 6  # signs of life in the time of expiry
_FRESH_SECONDS = 3.0  # a confirmation this old is as good as a new one


class LeaseError(RuntimeError):
    """The lease cannot be taken or was lost; the message says who holds it and what to do."""


class Lease:
    """A lease that is held. Made by :func:`take_lease`."""

    def __init__(self, store: Store, pointer: Pointer, value: Value, claim: Claim) -> None:
        """Args: value: the claim as it was put."""
        self.claim = claim
        self.on_lost: Callable[[], None] | None = None
        self._store, self._pointer, self._value = store, pointer, value
        self._lost = ""
        self._confirmed = Stopwatch()
        self._counter = 0
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._beat_now()
        self._thread = threading.Thread(target=self._keep_alive, name="lease", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Call before each write.

        Raises:
            LeaseError: it is lost; whoever has it now may be writing.
        """
        if not self._lost and self._confirmed.seconds() > _FRESH_SECONDS:
            self._renew()
        if self._lost:
            raise LeaseError(
                f"This run lost the lease of {self._store.root}: {self._lost} It stops before its next write. Run "
                "again: the next run continues where this one stopped."
            )

    @property
    def is_lost(self) -> bool:
        """Whether somebody else may be writing."""
        return bool(self._lost)

    def release(self, *, interrupted: bool = False) -> None:
        """Give it up, so that others need not wait for its expiry. Does nothing where it is lost or given up.

        Args:
            interrupted: the process is being ended and may be seen for a moment longer.

        Raises:
            OSError: the place cannot be reached; the lease then ends by its expiry.
        """
        if self._ended.is_set():
            return
        self._ended.set()
        with self._lock:  # no sign of life is written after this
            if self._lost:
                return
            new = self._pointer.switch(self.claim.freed(interrupted).to_bytes(), after=self._value)
            if new is not None:
                _clean(self._store, self._pointer, new)

    def _keep_alive(self) -> None:
        """Short waits: a machine that slept is noticed soon after it wakes."""
        interval = self.claim.expiry / _BEATS
        while not self._ended.wait(min(interval / 2, 1.0)):
            if self._confirmed.seconds() >= interval:
                self._renew()
            if self._lost:
                if self.on_lost is not None:
                    self.on_lost()
                return

    def _renew(self) -> None:
        with self._lock:
            if self._ended.is_set() or self._lost:
                return
            began = Stopwatch()
            try:
                if self._pointer.number() > self._value.number:
                    taker = self._pointer.load()
                    claim = Claim.read(taker.content if taker else None, expiry=self.claim.expiry)
                    self._lost = f"it was not renewed in time, and {claim.describe()} took it over."
                    return
                self._beat_now()
                self._confirmed = began
            except Exception as error:  # of any store: what counts is how long it lasts
                if self._confirmed.seconds() > _SAFE_SHARE * self.claim.expiry:
                    self._lost = (
                        f"it could not be renewed for {self._confirmed.seconds():.0f} s "
                        f"({type(error).__name__}: the lakehouse cannot be reached)."
                    )

    def _beat_now(self) -> None:
        self._counter += 1
        path = _beat_path(self._value.number)
        self._store.replace(path, f"{self.claim.token} {self._counter}\n".encode())


def take_lease(
    store: Store,
    *,
    run_id: str,
    wait: float,
    expiry: float,
    say: Callable[[str], None],
    owner: Owner | None = None,
    settle: float = 0.0,
) -> Lease:
    """Take the lease of a lakehouse, after waiting for whoever has it.

    Args:
        store: files of the lakehouse.
        run_id: of the run that will write.
        wait: seconds to wait at the most.
        expiry: seconds without a sign of life after which others may take it from this run.
        say: called once with a sentence, if there is somebody to wait for.
        owner: this process, unless a test says otherwise.
        settle: seconds that what this process starts may live on, and write, if it is killed.

    Raises:
        LeaseError: somebody else has it for longer, or the place cannot be written.
    """
    mine = Claim.of(owner or Owner.this(), run_id=run_id, expiry=expiry, settle=settle)
    try:
        return _take(store, mine, wait=wait, say=say)
    except OSError as error:
        raise LeaseError(
            f"The lease of {store.root} cannot be taken: {type(error).__name__}: {error}. A run needs to write "
            f"there ({FOLDER}). Nothing was written; check that the place is there and may be written."
        ) from error


def _take(store: Store, mine: Claim, *, wait: float, say: Callable[[str], None]) -> Lease:
    pointer = Pointer(store, FOLDER)
    watch = Watch(lambda value: store.read(_beat_path(value.number)))
    deadline = time.monotonic() + wait
    said = False
    while True:
        value = pointer.load()
        seen = Claim.read(value.content, expiry=mine.expiry) if value else None
        gone = seen is not None and seen.owner is not None and seen.owner.is_gone()
        if value is None or seen is None or not seen.held or gone or watch.unchanged(value) >= seen.expiry:
            mine = mine.of_now()
            new = pointer.switch(mine.to_bytes(), after=value)
            if new is not None:
                lease = Lease(store, pointer, new, mine)
                time.sleep(_settling(seen, gone))
                _clean(store, pointer, new)
                return lease
            time.sleep(random.uniform(0.05, 0.2))  # noqa: S311
            continue
        if time.monotonic() >= deadline:
            raise LeaseError(_refusal(store.root, seen, watch, wait))
        if not said:
            said = True
            say(
                f"{store.root} is being written by {seen.describe()}: waiting up to {wait:.0f} s for it to end."
            )
        time.sleep(max(0.0, min(1.0, seen.expiry / 10, deadline - time.monotonic())))


def _settling(former: Claim | None, gone: bool) -> float:
    """Seconds after which nothing of the former holder can write any more."""
    if former is None:
        return 0.0
    if former.held:
        return former.settle  # it was killed, and what it had started ends after it
    return SETTLE_SECONDS if former.interrupted and not gone else 0.0


def _refusal(root: str, claim: Claim, watch: Watch, wait: float) -> str:
    waited = f" after {wait:.0f} s" if wait else ""
    return (
        f"{root} is still being written by {claim.describe()}{waited}; a lakehouse has one writer at a time. Nothing "
        f"was written by this run. Run again when that one has ended, stop it, or wait longer: {_how_to_wait()}. A run "
        f"that was killed on another machine loses its lease {claim.expiry:.0f} s after "
        f"its last sign of life, which changed {watch.seconds():.0f} s ago as seen from here."
    )


def _how_to_wait() -> str:
    """How the setting is said in this place."""
    from customer_360.onelake import in_fabric

    return (
        '{"lease_wait": <seconds>} among the parameters' if in_fabric() else "--params lease_wait=<seconds>"
    )


def _clean(store: Store, pointer: Pointer, value: Value) -> None:
    """Remove former claims and their signs of life; the next one does it where this fails."""
    try:
        pointer.clean(value)
        for name in store.list(FOLDER):
            if name.endswith(".beat") and name != _beat_path(value.number).rpartition("/")[2]:
                store.remove(f"{FOLDER}/{name}")
    except OSError:
        return


def _beat_path(number: int) -> str:
    return f"{FOLDER}/{number:010d}.beat"
