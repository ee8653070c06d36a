"""What ``kedro resolve`` says of a file and of what came out, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from customer_360.foundation import counted, noun
from customer_360.person_file.columns import REQUIRED_COLUMNS
from customer_360.person_file.parts import StagedPersons

if TYPE_CHECKING:
    from customer_360.person_file.findings import Findings

_RULES_SHOWN = 5


def about_file(records: Path, staged: StagedPersons) -> Iterator[str]:
    """What was read of the file, and what is odd about it."""
    for note in staged.notes:
        yield f"{records}: {note}."
    if staged.matched.renamed:
        renamed = ", ".join(f"{column} as {target}" for column, target in staged.matched.renamed)
        yield f"{records}: reading {renamed}"
    known = [name for name in staged.matched.positions if name not in REQUIRED_COLUMNS]
    others = staged.matched.ignored
    yield f"{records}: comparing {', '.join(known)}" + (f"; ignoring {', '.join(others)}" if others else "")
    if staged.lost:
        lost = ", ".join(f"{count:,} of {name}" for name, count in staged.lost.items())
        yield (
            f"{records}: some texts hold the mark of a lost character (U+FFFD): {lost}. Another program has read the "
            "file in the wrong encoding; export it again if you can."
        )


def about_result(found: Findings, staged: StagedPersons) -> Iterator[str]:
    """What came out, and what was left out on the way."""
    yield (
        f"{counted(found.records, 'record is', 'records are')} {counted(found.persons, 'person', 'persons')}; "
        f"{counted(found.several, 'of them has', 'of them have')} several records, at most {found.largest:,}."
    )
    yield f"Estimated: {counted(round(found.expected_pairs), 'pair', 'pairs')} of records of one person."
    for line in not_compared(found):
        yield f"  {line}"
    for attribute, count in staged.rounded.items():
        if count:
            yield (
                f"  {attribute} holds {count:,} numbers that were rounded before they came here, as spreadsheets do "
                "(4.5E+11): they cannot tell people apart. Export that column as text."
            )


def not_compared(found: Findings) -> Iterator[str]:
    """Values and blocks that took no part, a sentence each; of many blocking rules the first."""
    for name, values, records in found.shared:
        yield (
            f"{name}: {counted(values, 'value is', 'values are')} shared by too many to be anybody's own "
            f"({counted(records, 'record', 'records')}); not used as evidence."
        )
    for rule, blocks, records in found.skipped[:_RULES_SHOWN]:
        yield (
            f"blocking rule '{rule}': {counted(blocks, 'block', 'blocks')} of {records:,} records "
            f"{noun(blocks, 'was', 'were')} too large to be compared."
        )
    for rule in found.left_out:
        yield f"blocking rule '{rule}' was left out: it would have cost too many pairs."
