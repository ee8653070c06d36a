"""The command line's own reading of ``--params``."""

from __future__ import annotations

import click
import pytest

from customer_360.cli.project import run


@pytest.mark.parametrize(
    ("typed", "lakehouse"),
    [
        ("lakehouse=data/My Lake", "data/My Lake"),
        ("lakehouse=007", "007"),
        ("lakehouse=on", "on"),
        ("lakehouse=~", "~"),
        ("lakehouse=My #1", "My #1"),
        ("lakehouse=[1]", "[1]"),
        ("lakehouse=a=b", "a=b"),
        ("lakehouse='a b'", "a b"),
        ("sample_customers=5, lakehouse = x ,engine=sail", "x"),
        ("lakehouse=", None),
    ],
)
def test_a_lakehouse_is_the_text_that_was_typed(typed: str, lakehouse: str | None) -> None:
    (option,) = [option for option in run.params if option.name == "params"]
    assert option.callback is not None
    found = option.callback(click.Context(run), option, typed)
    assert found["lakehouse"] == lakehouse
    assert found.get("sample_customers", 5) == 5
