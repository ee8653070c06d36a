"""How far a source was read counts only while bronze has what was read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from kedro.io.core import DatasetError

from customer_360.datasets import WatermarkDataset
from customer_360.datasets.incremental.watermark import WatermarkStore

KEPT = {"at": "2026-11-27T22:00:00+00:00", "partial_pulls": 3}


def append(bronze: Path) -> None:
    write_deltalake(str(bronze), pa.table({"source_key": ["1"]}), mode="append")


def damage(folder: Path) -> None:
    [file] = (folder / "watermark").iterdir()
    file.write_bytes(file.read_bytes()[:-9] + b'"0000000}')


def begin_anew(bronze: Path) -> None:
    shutil.rmtree(bronze)
    append(bronze)
    append(bronze)


LOST: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "nothing was kept": (lambda state, bronze: shutil.rmtree(state), "nothing is known of an earlier pull"),
    "damaged": (lambda state, bronze: damage(state), "is damaged"),
    "bronze is gone": (lambda state, bronze: shutil.rmtree(bronze), "its bronze table is not what it was: there is no"),
    "bronze was begun anew": (lambda state, bronze: begin_anew(bronze), "it is another table than before"),
    "bronze was restored": (lambda state, bronze: DeltaTable(str(bronze)).restore(0), "changed or deleted"),
    "rows of bronze were erased": (lambda state, bronze: DeltaTable(str(bronze)).delete(), "changed or deleted"),
}  # fmt: skip


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    state, bronze = tmp_path / "Files" / "state" / "sources" / "t", tmp_path / "Tables" / "bronze" / "t"
    append(bronze)
    append(bronze)
    return state, bronze


@pytest.mark.parametrize(("change", "why"), LOST.values(), ids=LOST)
def test_a_watermark_that_does_not_count(
    places: tuple[Path, Path], change: Callable[[Path, Path], object], why: str
) -> None:
    store = WatermarkStore(*map(str, places))
    store.save(KEPT)
    assert store.load() == (KEPT, "")
    change(*places)
    kept, said = store.load()
    assert kept is None
    assert why in said


def test_it_outlives_what_is_appended_or_compacted(places: tuple[Path, Path]) -> None:
    dataset = WatermarkDataset(folder=str(places[0]), bronze=str(places[1]))
    assert not dataset.exists()
    assert dataset.load() == {}
    dataset.save(KEPT)
    append(places[1])
    DeltaTable(str(places[1])).optimize.compact()
    assert dataset.load() == KEPT
    dataset.save({**KEPT, "partial_pulls": 4})
    assert dataset.load()["partial_pulls"] == 4
    dataset.save({})
    assert not dataset.exists()
    dataset.save({})


def test_without_bronze_nothing_is_kept(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no table at"):
        WatermarkStore(str(tmp_path / "state"), str(tmp_path / "bronze")).save(KEPT)
