"""How good clusters are: pairwise and B-cubed precision and recall, and the worst misses.

    python -m benchmarks.identity.evaluate CLUSTERS.parquet TRUTH.parquet [--records RECORDS.parquet]

Pairs are counted in a contingency table of clusters and persons, never enumerated, so that a cluster of a million
records costs no more than a million singletons.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.csv as pc
import pyarrow.parquet as pq

KEY = ["source", "key"]
_SEPARATOR = "\x1f"


class RecordsDifferError(ValueError):
    """Clusters and truth are not about the same records."""


@dataclass(frozen=True)
class Quality:
    """How good clusters are.

    Attributes:
        precision: share of the pairs found that are one person; 1 where none was found.
        recall: share of the pairs of one person that were found; 1 where there is none.
        f1: their harmonic mean.
        bcubed_precision, bcubed_recall, bcubed_f1: the same, averaged over records.
        false_pairs, missed_pairs: how many pairs are wrong, and how many are missing.
        records, clusters, persons, largest: how many there are; records in the largest cluster.
    """

    precision: float
    recall: float
    f1: float
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float
    false_pairs: int
    missed_pairs: int
    records: int
    clusters: int
    persons: int
    largest: int


def evaluate(clusters: pd.DataFrame, truth: pd.DataFrame) -> Quality:
    """Compare ``source, key, cluster_id`` with ``source, key, person``.

    Raises:
        RecordsDifferError: a record is missing, unknown, or there twice.
    """
    cells = _cells(clusters, truth)
    count = cells["count"].to_numpy()
    sizes, persons = (_sizes(cells, by) for by in ("cluster", "person"))
    in_cluster, of_person = sizes[cells["cluster"]], persons[cells["person"]]
    both, found, real = _pairs(count), _pairs(sizes), _pairs(persons)
    records = int(count.sum())
    precision, recall = _share(both, found), _share(both, real)
    bcubed_precision = float((count / in_cluster * count).sum() / records) if records else 1.0
    bcubed_recall = float((count / of_person * count).sum() / records) if records else 1.0
    return Quality(
        precision=precision,
        recall=recall,
        f1=harmonic(precision, recall),
        bcubed_precision=bcubed_precision,
        bcubed_recall=bcubed_recall,
        bcubed_f1=harmonic(bcubed_precision, bcubed_recall),
        false_pairs=found - both,
        missed_pairs=real - both,
        records=records,
        clusters=len(sizes),
        persons=len(persons),
        largest=int(sizes.max(initial=0)),
    )


def worst(clusters: pd.DataFrame, truth: pd.DataFrame, *, count: int = 10) -> pd.DataFrame:
    """The clusters that hold most false pairs and the persons of whom most pairs are missing.

    Returns: kind (``merged``: a cluster of several persons, ``split``: a person in several clusters), id, pairs,
    records; the most pairs first, ``count`` of each kind.
    """
    cells = _cells(clusters, truth)
    parts = [
        _worst_of(cells, by="cluster", kind="merged", count=count),
        _worst_of(cells, by="person", kind="split", count=count),
    ]
    return pd.concat(parts, ignore_index=True)


def harmonic(precision: float, recall: float) -> float:
    """The harmonic mean, 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def read_table(path: Path) -> pd.DataFrame:
    """A Parquet file (or folder of such), or a CSV file, as text columns."""
    table = pc.read_csv(path) if path.suffix == ".csv" else pq.read_table(path)
    frame = table.to_pandas()
    columns = [column for column in ("source", "key", "cluster_id", "person") if column in frame]
    return frame.astype(dict.fromkeys(columns, "string"))


def _cells(clusters: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """``cluster, person, count``: how many records of a person are in a cluster; both as numbers.

    The names that the numbers stand for are in ``attrs``.
    """
    cluster, cluster_names = pd.factorize(_cluster_of_each(clusters, truth))
    person, person_names = pd.factorize(truth["person"].to_numpy(dtype=object))
    cell, count = np.unique(cluster.astype(np.int64) * len(person_names) + person, return_counts=True)
    width = max(1, len(person_names))
    cells = pd.DataFrame({"cluster": cell // width, "person": cell % width, "count": count})
    cells.attrs = {"cluster": cluster_names, "person": person_names}
    return cells


def _cluster_of_each(clusters: pd.DataFrame, truth: pd.DataFrame) -> np.ndarray:
    """The cluster of each record of the truth, in its order."""
    names = [
        (frame["source"] + _SEPARATOR + frame["key"]).to_numpy(dtype=object) for frame in (truth, clusters)
    ]
    codes, known = pd.factorize(np.concatenate(names))
    wanted, given = codes[: len(truth)], codes[len(truth) :]
    for name, some in (("truth", wanted), ("clusters", given)):
        doubled = len(some) - len(np.unique(some))
        if doubled:
            raise RecordsDifferError(f"{doubled} records are there twice in the {name}")
    found = np.full(len(known), None, dtype=object)
    found[given] = clusters["cluster_id"].to_numpy(dtype=object, na_value=None)
    of_each = found[wanted]
    missing = int(pd.isna(of_each).sum())
    unknown = len(np.setdiff1d(given, wanted))
    if missing or unknown:
        raise RecordsDifferError(
            f"{missing} records have no cluster, and {unknown} records are not in the truth"
        )
    return of_each


def _pairs(sizes: np.ndarray) -> int:
    sizes = sizes.astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _worst_of(cells: pd.DataFrame, *, by: str, kind: str, count: int) -> pd.DataFrame:
    sizes = _sizes(cells, by)
    inside = np.bincount(cells[by], weights=cells["count"] * (cells["count"] - 1) // 2, minlength=len(sizes))
    pairs = sizes * (sizes - 1) // 2 - inside.astype(np.int64)
    order = np.argsort(-pairs, kind="stable")[:count]
    found = order[pairs[order] > 0]
    return pd.DataFrame(
        {"kind": kind, "id": cells.attrs[by][found], "pairs": pairs[found], "records": sizes[found]}
    )


def _sizes(cells: pd.DataFrame, by: str) -> np.ndarray:
    return np.bincount(cells[by], weights=cells["count"], minlength=len(cells.attrs[by])).astype(np.int64)


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clusters", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--records", type=Path, help="show the records of the worst misses")
    parser.add_argument("--worst", type=int, default=5, help="how many of each kind")
    options = parser.parse_args(arguments)
    clusters, truth = read_table(options.clusters), read_table(options.truth)
    for name, value in asdict(evaluate(clusters, truth)).items():
        print(f"{name:18} {value:.5f}" if isinstance(value, float) else f"{name:18} {value:,}")
    misses = worst(clusters, truth, count=options.worst)
    print(misses.to_string(index=False))
    if options.records:
        _show(misses, clusters, truth, read_table(options.records))


def _show(misses: pd.DataFrame, clusters: pd.DataFrame, truth: pd.DataFrame, records: pd.DataFrame) -> None:
    together = records.merge(truth, on=KEY).merge(clusters[[*KEY, "cluster_id"]], on=KEY)
    for miss in misses.itertuples():
        column = "cluster_id" if miss.kind == "merged" else "person"
        print(f"\n{miss.kind} {miss.id}: {miss.pairs} pairs")
        print(together[together[column] == miss.id].head(12).dropna(axis=1, how="all").to_string(index=False))


if __name__ == "__main__":
    main()
