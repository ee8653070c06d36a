"""How the answers of all comparisons are packed into one number per pair, the *pattern*.

Five bits for each comparison: 0 where there is nothing to compare, else the code of the level. A level that
is split by frequency has a code for each bin.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.identity.compare.sql import columns_of_pair, columns_of_record, over_pairs
from customer_360.identity.prepare import BINS, feature_names
from customer_360.parameters import MAX_LEVEL_CODE, Comparison, IdentityModel

BITS = 5
_PATTERN_BITS = 63


@dataclass(frozen=True)
class Code:
    """One code of a comparison."""

    level: int
    bin: int | None


@dataclass(frozen=True)
class Layout:
    """Codes of every comparison, in the model's order."""

    comparisons: tuple[Comparison, ...]
    codes: tuple[tuple[Code | None, ...], ...]
    features: frozenset[str]

    @classmethod
    def of(cls, model: IdentityModel, features: frozenset[str]) -> Layout:
        """Raises ValueError when a comparison has more than 31 codes, or all together more than 63 bits."""
        codes = tuple(_codes(comparison) for comparison in model.comparisons)
        for comparison, numbers in zip(model.comparisons, codes, strict=True):
            if len(numbers) > MAX_LEVEL_CODE + 1:
                raise ValueError(
                    f"comparison '{comparison.name}': too many levels ({len(numbers) - 1} codes of 31)"
                )
        if BITS * len(codes) > _PATTERN_BITS:
            raise ValueError(
                f"a model has at most {_PATTERN_BITS // BITS} comparisons; this one has {len(codes)}"
            )
        return cls(model.comparisons, codes, features)

    @property
    def all_comparisons(self) -> int:
        """A bit for each comparison."""
        return (1 << len(self.comparisons)) - 1

    def read_by(self, key: str) -> int:
        """Bits of the comparisons that a blocking key relies on: those about a feature of the key."""
        columns = columns_of_record(key, self.features)
        about = [bool(columns.intersection(comparison.about)) for comparison in self.comparisons]
        return sum(1 << number for number, relied_on in enumerate(about) if relied_on)

    def identifiers(self) -> frozenset[str]:
        """Features of which non-matches have equal values only by mistake, as they are (no parts of them)."""
        return frozenset(c.name for c in self.comparisons if c.identifier and c.name in c.about)

    def needed(self) -> list[str]:
        """Columns that comparing a pair reads, besides ``rid``."""
        conditions = [c.null for c in self.comparisons]
        conditions += [level.when or "" for c in self.comparisons for level in c.levels]
        bins = {
            f"{level.frequency}_frequency_bin"
            for c in self.comparisons
            for level in c.levels
            if level.frequency
        }
        return sorted(columns_of_pair(conditions) | bins)

    def same_value(self) -> Column:
        """BOOLEAN over ``pattern``: some comparison found one and the same value."""
        found = F.lit(False)
        for number, comparison in enumerate(self.comparisons):
            same = [
                code
                for code, at in enumerate(self.codes[number])
                if at is not None and comparison.levels[at.level].same_value
            ]
            if same:
                found = found | code_in_pattern(number).isin(same)
        return found

    def pattern(self) -> Column:
        """BIGINT over the columns ``l_<feature>`` and ``r_<feature>`` of a joined pair."""
        total = F.lit(0).cast("bigint")
        for number, comparison in enumerate(self.comparisons):
            total = total + F.shiftleft(_code(comparison).cast("bigint"), BITS * number)
        return total


def code_in_pattern(number: int) -> Column:
    """INT over ``pattern``: the code of a comparison."""
    mask = F.lit((1 << BITS) - 1).cast("bigint")
    return F.shiftright("pattern", BITS * number).bitwiseAND(mask).cast("int")


def layout_of(model: IdentityModel) -> Layout:
    """Codes of the model's comparisons."""
    return Layout.of(model, frozenset([*feature_names(model), "source"]))


def _codes(comparison: Comparison) -> tuple[Code | None, ...]:
    codes: list[Code | None] = [None]
    for number, level in enumerate(comparison.levels):
        codes += [Code(number, b) for b in range(BINS)] if level.frequency else [Code(number, None)]
    return tuple(codes)


def _code(comparison: Comparison) -> Column:
    code = F.when(F.expr(over_pairs(comparison.null)), F.lit(0))
    next_code = 1
    for level in comparison.levels[:-1]:
        value = F.lit(next_code)
        next_code += BINS if level.frequency else 1
        if level.frequency:
            value = value + F.col(f"l_{level.frequency}_frequency_bin")
        code = code.when(F.expr(over_pairs(level.when or "")), value)
    return code.otherwise(F.lit(next_code))
