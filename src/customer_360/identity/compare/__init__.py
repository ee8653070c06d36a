"""Pairs to patterns: what each comparison answers, all answers in one number."""

from .layout import BITS, Layout, code_in_pattern, layout_of
from .patterns import compare_pairs
from .source_numbers import SourceNumbers
from .sql import columns_of_pair, over_pairs

__all__ = [
    "BITS",
    "Layout",
    "SourceNumbers",
    "code_in_pattern",
    "columns_of_pair",
    "compare_pairs",
    "layout_of",
    "over_pairs",
]
