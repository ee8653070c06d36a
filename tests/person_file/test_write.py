from __future__ import annotations

import stat
from pathlib import Path

import pandas as pd
import pytest

from customer_360.foundation.whole_files import OutputError, write_files
from customer_360.person_file.write import (
    PAGE_FORMATS,
    check_distinct,
    check_output,
    clusters_schema,
    parquet_batches,
    table_writing,
)

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


def write_clusters(folder: Path, output: Path) -> None:
    write_files({output: table_writing(output, clusters_schema(), parquet_batches(folder))})


@pytest.mark.parametrize(
    "name",
    ["out.csv", "out.parquet", "out.json", "new folder/результат [1] 100%20 #.csv", "x" * 250 + ".csv"],
)
def test_the_result_is_whole_under_its_name(result: Path, tmp_path: Path, name: str) -> None:
    output = tmp_path / "there" / name
    check_output(output, tmp_path / "in.csv")
    assert not output.parent.exists(), "nothing is made before the work is done"
    write_clusters(result, output)
    readers = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".json": pd.read_json}
    found = readers[output.suffix](output)
    pd.testing.assert_frame_equal(found, CLUSTERS)
    assert [path.name for path in output.parent.iterdir()] == [output.name]
    assert stat.S_IMODE(output.stat().st_mode) & 0o600 == 0o600


def test_a_place_that_cannot_be_written_is_found_out_before_the_work(tmp_path: Path) -> None:
    records = tmp_path / "in.csv"
    records.write_text("x")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "link.csv").symlink_to(records)
    for output, message in (
        (tmp_path / "out.xlsx", "must end in .parquet, .csv or .json"),
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


def test_no_file_gets_its_name_unless_all_are_complete(result: Path, tmp_path: Path) -> None:
    def fails(file: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "page.html").write_text("before")
    clusters = table_writing(tmp_path / "out.csv", clusters_schema(), parquet_batches(result))
    with pytest.raises(OutputError, match=r"page.html cannot be written: No space left"):
        write_files({tmp_path / "out.csv": clusters, tmp_path / "page.html": fails})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "result"]
    assert (tmp_path / "page.html").read_text() == "before"


def test_nothing_at_all_is_a_table_too(tmp_path: Path) -> None:
    for name, content in (("out.json", "[]\n"), ("out.csv", '"source","key","cluster_id","confidence"\n')):
        write_clusters(tmp_path / "nothing", tmp_path / name)
        assert (tmp_path / name).read_text() == content


def test_two_results_under_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="--output and --golden name the same file"):
        check_distinct({"--output": tmp_path / "a.csv", "--golden": tmp_path / "x" / ".." / "a.csv"})
    with pytest.raises(OutputError, match=r"must end in .html or .htm"):
        check_output(tmp_path / "a.pdf", tmp_path / "in.csv", PAGE_FORMATS)
