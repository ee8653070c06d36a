"""One bad value costs itself: never its record, never a neighbour, whatever it is, on both engines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from support.bad_values import MADE_OF, Case, silver

from customer_360.bronze.change_log import current_records
from customer_360.sources import SOURCES

# As JSON writes them, or does not.
JSON_VALUES = [
    "NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e-400", "9" * 5_000, "9" * 400, "18446744073709551616",
    "1.2345678901234567890123", "9007199254740993.0", "-0", "1E2", "12345678.5", "0.0001",
    '"\\ud800"', '"a\\udc00b"', '"\\ud83d\\ude00"', '"\\u0000"', '"x\\u0000y"', '"\\ufffd"',
    '"a\\u200bb"', '"e\\u0301"',
    '"\\u2028"', '"\\\\u0301"', '"\\\\"', '"\\""', '"a\nb"', "{}", "[]", "[[]]", '{"a": {"b": 1}}', '[1, "x", null]',
    "[" * 900 + "]" * 900, '{"a":' * 200 + "1" + "}" * 200, "[" * 20_000 + "]" * 20_000, "true", "false", "0", '""',
    '" "', '"null"', '"}"', '"{"', '{"lat": NaN, "likes": 1e400}', '{"city": "\\ud800"}', '"' + "x" * 200_000 + '"',
    'null, "zz": 1, "zz": 2', 'null, "\\ud800": 1', 'null, "a.b": {"`": 1}', 'null, "_read_to_its_end": null',
]  # fmt: skip
JSON_BYTES = [
    *[text.encode() for text in JSON_VALUES],
    b'"M\xfcller"',
    b'"\xed\xa0\x80"',
    '"Łukasik"'.encode(),
]
CSV_BYTES = [
    b"", b" ", b"\x00", b"x\x00y", b'"', b'""', b"a,b", b"a\nb", b"a\r\nb", b"\\", b"\\\"", b"NaN", b"1e400", b"null",
    "\ufffd".encode(), "a\u200bb".encode(), "e\u0301".encode(), "\u2028".encode(), b"9" * 5_000, b"x" * 200_000,
    b"'[]'", b"{}", b'{"a":1}', b"[1]", "\ufeff".encode(), "😀".encode(), b"\\u0301", b"\\ud800", b"=1+1", b"\t",
]  # fmt: skip
CASES: list[Case] = [
    *[
        (source, field, value)
        for source in ("crm", "marketing")
        for field in MADE_OF[source]
        for value in JSON_BYTES
    ],
    *[("erp", field, value) for field in MADE_OF["erp"] for value in CSV_BYTES],
]


def check(cases: list[Case], rows: list[Any], nothing: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Each row is that of a record without this value, but for the columns that are made of it."""
    for (source, field, value), (row, malformed, _) in zip(cases, rows, strict=True):
        case = f"{source}.{field} = {value[:60]!r}"
        assert malformed is None, case
        expected = nothing[source, field]
        own = MADE_OF[source][field]
        assert {k: v for k, v in row.items() if k not in own} == {
            k: v for k, v in expected.items() if k not in own
        }, case


def without(spark: SparkSession) -> dict[tuple[str, str], dict[str, Any]]:
    """The silver row of each record with nothing in one field."""
    fields = [(source, field) for source, fields in MADE_OF.items() for field in fields]
    cases = [(source, field, b"" if source == "erp" else b"null") for source, field in fields]
    return {key: row for key, (row, _, _) in zip(fields, silver(spark, cases), strict=True)}


@pytest.fixture(scope="module")
def nothing(spark: SparkSession) -> dict[tuple[str, str], dict[str, Any]]:
    return without(spark)


