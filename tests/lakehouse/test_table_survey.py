"""What is lost is told from what never was."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from deltalake import write_deltalake

from customer_360.lakehouse.table_survey import LakehouseDamagedError, Verdict, judge, survey

LOG, DERIVED = "bronze/x", "silver/x"


def write(root: Path, name: str, versions: int = 1) -> Path:
    import pyarrow as pa

    for number in range(versions):
        write_deltalake(root / name, pa.table({"n": [number]}), mode="append")
    return root / name


def verdict(
    root: Path, *, published: Mapping[str, int] | None = None, known: Mapping[str, str] | None = None
) -> Verdict:
    return judge(
        survey({name: str(root / name) for name in (LOG, DERIVED)}),
        logs={LOG},
        written={LOG, DERIVED},
        published=published or {},
        known=known or {},
    )


def test_a_first_day_and_a_whole_lakehouse_are_fine(tmp_path: Path) -> None:
    verdict(tmp_path).check("root")
    write(tmp_path, LOG, 2)
    write(tmp_path, DERIVED)
    found = verdict(tmp_path, published={LOG: 1, DERIVED: 0}, known={LOG: "silver/x comes from it"})
    found.check("root")
    assert (found.notes, found.leftovers) == ((), frozenset())


def remove(folder: Path) -> None:
    shutil.rmtree(folder)


def remove_log(folder: Path) -> None:
    shutil.rmtree(folder / "_delta_log")


def empty_log(folder: Path) -> None:
    shutil.rmtree(folder)
    (folder / "_delta_log").mkdir(parents=True)


def only_begun(folder: Path) -> None:
    empty_log(folder)
    (folder / "_delta_log" / "_commit_1b2c.json.tmp").touch()


def lose_last_commit(folder: Path) -> None:
    (folder / "_delta_log" / f"{1:020d}.json").unlink()


def lose_a_file(folder: Path) -> None:
    next(folder.glob("*.parquet")).unlink()


GONE = (remove, remove_log, empty_log, only_begun)


@pytest.mark.parametrize("spoil", [*GONE, lose_last_commit, lose_a_file])
def test_a_log_that_was_published_and_is_lost_stops_the_run(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(write(tmp_path, LOG, 2))
    with pytest.raises(
        LakehouseDamagedError, match=r"(?s)bronze/x \(.*restore its folder from a backup"
    ) as error:
        verdict(tmp_path, published={LOG: 1}).check("here")
    assert str(tmp_path / LOG) in str(error.value)
    assert "delete here/Tables and here/Files/state" in str(error.value)


@pytest.mark.parametrize("spoil", GONE)
def test_a_log_that_other_tables_know_of_stops_the_run(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(write(tmp_path, LOG, 2))
    with pytest.raises(LakehouseDamagedError, match="and silver/x comes from it"):
        verdict(tmp_path, known={LOG: "silver/x comes from it"}).check("here")


@pytest.mark.parametrize("spoil", [remove, empty_log, only_begun])
def test_a_table_that_follows_from_others_is_written_anew_and_that_is_said(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(write(tmp_path, DERIVED))
    found = verdict(tmp_path, published={DERIVED: 0})
    found.check("here")
    assert "silver/x" in found.notes[0] and "is written again" in found.notes[0]


def test_data_files_without_a_log_are_a_loss_or_what_a_killed_run_left(tmp_path: Path) -> None:
    remove_log(write(tmp_path, DERIVED))
    with pytest.raises(
        LakehouseDamagedError,
        match=r"(?s)has data files, but no log.*can be written again: delete its folder",
    ):
        verdict(tmp_path, published={DERIVED: 0}).check("here")
    found = verdict(tmp_path)
    found.check("here")
    assert found.leftovers == {DERIVED}
    assert "no run ever committed" in found.notes[0]


def test_a_table_that_was_begun_anew_since_it_was_published_is_no_loss(tmp_path: Path) -> None:
    write(tmp_path, DERIVED)
    found = verdict(tmp_path, published={DERIVED: 3})
    found.check("here")
    assert "its log ends at version 0" in found.notes[0]


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    lose_a_file(write(tmp_path, LOG))
    lose_a_file(write(tmp_path, DERIVED))
    with pytest.raises(LakehouseDamagedError, match=r"(?s)Nothing was written.*bronze/x.*silver/x"):
        verdict(tmp_path).check("here")


def test_rows_are_counted_from_the_log(tmp_path: Path) -> None:
    write(tmp_path, LOG, 3)
    state = survey({LOG: str(tmp_path / LOG)})[LOG]
    assert (state.version, state.rows) == (2, 3)
