"""Words of messages: those that follow a number, and the name that was meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def noun(number: int, one: str, several: str | None = None) -> str:
    """The words for so many of something: ``one`` for 1, else ``several`` (without it, ``one`` and an s)."""
    return one if number == 1 else several or f"{one}s"


def counted(number: int, one: str, several: str | None = None) -> str:
    """The number, and the :func:`noun` for it: "1 record is", "1,200 records are"."""
    return f"{number:,} {noun(number, one, several)}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`` Did you mean 'crm'?``, or nothing where no known name is near."""
    spelt = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), spelt, n=1)
    return f" Did you mean '{spelt[near[0]]}'?" if near else ""


def no_such(kind: str, name: str, known: Iterable[str]) -> str:
    """``there is no column 'mail'. Did you mean 'email'? There are: ...``."""
    allowed = list(dict.fromkeys(known))
    return f"there is no {kind} '{name}'.{did_you_mean(name, allowed)} There are: {', '.join(allowed)}."
