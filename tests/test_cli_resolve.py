"""``kedro resolve`` as a person runs it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from support.runs import kedro

RECORDS = pd.DataFrame(
    {
        "source": "shop",
        "key": [str(n) for n in range(6)],
        "given_name": ["Anna", "Ana", "Bernd", "Clara", "Clara", "David"],
        "family_name": ["Waldmann", "Waldmann", "Berger", "Lindau", "Lindau", "Horning"],
        "birth_date": ["1980-02-03", "1980-02-03", "1971-01-09", "1990-12-24", "1990-12-24", "1966-06-06"],
        "email": ["anna.waldmann@x.io", "anna.waldmann@x.io", "b@y.io", "clara@z.io", "clara@z.io", None],
        "colour": "red",
    }
)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_of_persons(kind: str, tmp_path: Path) -> None:
    path, output = tmp_path / f"people.{kind}", tmp_path / f"clusters.{kind}"
    RECORDS.to_csv(path, index=False) if kind == "csv" else RECORDS.to_parquet(path)
    result = kedro("resolve", str(path), "-o", str(output))
    assert result.returncode == 0, result.stderr
    assert "6 records are 4 persons" in result.stdout and "ignoring colour" in result.stdout
    found = pd.read_csv(output, dtype={"key": str}) if kind == "csv" else pd.read_parquet(output)
    assert list(found.columns) == ["source", "key", "cluster_id", "confidence"]
    groups = found.groupby("cluster_id")["key"].apply(lambda keys: "".join(sorted(keys)))
    assert sorted(groups) == ["01", "2", "34", "5"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.drop(columns="key"), "must have the columns source and key"),
        (lambda d: d.assign(key="1"), "name each record once"),
        (lambda d: d[["source", "key", "colour"]], "at least one of given_name"),
    ],
)
def test_mistakes(change: object, message: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    change(RECORDS).to_csv(path, index=False)  # type: ignore[operator]
    result = kedro("resolve", str(path), "-o", str(tmp_path / "clusters.csv"))
    assert result.returncode == 1 and message in result.stderr and "Traceback" not in result.stderr
    assert not (tmp_path / "clusters.csv").exists()
