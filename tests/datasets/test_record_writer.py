"""A record as the line that bronze keeps: one bad value costs itself, and is named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_360.datasets.json_text import Repeated
from customer_360.datasets.record_writer import RecordWriter


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def nested_objects(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value, "password": "x", "b": 2}
    return value


@pytest.mark.parametrize(
    ("value", "kept", "fault"),
    [
        (float("nan"), None, "no number (NaN or infinite)"),
        (float("-inf"), None, "no number (NaN or infinite)"),
        ([1.5, float("inf")], [1.5, None], "no number (NaN or infinite)"),
        ("Ann\ud83d", "Ann", "half a character (lone surrogate), left out"),
        ("\ude00", "", "half a character (lone surrogate), left out"),
        (["x", "y\ud800"], ["x", "y"], "half a character (lone surrogate), left out"),
        (b"M\xfcller".decode("utf-8", "surrogateescape"), None, "bytes that are not UTF-8"),
        ("M\ufffdller", "M\ufffdller", "characters lost before they came (U+FFFD)"),
        ("x" * 10_000_001, None, "longer than 10,000,000 characters"),
        (Repeated(["a", "b"]), "b", "given more than once"),
        (Repeated([1, {"c": 2, "password": 3}]), {"c": 2}, "given more than once"),
        (nested(101), None, "nested too deeply"),
        (nested(900), None, "nested too deeply"),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_a_bad_value_costs_itself_and_is_named(value: Any, kept: Any, fault: str, inside: bool) -> None:
    writer = RecordWriter(["Password"])
    good = {"z": "Łukasik \x00 😀", "n": 9007199254740993, "f": 0.1, "password": "x"}
    record = {"id": 7, "v": value, **good} if not inside else {"id": 7, "o": {"v": value, **good}}
    found = json.loads(writer.line(record))
    del good["password"]
    field = "o.v" if inside else "v"
    assert found.pop("_unreadable") == [f"{field}: {fault}"]
    assert found == ({"id": 7, "v": kept, **good} if not inside else {"id": 7, "o": {"v": kept, **good}})
    assert writer.found == {fault: 1} and writer.marked == 1


@pytest.mark.parametrize(
    "value", ["", "\x00", "😀", "é\u2028", 1.5, 0, -(2**63), None, True, [], {}, nested(98)]
)
def test_a_good_value_is_not_marked(value: Any) -> None:
    writer = RecordWriter(["password"])
    assert "_unreadable" not in json.loads(writer.line({"v": value}))
    assert not writer.found and not writer.marked


def test_names_that_are_no_text_or_too_long() -> None:
    found = json.loads(RecordWriter([]).line({"a\ud800": 1, "x" * 10_001: 2, "é": 3}))
    assert found == {
        "a\\ud800": 1,
        "é": 3,
        "_unreadable": [
            "a field whose name is too long, left out",
            "a\\ud800: a name with half a character (lone surrogate)",
        ],
    }


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ([float("nan"), "\ud83d", {"password": 1}], '[null,"",{}]'),
        (nested(5_000), "(nested too deeply)"),
        (Repeated([1, 2]), "2"),
        ("\ud800", '""'),
    ],
)
def test_what_is_no_object_is_malformed_and_still_a_line(record: Any, text: str) -> None:
    if isinstance(record, dict):
        record = [record]
    assert json.loads(RecordWriter(["password"]).line(record)) == {"_malformed": text}


def test_marks_are_bounded_and_sorted() -> None:
    record = {f"f{n:03}": float("nan") for n in range(300)}
    writer = RecordWriter([])
    found = json.loads(writer.line(record))
    assert len(found["_unreadable"]) == 20
    assert writer.found.total() == 300 and writer.marked == 1


@pytest.mark.parametrize("depth", [99, 100, 101, 900])
def test_deep_objects_keep_what_every_engine_can_read(depth: int) -> None:
    writer = RecordWriter(["password"])
    line = writer.line({"id": 7, "o": nested_objects(depth)})
    assert "password" not in line
    found = json.loads(line)
    assert (found["id"], found["o"]["b"]) == (7, 2)
    assert ("_unreadable" in found) == (depth > 99)
    assert line.count("{") <= 100


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["é", "\ud800", "\ufffd"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "Password", "ip", "ipx", "é", '"ip"']), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(record=st.dictionaries(st.sampled_from(["id", "PASSWORD", "b", "ß"]), VALUES, max_size=4))
def test_a_plain_record_is_written_as_one_that_is_looked_through(record: dict[str, Any]) -> None:
    blocked = ["password", "ip"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Repeated, "made", False)
        plain = RecordWriter(blocked).line(record)
        patch.setattr(Repeated, "made", True)
        assert plain == RecordWriter(blocked).line(record)
