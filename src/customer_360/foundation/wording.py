"""Words of messages that follow a number."""

from __future__ import annotations


def noun(number: int, one: str, several: str | None = None) -> str:
    """The words for so many of something: ``one`` for 1, else ``several`` (without it, ``one`` and an s)."""
    return one if number == 1 else several or f"{one}s"


def counted(number: int, one: str, several: str | None = None) -> str:
    """The number, and the :func:`noun` for it: "1 record is", "1,200 records are"."""
    return f"{number:,} {noun(number, one, several)}"
