"""JSON as people have it: numbers keep their digits, and what is wrong with one value stays with it."""

from __future__ import annotations

import io
import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_360.datasets.json_text import DEEPEST, JsonElements, NotJson, Repeated, parse_json


class Dripping(io.StringIO):
    """Gives a few characters at a time, whatever it is asked for."""

    def __init__(self, text: str, size: int) -> None:
        super().__init__(text)
        self._size = size

    def read(self, size: int | None = -1) -> str:
        return super().read(self._size)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("-7", -7), ("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)),
        ("9223372036854775808", "9223372036854775808"), ("9" * 5_000, "9" * 5_000), ("-" + "9" * 400, "-" + "9" * 400),
        ("1.0", 1.0), ("1.50", 1.5), ("-77.16213", -77.16213), ("0.1", 0.1), ("-0.0", -0.0),
        ("1.2345678901234567890123", "1.2345678901234567890123"), ("9007199254740993.0", "9007199254740993.0"),
        ("0.30000000000000004", 0.30000000000000004), ("0.300000000000000040", 0.30000000000000004),
        ("1E2", "1E2"), ("1e400", "1e400"), ("-1e-400", "-1e-400"), ("0.0001", "0.0001"), ("12345678.5", "12345678.5"),
        ("9999999.5", 9999999.5), ("0." + "0" * 400 + "1", "0." + "0" * 400 + "1"),
    ],
)  # fmt: skip
def test_numbers_keep_their_digits(text: str, value: Any) -> None:
    assert repr(parse_json(text)) == repr(value)
    assert repr(list(JsonElements(io.StringIO(f"[{text}]")))) == repr([value])


@given(st.one_of(st.decimals(allow_nan=False, allow_infinity=False).map(str), st.integers().map(str)))
def test_no_number_is_altered(text: str) -> None:
    number = text if text.lstrip("-")[0] != "." else text.replace(".", "0.", 1)
    value = parse_json(number)
    assert Decimal(number) == (Decimal(value) if isinstance(value, str) else Decimal(repr(value)))


def test_what_json_does_not_have_comes_as_floats_that_are_not_finite() -> None:
    found = parse_json('{"a": NaN, "b": [Infinity, -Infinity], "c": 1}')
    assert math.isnan(found["a"])
    assert found["b"] == [math.inf, -math.inf]
    assert found["c"] == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1, "a": 2}', {"a": [1, 2]}),
        ('{"a": 1, "b": 0, "a": 1.0}', {"a": [1, 1.0], "b": 0}),
        ('{"a": {"x": 1}, "a": {"x": 1}}', {"a": {"x": 1}}),
        ('{"a": null, "a": null, "a": ""}', {"a": [None, None, ""]}),
    ],
)
def test_names_given_twice(text: str, value: Any) -> None:
    found = parse_json(text)
    assert found == value
    assert isinstance(found["a"], Repeated) == isinstance(value["a"], list)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"])
def test_bytes_are_decoded(encoding: str) -> None:
    assert parse_json('[{"a": "Zoë 😀"}]'.encode(encoding)) == [{"a": "Zoë 😀"}]


def test_a_byte_that_is_no_text_stays_in_its_value() -> None:
    assert parse_json(b'{"a": "M\xfcller", "b": "Zo\xc3\xab"}') == {"a": "M\udcfcller", "b": "Zoë"}


@pytest.mark.parametrize("depth", [DEEPEST, 900, 20_000])
@pytest.mark.parametrize("opening", ["[", '{"a":', '[1,{"]":"}","b":'])
def test_deep_nesting_is_cut_off_and_the_neighbours_stay(depth: int, opening: str) -> None:
    closing = "".join(
        "]" if mark == "[" else "}" for mark in reversed(opening) if mark in "[{" and mark != '"'
    )
    closing = {"[": "]", '{"a":': "}", '[1,{"]":"}","b":': "}]"}[opening]
    element = f'{{"x": {opening * depth}1{closing * depth}, "y": "\\"]"}}'
    for found in (
        parse_json(element),
        next(iter(JsonElements(io.StringIO(f"[{element},2]")))),
        next(iter(JsonElements(Dripping(f"[{element},2]", 70_000)))),
    ):
        assert found["y"] == '"]'
        value, levels = found["x"], 0
        while isinstance(value, list | dict) and value:
            value = value[-1] if isinstance(value, list) else value.get("b", value.get("a"))
            levels += 1
        assert levels >= DEEPEST - 2


@pytest.mark.parametrize(
    "text",
    ["", "x", "[1", "{", '{"a":}', "[1,]", "[1] 2", "01", "nan", "1.", "[" * 5_000, '["a"' + "[" * 3_000],
)
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_json(text)
    with pytest.raises(NotJson):
        list(JsonElements(io.StringIO(text if text.startswith("[") else f"[{text or '1,'}")))


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-99, 99), st.sampled_from([0.5, -1.25]), st.text()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(
    values=st.lists(json_values, max_size=6),
    size=st.integers(1, 40),
    indent=st.sampled_from([None, 2]),
    ascii_only=st.booleans(),
)
def test_elements_come_as_they_are_however_the_text_comes(
    values: list[Any], size: int, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=ascii_only)
    elements = JsonElements(Dripping(f" \n{text}\n ", size))
    assert list(elements) == values
    assert elements.count == len(values)
    for cut in {len(text) // 2, len(text) - 1}:
        with pytest.raises(NotJson):
            list(JsonElements(Dripping(text[:cut], size)))
    with pytest.raises(NotJson):
        list(JsonElements(Dripping(text + "]", size)))


def test_a_fault_far_from_the_end_does_not_fill_the_memory() -> None:
    file = Dripping('[1, {"a" 1}, ' + "2, " * 20_000_000, 1 << 20)
    with pytest.raises(NotJson) as caught:
        list(JsonElements(file))
    assert caught.value.elements == 1
    assert file.tell() < 40_000_000
