"""Which fields of a source's records are kept, and which ones came that nobody declared."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from customer_360.datasets.field_filter import FieldFilter

_SHOWN = 20
_REMEMBERED = 1_000
# A name that somebody gave a field; anything else may be a value that is used as a name.
_NAME = re.compile(r"[A-Za-z_][\w .$/-]{0,59}")


class FieldsToKeep(NamedTuple):
    """What a source says about the fields of its records.

    Attributes:
        fields: those that are declared; no other one is kept, and the run says which came. None: all are kept.
        leave_out: fields that the run says nothing about.
        keep_other_fields: keep those that are not declared, too.
    """

    fields: Collection[str] | None = ()
    leave_out: Collection[str] | None = ()
    keep_other_fields: bool = False


class DeclaredFields:
    """Keeps the declared fields of records and notes the names of others.

    Attributes:
        names: the declared fields, dotted; none: every field is kept and none is noted.
    """

    def __init__(
        self,
        names: Collection[str] = (),
        *,
        leave_out: Collection[str] = (),
        keep_others: bool = False,
        blocked: Collection[str] = (),
    ) -> None:
        """Create the filter.

        Args:
            names: the declared fields; dots go deeper.
            leave_out: fields that are known to come, and not noted.
            keep_others: keep those that nobody declared, too.
            blocked: names that are dropped later at any depth, and not noted.
        """
        self.names = tuple(names)
        self._filter = FieldFilter(names, noted=self._note)
        self._keep_others = keep_others
        self._known = {name.casefold() for name in (*leave_out, *blocked)}
        self._found: dict[str, None] = {}
        self._told: set[str] = set()

    def expect(self, name: str) -> None:
        """A field that is known to come, asked for or not."""
        self._known.add(name.casefold())

    @property
    def keeps_all(self) -> bool:
        """Whether records stay whole."""
        return self._keep_others or not self.names

    @property
    def top_level(self) -> list[str]:
        """Outermost names of the declared fields."""
        return self._filter.top_level

    def keep(self, record: object) -> object:
        """The record with the fields that are kept; what is no object comes back as it is."""
        kept = self._filter.keep(record)
        return record if self._keep_others else kept

    def kept_columns(self, columns: Iterable[str]) -> list[str]:
        """Those of a table's columns that are kept; notes the others."""
        declared = set(self.top_level)
        others = [name for name in columns if declared and name not in declared]
        for name in others:
            self._note(name)
        return [name for name in columns if self.keeps_all or name in declared]

    def _note(self, path: str) -> None:
        names = {path.casefold(), path.rpartition(".")[2].casefold()}
        if len(self._found) < _REMEMBERED and not names & self._known:
            self._found[path] = None

    def tell(self) -> str | None:
        """A sentence about the fields that came and were not declared; None where there is nothing new to say."""
        new = [name for name in self._found if name not in self._told]
        if not new:
            return None
        self._told.update(new)
        names = [name for name in new if _NAME.fullmatch(name)]
        shown = ", ".join(names[:_SHOWN])
        if further := len(new) - len(names[:_SHOWN]):
            shown += f" and {further} more" if shown else f"{further} that do not look like names"
        if self._keep_others:
            return f"fields that nobody declared were kept: {shown}"
        return (
            f"fields that nobody declared were left out: {shown}. To keep them, make columns of them or name them "
            "under `keep`; `leave_out` says that they are not wanted"
        )
