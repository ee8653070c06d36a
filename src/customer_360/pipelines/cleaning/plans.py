"""What of silver and quarantine must be computed: all of it, what differs, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import PROGRAM, DerivedTables, Plan, TableUpdate, union
from customer_360.lakehouse import Token
from customer_360.parameters import CleaningParameters, IngestionParameters
from customer_360.sources import Source

QUARANTINE = "silver/quarantine"
_ROOMS = tuple(
    f"customer_360.{room}" for room in ("bronze", "standardise", "sources", "quality", "parameters")
)
_CODE = {PROGRAM: _ROOMS}
_KEYS = ("source", "source_key")


@dataclass(frozen=True)
class Cleaning:
    """The cleaning of one source: its silver table, and its part of the quarantine.

    Attributes:
        bronze: name of the table that both are computed from.
        silver: plan of the one.
        quarantine: plan of the other, which all sources share.
        part: the part of the quarantine's basis that is this source's.
    """

    bronze: str
    silver: Plan
    quarantine: Plan
    part: str

    @classmethod
    def of(
        cls,
        tables: DerivedTables,
        cleaning: CleaningParameters,
        ingestion: IngestionParameters,
        source: Source,
        sources: Sequence[Source],
    ) -> Cleaning:
        """Look at the tables."""
        bronze = f"bronze/{source.table}"
        parts = {**_parts(cleaning, ingestion, source), **_CODE}
        return cls(
            bronze=bronze,
            silver=tables.plan(f"silver/{source.table}", reads=[bronze], parts=parts),
            quarantine=tables.plan(
                QUARANTINE,
                reads=[f"bronze/{one.table}" for one in sources],
                parts={**{_part(one): _parts(cleaning, ingestion, one) for one in sources}, **_CODE},
                by_part=True,
            ),
            part=_part(source),
        )

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be done."""
        differs = self._is_quarantine_anew or self.bronze in self.quarantine.changed
        return self.silver.is_current and not differs

    @property
    def since(self) -> Token | None:
        """The version of bronze from which on rows are to be cleaned; None: all of them.

        Of the two tables the one that is further behind decides: to clean a record once more does no harm.
        """
        if self.silver.is_anew or self._is_quarantine_anew:
            return None
        both = (self.silver.since(self.bronze), self.quarantine.since(self.bronze))
        known = [token for token in both if token is not None]
        return min(known, key=_number) if len(known) == len(both) else None

    @property
    def _is_quarantine_anew(self) -> bool:
        """Whether all of this source's part is computed."""
        return self.quarantine.is_anew or bool({self.part, PROGRAM} & self.quarantine.other)


@dataclass(frozen=True)
class Quarantined:
    """What a source has in quarantine, as far as it differs from what is there.

    Attributes:
        plan: of the quarantine of all sources.
        rows: quarantined rows of the source; None: nothing differs.
        touched: ``source_key`` of the records that were looked at; None: all of the source.
    """

    plan: Plan
    rows: DataFrame | None = None
    touched: DataFrame | None = None


def quarantine_update(present: DataFrame, found: Mapping[str, Quarantined]) -> TableUpdate:
    """What is to become of the quarantine.

    Args:
        present: the table as it is: ``source, source_key`` and others.
        found: what differs, by short name of the source.
    """
    plan = _common_plan([one.plan for one in found.values()])
    differing = {name: one for name, one in found.items() if one.rows is not None}
    if not differing:
        return plan.nothing()
    rows = union([one.rows for one in differing.values() if one.rows is not None])
    if plan.is_anew:
        return plan.all(rows)
    return plan.changes(rows, union([_touched(present, name, one) for name, one in differing.items()]))


def plan_of_report(tables: DerivedTables, cleaning: CleaningParameters, sources: Sequence[Source]) -> Plan:
    """Of the report on quality."""
    layers = [f"{layer}/{one.table}" for one in sources for layer in ("bronze", "silver")]
    parts = {
        "the rules": {one.name: _dumped(cleaning.rules(one.name)) for one in sources},
        PROGRAM: ["customer_360.quality"],
    }
    return tables.plan("silver/quality_report", reads=[QUARANTINE, *layers], parts=parts)


def _common_plan(plans: Sequence[Plan]) -> Plan:
    """One plan of the versions of bronze that each source was cleaned from."""
    reads = {table: plan.basis.reads[table] for plan, table in zip(plans, plans[0].basis.reads, strict=True)}
    return replace(plans[0], basis=replace(plans[0].basis, reads=reads))


def _touched(present: DataFrame, name: str, found: Quarantined) -> DataFrame:
    """Keys of a source's rows that change: of what was looked at, or of all that it has and had."""
    source = F.lit(name).alias("source")
    if found.touched is not None:
        return found.touched.select(source, "source_key")
    assert found.rows is not None
    had = present.where(F.col("source") == name).select(*_KEYS)
    return had.unionByName(found.rows.select(*_KEYS)).distinct()


def _parts(cleaning: CleaningParameters, ingestion: IngestionParameters, source: Source) -> dict[str, Any]:
    return {
        "the columns": source.meaning,
        "the rules": _dumped(cleaning.rules(source.name)),
        "cleaning.settings": cleaning.settings.model_dump(mode="json"),
        "the key": ingestion.source(source.table).key_field,
    }


def _dumped(rules: Sequence[Any]) -> list[Any]:
    return [rule.model_dump(mode="json") for rule in rules]


def _part(source: Source) -> str:
    return f"the cleaning of {source.name}"


def _number(token: Token) -> int:
    return int(token.partition("-")[0])
