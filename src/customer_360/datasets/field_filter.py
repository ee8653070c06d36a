"""Keeps the configured fields of a record and drops all others, whatever the server sends."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

_Tree = dict[str, Any]  # name -> subtree; an empty subtree keeps all below


class FieldFilter:
    """Fields to keep, by name or dotted path (``company.name``). Without any, records stay whole."""

    def __init__(self, fields: Collection[str], *, noted: Callable[[str], None] | None = None) -> None:
        """Create the filter.

        Args:
            fields: what to keep.
            noted: called with the dotted path of each field that is dropped.
        """
        self._noted = noted
        self._tree: _Tree = {}
        # shortest first: a field kept whole wins over parts of it
        for path in sorted(fields, key=lambda path: path.count(".")):
            self._add(path.split("."))

    def _add(self, names: list[str]) -> None:
        tree = self._tree
        for depth, name in enumerate(names):
            if name in tree and not tree[name]:
                return
            tree = tree.setdefault(name, {})
            if depth == len(names) - 1:
                tree.clear()

    @property
    def top_level(self) -> list[str]:
        """Names of the outermost fields, each once: what an API can be asked for."""
        return list(self._tree)

    def keep(self, record: object) -> object:
        """Return ``record`` with the fields to keep only. What is not an object comes back as it is."""
        return self._kept(record, self._tree, "") if self._tree and isinstance(record, dict) else record

    def _kept(self, value: Any, tree: _Tree, path: str) -> Any:
        if not tree:
            return value
        if isinstance(value, dict):
            kept = {
                name: self._kept(value[name], below, f"{path}{name}." if below else path)
                for name, below in tree.items()
                if name in value
            }
            if self._noted is not None and len(kept) < len(value):
                for name in value:
                    if name not in tree:
                        self._noted(f"{path}{name}")
            return kept
        if isinstance(value, list):
            # json_text.Repeated stays what it is
            return type(value)(self._kept(item, tree, path) for item in value)
        return value
