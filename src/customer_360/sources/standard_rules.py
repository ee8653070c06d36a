"""Rules that every source has, unless its file says otherwise: it need not repeat them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from customer_360.foundation import no_such
from customer_360.parameters import Rule

from .errors import Misfit

# In the order in which they come before the source's own.
STANDARD_RULES: dict[str, dict[str, Any]] = {
    "malformed": {
        "severity": "error",
        "check": "raw.malformed IS NULL",
        "description": "the record cannot be read",
    },
    "missing_key": {
        "severity": "error",
        "check": "key_kind <> 'made_up'",
        "description": "the record has no key",
    },
    "unreadable_value": {
        "severity": "warning",
        "check": "raw.unreadable IS NULL",
        "description": "a value that could not be kept as it came: NaN, half a character, a name given twice",
    },
    "repeated_key": {
        "severity": "warning",
        "check": "key_kind <> 'repeated'",
        "description": "another record has the same key",
    },
}


def filled_rules(written: Any) -> Any:
    """The rules of a file, each whole.

    A name alone is a standard rule. One that has the name of a standard rule takes from it what it does not say itself;
    any other is a warning unless it says ``severity: error``.

    Raises:
        Misfit: a name alone that is no standard rule's.
    """
    if not isinstance(written, list | tuple):
        return written
    for number, rule in enumerate(written):
        if isinstance(rule, str) and rule not in STANDARD_RULES:
            unknown = no_such("standard rule", rule, STANDARD_RULES)
            raise Misfit(str(number), f"a name alone is a standard rule, and {unknown}")
    return [_filled({"name": rule} if isinstance(rule, str) else rule) for rule in written]


def standard_rules(without: Iterable[str]) -> list[Rule]:
    """Those that a file does not name, and does not do without."""
    left_out = set(without)
    rules = {name: rule for name, rule in STANDARD_RULES.items() if name not in left_out}
    return [Rule.model_validate({"name": name, **rule}) for name, rule in rules.items()]


def _filled(rule: Any) -> Any:
    if not isinstance(rule, dict):
        return rule
    return {"severity": "warning", **STANDARD_RULES.get(str(rule.get("name")), {}), **rule}
