"""What counts as a change of code, and what does not."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from customer_360.foundation import code_digest as of_packages
from customer_360.foundation import same_code

MODULE = '''"""About it."""

LIMIT = 3  # a comment


def over(value: int) -> bool:
    """Whether it is over the limit."""
    return value > LIMIT
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package ``looked_at`` with a package inside."""
    folder = tmp_path / "looked_at"
    (folder / "inside").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "inside" / "__init__.py").write_text("")
    (folder / "inside" / "limits.py").write_text(MODULE)
    (folder / "inside" / "names.csv").write_text("bill,william\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "looked_at"]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ('"""About it."""', '"""About limits."""', True),
        ('"""About it."""\n', "", True),
        ("  # a comment", "", True),
        ('    """Whether it is over the limit."""\n', "", True),
        ("value > LIMIT", "(\n        value > LIMIT\n    )", True),
        ("LIMIT = 3", "LIMIT = 4", False),
        ("value > LIMIT", "value >= LIMIT", False),
        ("value > LIMIT", "value > LIMIT or not 'text'", False),
        ("def over(value: int)", "def over(value: int = 1)", False),
    ],
)
def test_what_a_change_means(package: Path, before: str, after: str, same: bool) -> None:
    former = of_packages("looked_at")
    module = package / "inside" / "limits.py"
    assert before in MODULE
    module.write_text(MODULE.replace(before, after))
    now = of_packages("looked_at", remembered=former)
    assert same_code(former, now) is same
    assert now != former  # the bytes are told apart, so that the next look is a short one
    assert of_packages("looked_at", remembered=now) == now


def test_files_that_come_and_go_and_change(package: Path) -> None:
    former = of_packages("looked_at")
    (package / "inside" / "names.csv").write_text("bob,robert\n")
    changed = of_packages("looked_at")
    (package / "inside" / "more.py").write_text("")
    more = of_packages("looked_at")
    (package / "__pycache__").mkdir(exist_ok=True)
    (package / "__pycache__" / "x.pyc").write_bytes(b"compiled")
    assert not same_code(former, changed)
    assert not same_code(changed, more)
    assert of_packages("looked_at") == more


def test_nothing_is_remembered_of_nothing() -> None:
    digest = of_packages("customer_360.identity")
    assert not same_code("", digest)
    assert not same_code("", "")
    assert same_code(digest, of_packages("customer_360.identity", remembered="of another time"))


def test_unchanged_code_is_not_parsed(package: Path) -> None:
    """What is remembered is taken at its word: also that of a module which is no Python."""
    (package / "inside" / "limits.py").write_text("def (")
    with pytest.raises(SyntaxError):
        of_packages("looked_at")
    (package / "inside" / "limits.py").write_text(MODULE)
    good = of_packages("looked_at")
    marked = "anything:" + good.partition(":")[2]
    assert of_packages("looked_at", remembered=marked) == marked
    with pytest.raises(ModuleNotFoundError):
        of_packages("customer_360.no_such_package")


def test_a_look_at_unchanged_code_is_short() -> None:
    digest = of_packages("customer_360")
    begin = time.process_time()
    assert of_packages("customer_360", remembered=digest) == digest
    assert time.process_time() - begin < 0.1
