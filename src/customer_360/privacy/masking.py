"""Masks of values: too little to know them, enough to see whether and where two of them differ."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any, NamedTuple

DOT = "•"
_LONG = 60  # characters; of a longer value only its length is told

SAME, SIMILAR, DIFFERENT = "same", "similar", "different"


class Compared(NamedTuple):
    """Two masked values.

    Attributes:
        left, right: the masks; blank for a value that is not there.
        agreement: ``same``, ``similar`` or ``different``; None where one of them is not there.
    """

    left: str
    right: str
    agreement: str | None


def masked(value: Any) -> str:
    """Enough of a value to recognise it, too little to know it: its first character and its length."""
    text = "" if value is None else str(value)
    if len(text) > _LONG:
        return f"{text[0]}{DOT * 9} ({len(text):,} characters)"
    return "" if not text else f"{text[0]}{DOT * (len(text) - 1)}"


def compared(left: Any, right: Any) -> Compared:
    """Mask two values so that an eye sees how they differ.

    Of similar ones (at least two thirds of the longer one agree) the characters that differ are shown, of all
    others the first character only: ``Sofia`` and ``Sophia`` are ``S•f••`` and ``S•ph••``, ``Anna`` and
    ``Peter`` are ``A•••`` and ``P••••``.
    """
    one, other = ("" if value is None else str(value) for value in (left, right))
    if not one or not other:
        return Compared(masked(one), masked(other), None)
    if one == other:
        return Compared(masked(one), masked(other), SAME)
    longer = max(len(one), len(other))
    if longer <= _LONG:
        blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
        if 3 * sum(block.size for block in blocks) >= 2 * longer:
            agreeing = [
                {
                    start + place
                    for start, block in zip(starts, blocks, strict=True)
                    for place in range(block.size)
                }
                for starts in ([block.a for block in blocks], [block.b for block in blocks])
            ]
            return Compared(_dotted(one, agreeing[0]), _dotted(other, agreeing[1]), SIMILAR)
    return Compared(masked(one), masked(other), DIFFERENT)


def masked_beside(value: Any, reference: Any) -> str:
    """The mask of a value as :func:`compared` gives it, with ``=`` behind it where it is the reference's value."""
    found = compared(reference, value)
    return f"{found.right} =" if found.agreement == SAME else found.right


def _dotted(text: str, agreeing: set[int]) -> str:
    return "".join(DOT if place and place in agreeing else letter for place, letter in enumerate(text))
