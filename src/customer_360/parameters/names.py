"""Names in the configuration that stand for something: a source, a table, a column, a term."""

from __future__ import annotations

from collections.abc import Iterable

from customer_360.foundation import no_such


class UnknownNameError(ValueError):
    """A name in the configuration stands for nothing that there is."""


def check_name(where: str, kind: str, name: str, known: Iterable[str]) -> None:
    """Refuse a name that stands for nothing.

    Args:
        where: the setting, such as ``cleaning.sources``.
        kind: what it should be: ``source``, ``column of crm``.
        name: as it was written.
        known: all that there are.

    Raises:
        UnknownNameError: saying where, the nearest known name and all that there are.
    """
    allowed = sorted(known)
    if name not in allowed:
        raise UnknownNameError(f"{where}: {no_such(kind, name, allowed)}")


def check_named(where: str, kind: str, named: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a list of names that is not that of all there are: one that stands for nothing, one that is lacking.

    Raises:
        UnknownNameError: as :func:`check_name`, or naming what is lacking.
    """
    found, all_known = list(named), list(known)
    for name in found:
        check_name(where, kind, name, all_known)
    if lacking := sorted(set(all_known) - set(found)):
        raise UnknownNameError(f"{where}: nothing is said about the {kind} {', '.join(lacking)}.")
