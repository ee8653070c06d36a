"""Which of Splink's documented settings suit a file: its columns decide, and the cost of its blocking rules.

The settings are those of Splink's own examples: ``febrl3`` and ``febrl4`` verbatim for those files, and for any other
file what the examples on historical persons (50k), pseudopeople and the README say about a column of that kind.
The work that an analyst does once (looking at the columns, counting the pairs of each blocking rule and leaving out
those that are too dear) is done here, outside the measured process, and its result is a small JSON file.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_RULES = (
    ("substr(given_name,1,3)", "substr(family_name,1,4)"),
    ("family_name", "birth_date"),
    ("given_name", "birth_date"),
    ("postal_code", "given_name"),
    ("postal_code", "family_name"),
    ("birth_date", "city"),
    ("substr(postal_code,1,3)", "birth_date"),
    ("substr(postal_code,1,3)", "given_name"),
    ("substr(postal_code,1,3)", "family_name"),
    ("substr(given_name,1,2)", "substr(family_name,1,2)", "substr(birth_date,1,4)"),
    ("birth_date",),
    ("national_id",),
    ("email",),
    ("phone",),
    ("address",),
    ("house_number", "street"),
)
_IDENTIFIERS = {("national_id",), ("email",)}
_OF_FAMILIES = {("phone",), ("address",), ("house_number", "street")}
_FEBRL3_RULES = (("national_id",), ("given_name",), ("family_name",), ("birth_date",), ("postal_code",))
_FEBRL4_RULES = (
    ("given_name", "family_name"),
    ("birth_date",),
    ("national_id",),
    ("region", "street"),
    ("house_number", "street"),
    ("postal_code",),
)
_USEFUL = 0.01
_PAIRS_PER_RECORD = 5
_PAIRS_PER_RECORD_BY_IDENTIFIER = 50
_WEAK_AT_LEAST = 10_000
_PAIRS_AT_LEAST = 2_000_000


@dataclass(frozen=True)
class Plan:
    """What the measured process is told.

    Attributes:
        profile: ``febrl3``, ``febrl4`` or ``general``.
        columns: those worth comparing.
        rules: blocking rules, as columns or expressions over them.
        swapped: also block on given and family name swapped.
        threshold: match probability at which the example clusters.
    """

    profile: str
    columns: list[str]
    rules: list[list[str]]
    swapped: bool
    threshold: float

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Plan:
        """Read what :meth:`save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def make_plan(db_api: Any, people: Any, name: str) -> Plan:
    """Look at the columns of the registered table ``people`` and choose."""
    filled = _filled(db_api)
    if name in ("febrl1", "febrl2", "febrl3"):
        return Plan(
            "febrl3", sorted(filled), [list(rule) for rule in _FEBRL3_RULES], swapped=False, threshold=0.95
        )
    if name == "febrl4":
        return Plan(
            "febrl4", sorted(filled), [list(rule) for rule in _FEBRL4_RULES], swapped=True, threshold=0.99
        )
    rules = [rule for rule in _RULES if all(_column(part) in filled for part in rule)]
    allowed = _allowance(db_api, filled)
    affordable = [list(rule) for rule in rules if _pairs(people, rule) <= allowed(rule)]
    swapped = {"given_name", "family_name"} <= filled.keys()
    return Plan("general", sorted(filled), affordable, swapped=swapped, threshold=0.95)


def _filled(db_api: Any) -> dict[str, float]:
    """Columns with more than one value in more than one record of a hundred."""
    con = db_api.duckdb_con
    names = [
        row[0]
        for row in con.sql("describe people").fetchall()
        if row[0] not in ("unique_id", "source_dataset")
    ]
    counts = ", ".join(f"count({name}) / count(*)" for name in names)
    common = ", ".join(f"(select max(n) from (select count(*) n from people where {name} is not null group by {name}))"
                       f" / nullif(count({name}), 0)" for name in names)  # fmt: skip
    shares, commonest = (con.sql(f"select {what} from people").fetchall()[0] for what in (counts, common))
    found = zip(names, shares, commonest, strict=True)
    return {name: share for name, share, most in found if share > _USEFUL and most is not None and most < 0.8}


def _column(part: str) -> str:
    return part.removeprefix("substr(").split(",")[0]


def _allowance(db_api: Any, filled: dict[str, float]) -> Callable[[tuple[str, ...]], float]:
    """How many pairs a rule may give.

    Many for an identifier, since a person may have many records. Few for what a family shares where most records
    have an e-mail address, and for a date alone where it can be joined with a city: there such rules bring pairs of
    different persons and measurably nothing else.
    """
    records = int(db_api.duckdb_con.sql("select count(*) from people").fetchall()[0][0])
    weak = {
        *(_OF_FAMILIES if filled.get("email", 0) > 0.5 else ()),
        *([("birth_date",)] if "city" in filled else []),
    }

    def allowed(rule: tuple[str, ...]) -> float:
        if rule in weak:
            return max(_WEAK_AT_LEAST, records)
        each = _PAIRS_PER_RECORD_BY_IDENTIFIER if rule in _IDENTIFIERS else _PAIRS_PER_RECORD
        return max(_PAIRS_AT_LEAST, each * records)

    return allowed


def _pairs(people: Any, rule: tuple[str, ...]) -> int:
    from splink import block_on
    from splink.blocking_analysis import count_comparisons_from_blocking_rules

    counted = count_comparisons_from_blocking_rules(
        people, blocking_rules=[block_on(*rule)], link_type="dedupe_only", record_sample_proportion=1.0
    )
    return int(counted[0]["marginal_comparison_count"])
