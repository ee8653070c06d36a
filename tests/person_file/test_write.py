from __future__ import annotations

import stat
from pathlib import Path

import pandas as pd
import pytest

from customer_360.person_file.write import OutputError, check_output, write_clusters

CLUSTERS = pd.DataFrame(
    {
        "source": "crm",
        "key": ['say "x", y', "two\nlines", "ключ"],
        "cluster_id": "1f",
        "confidence": [1.0, 0.5, 0.75],
    }
)


@pytest.fixture
def result(tmp_path: Path) -> Path:
    folder = tmp_path / "result"
    folder.mkdir()
    CLUSTERS.to_parquet(folder / "part-0.parquet")
    return folder


@pytest.mark.parametrize(
    "name", ["out.csv", "out.parquet", "new folder/результат [1] 100%20 #.csv", "x" * 250 + ".csv"]
)
def test_the_result_is_whole_under_its_name(result: Path, tmp_path: Path, name: str) -> None:
    output = tmp_path / "there" / name
    check_output(output, tmp_path / "in.csv")
    assert not output.parent.exists(), "nothing is made before the work is done"
    write_clusters(result, output)
    found = pd.read_csv(output) if output.suffix == ".csv" else pd.read_parquet(output)
    pd.testing.assert_frame_equal(found, CLUSTERS)
    assert [path.name for path in output.parent.iterdir()] == [output.name]
    assert stat.S_IMODE(output.stat().st_mode) & 0o600 == 0o600


def test_a_place_that_cannot_be_written_is_found_out_before_the_work(tmp_path: Path) -> None:
    records = tmp_path / "in.csv"
    records.write_text("x")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "link.csv").symlink_to(records)
    for output, message in (
        (tmp_path / "out.xlsx", "must end in .parquet or .csv"),
        (tmp_path / "folder.csv", "is a folder"),
        (records, "is the file that is read"),
        (tmp_path / "link.csv", "is the file that is read"),
        (records / "out.csv", "cannot be written: Not a directory"),
        (Path("/proc/out.csv"), "cannot be written: "),
        (tmp_path / ("x" * 300 + ".csv"), "cannot be written: File name too long"),
    ):
        with pytest.raises(OutputError, match=message):
            check_output(output, records)


def test_what_fails_leaves_what_was_there(result: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    output.write_text("before")
    (result / "part-1.parquet").write_bytes(b"damaged")
    with pytest.raises(Exception, match="Parquet"):
        write_clusters(result, output)
    assert output.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "result"]
