from __future__ import annotations

from pyspark.sql import SparkSession
from sources.bronze_frames import cases

from customer_360.standardise import blank_to_null, tags, tidy

NO_BREAK_SPACE, ZERO_WIDTH_SPACE = "\u00a0", "\u200b"


def test_tidy(spark: SparkSession) -> None:
    cases(spark, tidy, {
        " a  b ": "a b", "\ta\r\nb\x00": "a b", f"{NO_BREAK_SPACE}a{ZERO_WIDTH_SPACE}": "a", "": "", "   ": "",
        "Łukasik é": "Łukasik é", None: None,
    })  # fmt: skip


def test_blank_to_null(spark: SparkSession) -> None:
    words = ("n/a", "?", "a.b", "", " - ")
    cases(spark, lambda text: blank_to_null(text, words), {
        "x": "x", " ": None, "": None, None: None, "N/A": None, " n/a ": None, "n/ab": "n/ab", "?": None,
        "a.b": None, "acb": "acb", "-": None, "n/a\n": None,
    })  # fmt: skip
    cases(spark, blank_to_null, {"n/a": "n/a"})


def test_tags(spark: SparkSession) -> None:
    cases(spark, tags, {
        '["b","A"," a ","b"]': ["a", "b"], "[]": [], None: [], "": [], "x, Y ,x": ["x", "y"],
        '[1,null," ",true]': ["1", "true"], '["a b"]': ["a b"],
    })  # fmt: skip
