"""Records that a rule linked to their customer: which rule, and which value it found on both sides."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from customer_360.bronze import GIVEN, MADE_UP_END, REPEATED
from customer_360.parameters import LinkingRule, Normaliser
from customer_360.privacy import masked
from customer_360.stewardship.rows import Row

# As identity.comparable_value has it for frames; \s and [0-9] are those of ASCII there, too.
_WHOLE_NUMBER = re.compile(r"[^0-9#]*[0-9][0-9 _/-]*(\.0+)?[^0-9#]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def rule_link(
    rule: LinkingRule, record: Row, targets: Sequence[Row], *, show_values: bool
) -> dict[str, Any] | None:
    """The link that a rule made, as a row of ``gold_identity_links`` with ``told``, what was compared.

    Args:
        rule: the crosswalk's ``method``.
        record: the silver row that was linked.
        targets: silver rows of the rule's target that belong to the same customer.
        show_values: show the value as it is, not masked. A record's key is shown in any case.

    Returns:
        None where no target has the value (any more).
    """
    value = comparable_text(_value(record, rule.column), rule.normalise)
    for target in targets:
        if value is not None and comparable_text(_value(target, rule.target_column), rule.normalise) == value:
            break
    else:
        return None
    is_key = "source_key" in (rule.column, rule.target_column)
    shown = value if show_values or is_key else masked(value)
    sides = sorted([(rule.source, str(record["source_key"])), (rule.target, str(target["source_key"]))])
    return {
        "left_source": sides[0][0], "left_key": sides[0][1], "right_source": sides[1][0], "right_key": sides[1][1],
        "method": rule.name, "match_weight": None, "probability": rule.confidence, "evidence": [],
        "joined_by": "rule",
        "told": f"{rule.column} of {rule.source} = {rule.target_column} of {rule.target} = {shown}",
    }  # fmt: skip


def _value(row: Row, column: str) -> Any:
    """As :func:`customer_360.bronze.keys.value_of`: a key that was made up is no value."""
    if column != "source_key":
        return row.get(column)
    kind = row.get("key_kind") or GIVEN
    return {GIVEN: row[column], REPEATED: re.sub(MADE_UP_END, "", row[column])}.get(kind)


def comparable_text(value: Any, how: Normaliser) -> str | None:
    """One value as rules compare it, like a column by :func:`customer_360.identity.comparable_value`."""
    text = "" if value is None else str(value).strip(" ")
    return _FORMS[how](text) if text else None


def _number(text: str) -> str | None:
    if not _WHOLE_NUMBER.fullmatch(text):
        return None
    return re.sub(r"[^0-9]", "", re.sub(r"\.0+[^0-9]*$", "", text)).lstrip("0") or "0"


_FORMS: dict[str, Callable[[str], str | None]] = {
    "exact": lambda text: text,
    "number": _number,
    "email": lambda text: text.lower() if _EMAIL.fullmatch(text) else None,
    "text": lambda text: re.sub(r"\s+", " ", text.lower()),
}
