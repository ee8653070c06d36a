"""What ``kedro resolve`` is asked for, made by the engine and then written as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customer_360.engine import Scratch
from customer_360.foundation import Writing
from customer_360.parameters import IdentityModel
from customer_360.person_file.columns import REQUIRED_COLUMNS
from customer_360.person_file.pairs import pairs_schema, pairs_table
from customer_360.person_file.parts import StagedPersons
from customer_360.person_file.write import (
    PAGE_FORMATS,
    check_distinct,
    check_output,
    clusters_schema,
    parquet_batches,
    table_writing,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from customer_360.identity import Resolution
    from customer_360.person_file.findings import Findings

_ORDER = {
    "golden": [("cluster_id", "ascending")],
    "pairs": [
        ("match_weight", "descending"),
        *((name, "ascending") for name in ("left_source", "left_key", "right_source", "right_key")),
    ],
}
_CLUSTER_COLUMNS = (*REQUIRED_COLUMNS, "cluster_id", "confidence")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Files that are asked for.

    Attributes:
        clusters: person of every record.
        golden: one record for each person.
        pairs: scored pairs with their evidence.
        report: a page for people.
        show_values: whether the page shows values as they are.
    """

    clusters: Path
    golden: Path | None = None
    pairs: Path | None = None
    report: Path | None = None
    show_values: bool = False

    def files(self) -> Mapping[str, Path]:
        """Those that are wanted, by option."""
        named = {
            "--output": self.clusters,
            "--golden": self.golden,
            "--pairs": self.pairs,
            "--report": self.report,
        }
        return {option: path for option, path in named.items() if path is not None}

    def in_words(self) -> str:
        """Their names: ``a.csv, b.csv and c.html``."""
        *others, last = map(str, self.files().values())
        return f"{', '.join(others)} and {last}" if others else last

    def check(self, records: Path) -> None:
        """Find out before the work whether all of them can be written.

        Raises:
            OutputError: one cannot, or two are one file.
        """
        for option, path in self.files().items():
            check_output(path, records, *([PAGE_FORMATS] if option == "--report" else []))
        check_distinct(self.files())


@dataclass(frozen=True)
class Made:
    """What the engine made: tables as Parquet in a folder, and the page."""

    folder: Path
    wanted: Wanted
    attributes: tuple[str, ...]
    comparisons: tuple[str, ...]
    page: str | None
    findings: Findings

    def writings(self) -> dict[Path, Writing]:
        """What writes each file that is wanted."""
        wanted = self.wanted
        writings = {wanted.clusters: self._table(wanted.clusters, "clusters", clusters_schema())}
        if wanted.golden is not None:
            writings[wanted.golden] = self._table(wanted.golden, "golden", _golden_schema(self.attributes))
        if wanted.pairs is not None:
            rows = pairs_table(self._batches("pairs"), self.comparisons)
            writings[wanted.pairs] = table_writing(wanted.pairs, pairs_schema(self.comparisons), rows)
        if wanted.report is not None:
            page = self.page or ""
            writings[wanted.report] = lambda file: file.write(page.encode())
        return writings

    def _table(self, path: Path, name: str, schema: Any) -> Writing:
        return table_writing(path, schema, self._batches(name))

    def _batches(self, name: str) -> Iterator[Any]:
        yield from parquet_batches(self.folder / name, _ORDER.get(name, ()))


def make_results(
    wanted: Wanted,
    folder: Path,
    *,
    name: str,
    staged: StagedPersons,
    source: DataFrame,
    resolution: Resolution,
    model: IdentityModel,
) -> Made:
    """Compute all that is wanted.

    Args:
        wanted: which files.
        folder: for intermediate tables.
        name: of the file of persons, for the page.
        staged: what was read of it.
        source: its records.
        resolution: who is who among them.
        model: the identity model.
    """
    from customer_360.person_file.findings import numbers
    from customer_360.person_file.page import report_page

    kept = Scratch(str(folder / "kept"))
    clusters = kept.keep(resolution.clusters.select(*_CLUSTER_COLUMNS), "clusters")
    attributes = tuple(column for column in staged.matched.positions if column not in REQUIRED_COLUMNS)
    _save(clusters, folder, "clusters")
    if wanted.golden is not None:
        _save_golden(source, clusters, attributes, model, folder=folder)
    found, page = numbers(clusters, resolution), None
    if wanted.pairs is not None or wanted.report is not None:
        pairs = kept.keep(resolution.pairs, "pairs")
        if wanted.pairs is not None:
            _save(pairs, folder, "pairs")
        if wanted.report is not None:
            whole = _about_pairs(found, source, clusters, pairs)
            page = report_page(name, staged, whole, show_values=wanted.show_values)
    comparisons = tuple(comparison.name for comparison in model.comparisons)
    return Made(folder, wanted, attributes, comparisons, page, found)


def _save_golden(
    source: DataFrame, clusters: DataFrame, attributes: tuple[str, ...], model: IdentityModel, *, folder: Path
) -> None:
    from customer_360.person_file.golden import golden_records

    _save(golden_records(source, clusters, attributes, model.placeholders), folder, "golden")


def _about_pairs(found: Findings, source: DataFrame, clusters: DataFrame, pairs: DataFrame) -> Findings:
    """The findings with what only a page shows."""
    from customer_360.person_file.findings import finding_examples, pair_bits, seen_comparisons

    shown = finding_examples(source, clusters, pairs)
    return replace(found, bits=pair_bits(pairs), seen=seen_comparisons(pairs), examples=shown)


def _save(frame: DataFrame, folder: Path, name: str) -> None:
    frame.write.mode("overwrite").parquet(Scratch(str(folder / name)).place)


def _golden_schema(attributes: tuple[str, ...]) -> Any:
    import pyarrow as pa

    texts = [(name, pa.string()) for name in attributes]
    return pa.schema([("cluster_id", pa.string()), ("record_count", pa.int64()), *texts])
