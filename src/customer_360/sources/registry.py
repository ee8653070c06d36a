"""The sources that the configuration in force declares, wherever this process was started from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import overload

from .base import Source, chosen
from .compiled import DeclaredSource
from .errors import SourceDeclarationError

Reader = Callable[[], tuple[DeclaredSource, ...]]

# Reads the configuration of the project where no session has read one yet. By name: it knows Kedro, this room does not.
_PROJECT = "customer_360.source_files"


class Registry(Sequence[Source]):
    """The declared sources in order, read when somebody looks: the configuration is not known before.

    Args:
        only_chosen: leave out what the variable ``CUSTOMER_360_ONLY_SOURCES`` does not name (:func:`.base.chosen`).
    """

    _reader: Reader | None = None

    def __init__(self, *, only_chosen: bool) -> None:
        self._only_chosen = only_chosen

    @classmethod
    def read_by(cls, reader: Reader) -> None:
        """From now on these are the sources: those of the configuration that a session was opened with."""
        Registry._reader = reader

    def declared(self) -> tuple[DeclaredSource, ...]:
        """The sources with all that their files say.

        Raises:
            SourceDeclarationError: a file that cannot be used, or no file at all.
        """
        reader = Registry._reader or import_module(_PROJECT).project_sources
        found: tuple[DeclaredSource, ...] = reader()
        if not found:
            raise SourceDeclarationError(
                "No source is declared: conf/base/sources has no file (docs/add-a-source.md)."
            )
        return chosen(found) if self._only_chosen else found

    def _sources(self) -> tuple[Source, ...]:
        return tuple(one.source for one in self.declared())

    def __iter__(self) -> Iterator[Source]:
        return iter(self._sources())

    def __len__(self) -> int:
        return len(self._sources())

    @overload
    def __getitem__(self, index: int) -> Source: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Source, ...]: ...
    def __getitem__(self, index: int | slice) -> Source | tuple[Source, ...]:
        return self._sources()[index]

    def __repr__(self) -> str:
        return f"Registry(only_chosen={self._only_chosen})"
