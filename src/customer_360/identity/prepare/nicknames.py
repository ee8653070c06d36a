"""Nicknames and the formal names they stand for, from the package ``nicknames`` (English names)."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from customer_360.identity.prepare.scripts import name_with_plain_umlauts


@cache
def formal_names() -> list[tuple[str, str, str | None]]:
    """``(name, formal, forms)`` for every name that takes part in a nickname.

    ``formal`` is one form that a name and its nicknames share where that can be; ``forms`` are all formal
    names that the name may stand for, each between spaces, and null where it stands for itself only.
    """
    from nicknames import NickNamer

    formal_of: dict[str, set[str]] = defaultdict(set)
    size: dict[str, int] = defaultdict(int)
    for formal_name, nick_names in NickNamer().nickname_lookup.items():
        formal = name_with_plain_umlauts(formal_name)  # as the names that are looked up are written
        nicks = {name_with_plain_umlauts(nick) for nick in nick_names} - {formal}
        size[formal] += len(nicks)
        for nick in nicks:
            formal_of[nick].add(formal)
    names = sorted(set(formal_of) | set(size))
    return [(name, _root(name, formal_of, size), _forms(formal_of.get(name))) for name in names]


def _root(name: str, formal_of: dict[str, set[str]], size: dict[str, int]) -> str:
    """The formal name with the most nicknames, over and over, until a name is nobody's nickname."""
    seen = {name}
    while candidates := formal_of.get(name, set()) - seen:
        best = min(candidates, key=lambda formal: (-size[formal], formal))
        if size[best] <= size[name]:
            break
        name = best
        seen.add(name)
    return name


def _forms(formals: set[str] | None) -> str | None:
    return f" {' '.join(sorted(formals))} " if formals else None
