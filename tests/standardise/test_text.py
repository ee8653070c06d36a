from __future__ import annotations

import sys
import unicodedata

from pyspark.sql import SparkSession
from sources.bronze_frames import apply, cases

from customer_360.standardise import blank_to_null, composed, tags, tidy

NO_BREAK_SPACE, ZERO_WIDTH_SPACE = "\u00a0", "\u200b"
CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]


def test_tidy(spark: SparkSession) -> None:
    cases(spark, tidy, {
        " a  b ": "a b", "\ta\r\nb\x00": "a b", f"{NO_BREAK_SPACE}a{ZERO_WIDTH_SPACE}": "a", "": "", "   ": "",
        "Łukasik é": "Łukasik é", None: None,
    })  # fmt: skip


def test_format_characters_go_and_odd_spaces_are_spaces(spark: SparkSession) -> None:
    """All of Unicode's: what Python calls Cf leaves no trace, what it calls a space or a control is one."""
    expected = {}
    for character in CHARACTERS:
        category = unicodedata.category(character)
        if category == "Cf":
            expected[f"a{character}b"] = "ab"
        elif category in ("Zs", "Zl", "Zp", "Cc"):
            expected[f"a{character}b"] = "a b"
    assert len(expected) > 200
    cases(spark, tidy, expected)
    cases(spark, tidy, {
        "\u200bAnn\u00adMarie\u202f\u200d": "AnnMarie", "\ufeffO\u2060'Hara\u2009\u00a0Lee": "O'Hara Lee",
        "\u202eabc\u202c": "abc", " \u200b ": "",
    })  # fmt: skip


def test_composed(spark: SparkSession) -> None:
    cases(spark, composed, {
        "Jose\u0301": "Jos\u00e9", "Mu\u0308ller": "M\u00fcller", "plain": "plain", "": "", None: None,
        "\u1112\u1161\u11ab": "\ud55c", "\u212bngstrom": "\u00c5ngstrom", "\u0438\u0306": "\u0439",
        "M\u00fcller": "M\u00fcller", "x\u0301": "x\u0301", "q\u0323\u0307": "q\u0323\u0307",
        "q\u0307\u0323": "q\u0323\u0307",
    })  # fmt: skip


def test_no_text_that_the_composed_form_changes_is_passed_over(spark: SparkSession) -> None:
    alone = [c for c in CHARACTERS if unicodedata.normalize("NFC", c) != c]
    marks = [c for c in CHARACTERS if unicodedata.combining(c)]
    pairs = [unicodedata.normalize("NFD", c) for c in CHARACTERS if unicodedata.normalize("NFD", c) != c]
    texts = [*alone, *[f"a{mark}" for mark in marks], *pairs[::7]]
    assert apply(spark, composed, texts) == [unicodedata.normalize("NFC", text) for text in texts]


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
        '[1,null," ",true]': ["1", "true"], '["a b"]': ["a b"], " [ ] ": [], "'[]'": [], '"[]"': [],
        "['a', 'B']": ["a", "b"], "[a, b]": ["a", "b"], "'[\"a\"]'": ["a"], '["o\'neill", "b"]': ["b", "o'neill"],
        '["a,b"]': ["a,b"], "rock'n'roll, x": ["rock'n'roll", "x"], "[1, 2]": ["1", "2"],
    })  # fmt: skip