def test_known_bad_values(spark: SparkSession, nothing: dict[tuple[str, str], dict[str, Any]]) -> None:
    rows = silver(spark, CASES)
    check(CASES, rows, nothing)
    by_case = dict(zip(CASES, rows, strict=True))
    assert by_case["marketing", "userId", b"9" * 5_000][0]["user_key"] == "9" * 5_000
    assert by_case["marketing", "userId", b"1E2"][0]["user_key"] == "1E2"
    assert by_case["marketing", "userId", b"9007199254740993.0"][0]["user_key"] == "9007199254740993.0"
    assert by_case["marketing", "views", b"1E2"][0]["view_count"] == 100
    assert by_case["crm", "lastName", b'"e\\u0301"'][0]["family_name"] == "É"
    assert by_case["erp", "city", "e\u0301".encode()][0]["city"] == "é"
    for value in (b"NaN", b'"M\xfcller"', b'"a\\udc00b"', b'"\\ufffd"'):  # told
        assert "views" in by_case["marketing", "views", value][2]
    assert by_case["crm", "address", b"true"][2] == "address: no object"
    assert by_case["crm", "address", b"[]"][2] is None


texts = st.text(max_size=8).map(lambda text: json.dumps(text).encode())
numbers = st.from_regex(rb"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,4})?", fullmatch=True)
plain = st.one_of(texts, numbers, st.sampled_from(JSON_BYTES[:30]))
json_bytes = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: b"[" + b",".join(items) + b"]"),
        st.lists(st.tuples(texts, inner), max_size=3).map(
            lambda items: b"{" + b",".join(name + b":" + item for name, item in items) + b"}"
        ),
    ),
    max_leaves=5,
)
csv_bytes = st.text(st.characters(codec="utf-8"), max_size=12).map(str.encode)


def one_case(source: str) -> st.SearchStrategy[Case]:
    values = csv_bytes if source == "erp" else json_bytes
    return st.tuples(st.just(source), st.sampled_from(list(MADE_OF[source])), values)


@settings(max_examples=3, deadline=None)
@given(st.lists(one_case("crm") | one_case("marketing") | one_case("erp"), min_size=60, max_size=60))
def test_any_bad_value(
    spark: SparkSession, nothing: dict[tuple[str, str], dict[str, Any]], cases: list[Case]
) -> None:
    check(cases, silver(spark, cases), nothing)


def test_a_payload_that_the_engine_gives_up_on_is_malformed(spark: SparkSession) -> None:
    from sources.bronze_frames import SETTINGS, bronze

    texts = [
        '{"title":NaN}',
        '{"title":"\\ud800"}',
        '{"title":1',
        "[1]",
        "x",
        "",
        '{"a":1} {}',
        '{"title":1e400}',
    ]
    good = ["{}", " { } ", '{"title":"x"}\n', '{"title":{}}']
    log = bronze(spark, [(str(n), text) for n, text in enumerate([*texts, *good])])
    (marketing,) = [source for source in SOURCES if source.name == "marketing"]
    rows = marketing.clean(current_records(log), SETTINGS).select("source_key", "raw.malformed").collect()
    assert {int(row.source_key) for row in rows if row.malformed == "?"} == set(range(len(texts)))


@pytest.mark.jvm
@pytest.mark.timeout(900)
def test_jvm_spark_gives_the_same_rows(spark: SparkSession) -> None:
    if not shutil.which("java") and not os.environ.get("CUSTOMER_360_NO_SKIP"):
        pytest.skip("engine=spark needs Java 17 or 21")
    given = json.dumps([(source, field, value.hex()) for source, field, value in CASES])
    command = [sys.executable, "-m", "support.bad_values", "spark"]
    environment = os.environ | {"PYTHONPATH": "tests"}
    result = subprocess.run(
        command, input=given, capture_output=True, text=True, check=False, env=environment
    )
    assert result.returncode == 0, result.stderr[-2000:]
    by_jvm = json.loads(result.stdout.splitlines()[-1])
    compared = zip(CASES, silver(spark, CASES), by_jvm, strict=True)
    assert [
        (*case[:2], case[2][:60], ours, theirs) for case, ours, theirs in compared if ours != theirs
    ] == []
