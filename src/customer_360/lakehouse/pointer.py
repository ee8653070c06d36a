"""A value that is switched in one step, on every store: numbered files, of which the highest counts.

A switch puts the next number if it is absent, so that of two who saw the same value one succeeds: a
compare-and-swap for stores that have none. Readers see the former value or the new one, whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from customer_360.lakehouse.store import Store

_NAME = re.compile(r"(?P<number>[0-9]{10})\.json")


@dataclass(frozen=True)
class Value:
    """What a pointer says.

    Attributes:
        number: goes up by one with every switch.
        content: None where the file was removed between looking for it and reading it.
    """

    number: int
    content: bytes | None


class Pointer:
    """The value in a folder of its own.

    Example::

        before = pointer.load()
        if not pointer.switch(new_content, after=before):
            ...  # somebody else switched meanwhile
    """

    def __init__(self, store: Store, folder: str) -> None:
        """Args: store: of the lakehouse. folder: below its root, used by nothing else."""
        self._store = store
        self._folder = folder.strip("/")

    def load(self) -> Value | None:
        """The value as it is now; None if there never was one."""
        while numbers := self._numbers():
            content = self._store.read(self.path(numbers[-1]))
            if content is not None or self._numbers()[-1:] == numbers[-1:]:
                return Value(numbers[-1], content)
        return None

    def number(self) -> int:
        """Of the value as it is now; 0 if there never was one. Cheaper than :meth:`load`."""
        return max(self._numbers(), default=0)

    def switch(self, content: bytes, *, after: Value | None) -> Value | None:
        """Put a new value in place of the one that was seen; None if that is not the value any more.

        Args:
            content: never the same twice (it holds a run's id or the like): that tells a writer's own file.
            after: what :meth:`load` gave.
        """
        seen = after.number if after else 0
        new = Value(seen + 1, content)
        path = self.path(new.number)
        if not self._store.put_if_absent(path, content) and self._store.read(path) != content:
            return None
        # who looked at the folder while others came and went may have missed a higher number
        if self.number() > new.number:
            return None
        return new

    def clean(self, value: Value) -> None:
        """Remove the values before this one, which nobody needs any more."""
        for number in self._numbers():
            if number < value.number:
                self._store.remove(self.path(number))

    def path(self, number: int) -> str:
        """Of the file with this number, below the root of the store."""
        return f"{self._folder}/{number:010d}.json"

    def _numbers(self) -> list[int]:
        found = (_NAME.fullmatch(name) for name in self._store.list(self._folder))
        return sorted(int(one["number"]) for one in found if one)
