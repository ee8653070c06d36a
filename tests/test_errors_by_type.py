"""Errors are told apart by what they are: nothing in `src` decides by words in the text of one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "customer_360"
# The form of the messages of one Rust crate, of which its users give nothing else.
ALLOWED = {"onelake/object_store_text.py"}
TESTS_OF_TEXTS = {
    "startswith",
    "endswith",
    "find",
    "index",
    "count",
    "search",
    "match",
    "fullmatch",
    "findall",
}


def deciding_by_text(tree: ast.AST) -> Iterator[int]:
    """Lines in which the text of a caught error (or of its arguments) is compared or searched."""
    for handler in ast.walk(tree):
        if not isinstance(handler, ast.ExceptHandler) or handler.name is None:
            continue
        for node in ast.walk(handler):
            compared = isinstance(node, ast.Compare)
            searched = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in TESTS_OF_TEXTS
            )
            if (compared or searched) and any(is_text_of(one, handler.name) for one in ast.walk(node)):
                yield node.lineno


def is_text_of(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("str", "repr"):
        return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node))
    is_args = isinstance(node, ast.Attribute) and node.attr in ("args", "desc", "message")
    return is_args and isinstance(node.value, ast.Name) and node.value.id == name


def test_nothing_decides_by_the_text_of_an_error() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{line}"
        for path in sorted(SOURCE.rglob("*.py"))
        if str(path.relative_to(SOURCE)) not in ALLOWED
        for line in deciding_by_text(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == [], "tell it by type, condition, status or errno, or look at what is there"


@pytest.mark.parametrize(
    ("condition", "lines"),
    [
        ("'500' in str(error)", [3]),
        ("str(error).startswith('Worksheet')", [3]),
        ("re.search('timeout', str(error))", [3]),
        ("error.args[0] == 'gone'", [3]),
        ("isinstance(error, OSError) and error.errno == 2", []),
        ("error.getCondition() == 'PATH_NOT_FOUND'", []),
        ("print(str(error))", []),
    ],
)
def test_the_guard_sees_it(condition: str, lines: list[int]) -> None:
    code = f"try:\n    work()\nexcept Exception as error:\n    if {condition}:\n        pass\n"
    assert [line - 1 for line in deciding_by_text(ast.parse(code))] == lines
