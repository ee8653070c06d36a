"""What is given with ``--params``."""

from __future__ import annotations

from typing import Any

import click
from kedro.framework.cli.utils import _split_params


def split_params_verbatim(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """``--params`` as Kedro reads it, but a lakehouse is a text as it was typed.

    Kedro reads values as YAML, where ``007`` is 7, ``on`` is true and ``My #1`` is ``My``: other folders.
    """
    found = _split_params(context, parameter, value)
    if isinstance(value, str) and "lakehouse" in found:
        typed = [item.partition("=") for item in value.split(",")]
        (*_, lakehouse) = [text.strip() for name, _, text in typed if name.strip() == "lakehouse"]
        found["lakehouse"] = _unquoted(lakehouse) or None
    return found


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text
