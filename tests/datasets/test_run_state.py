from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from kedro.io.core import DatasetError

from customer_360.datasets.run_state import RunStateDataset
from customer_360.engine.scratch import RunState


def table(root: Path, folder: str, name: str = "pairs", content: bytes = b"some rows of it") -> Path:
    path = root / folder / name / "part-0.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def kept(root: Path, *folders: str, text: str = "text", number: int = 0) -> RunState:
    for folder in folders:
        table(root, folder)
    return RunState(str(root), text, frozenset(folders), "said", number=number)


def folders(root: Path) -> set[str]:
    return {path.name for path in root.iterdir() if path.is_dir()}


def test_the_next_run_finds_what_the_last_one_kept(tmp_path: Path) -> None:
    dataset = RunStateDataset(folder=str(tmp_path / "state"))
    assert dataset.load() == RunState(dataset.load().root)
    dataset.save(kept(tmp_path / "state", "one", "two"))
    again = RunStateDataset(folder=str(tmp_path / "state"))
    assert again.load() == RunState(str(tmp_path / "state"), "text", frozenset({"one", "two"}), number=1)
    assert (dataset.summary, again.summary) == ("said", "")


def test_a_killed_run_leaves_what_was_kept_and_the_next_one_clears_up(tmp_path: Path) -> None:
    dataset = RunStateDataset(folder=str(tmp_path))
    dataset.save(kept(tmp_path, "one"))
    table(tmp_path, "half")  # killed before saving
    (tmp_path / "current" / ".tmp-1").write_text("{")  # killed while saving
    assert dataset.load().folders == {"one"}
    dataset.save(kept(tmp_path, "two", text="next", number=1))
    assert folders(tmp_path) == {"two", "current"}
    assert dataset.load().text == "next"
    assert [path.name for path in tmp_path.glob("current/0*")] == ["0000000002.json"]


def test_the_same_again_writes_nothing(tmp_path: Path) -> None:
    dataset = RunStateDataset(folder=str(tmp_path))
    dataset.save(kept(tmp_path, "one"))
    dataset.save(replace(dataset.load(), summary="again"))
    assert (dataset.load().number, dataset.summary) == (1, "again")


def test_a_run_that_keeps_the_same_clears_up_after_a_killed_one(tmp_path: Path) -> None:
    dataset = RunStateDataset(folder=str(tmp_path))
    dataset.save(kept(tmp_path, "one"))
    table(tmp_path, "half")
    dataset.save(dataset.load())
    assert folders(tmp_path) == {"one", "current"}


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(b""), "is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]), "is damaged"),
    ],
)
@pytest.mark.parametrize("which", ["one/pairs/part-0.parquet", "one/clusters/part-0.parquet"])
def test_a_table_that_is_not_whole_means_that_nothing_is_kept(
    tmp_path: Path, spoil: Callable[[Path], object], why: str, which: str, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = RunStateDataset(folder=str(tmp_path))
    table(tmp_path, "one", "clusters")
    dataset.save(kept(tmp_path, "one"))
    spoil(tmp_path / which)
    found = dataset.load()
    assert (found.text, found.folders, found.number) == (None, frozenset(), 1)
    assert found.lost == f"the file {which} {why}"
    assert found.lost in caplog.text
    dataset.save(kept(tmp_path, "two", number=found.number))
    assert dataset.load().folders == {"two"}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\0" * 90, b"[]", b"null", b'{"text": "other", "folders": {}, "format": 2, "digest": "0"}'],
)
def test_a_damaged_text_means_that_nothing_is_kept(tmp_path: Path, content: bytes) -> None:
    dataset = RunStateDataset(folder=str(tmp_path))
    dataset.save(kept(tmp_path, "one"))
    (tmp_path / "current" / "0000000001.json").write_bytes(content)
    found = dataset.load()
    assert (found.text, found.lost) == (None, "the file current/0000000001.json is damaged")
    dataset.save(kept(tmp_path, "two", number=found.number))
    assert dataset.load().folders == {"two"}


def test_a_text_cut_anywhere_means_that_nothing_is_kept(tmp_path: Path) -> None:
    dataset = RunStateDataset(folder=str(tmp_path))
    dataset.save(kept(tmp_path, "one"))
    path = tmp_path / "current" / "0000000001.json"
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert dataset.load().text is None
    path.write_bytes(whole)
    assert dataset.load().text == "text"


def test_what_an_older_version_kept_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"text": "old", "folders": []}')
    dataset = RunStateDataset(folder=str(tmp_path))
    assert (dataset.load().text, dataset.load().lost) == (None, "an older version of the program kept it")
    dataset.save(kept(tmp_path, "one"))
    assert not (tmp_path / "state.json").exists()


def test_of_two_runs_that_saw_the_same_one_is_refused(tmp_path: Path) -> None:
    one, other = (RunStateDataset(folder=str(tmp_path)) for _ in range(2))
    one.save(kept(tmp_path, "one"))
    with pytest.raises(DatasetError, match="Another run has changed what is kept"):
        other.save(kept(tmp_path, "two", text="other"))
    assert one.load().folders == {"one"}


def test_nothing_kept_removes_what_was(tmp_path: Path) -> None:
    dataset = RunStateDataset(folder=str(tmp_path / "state"))
    dataset.save(kept(tmp_path / "state", "one"))
    dataset.save(RunState(str(tmp_path / "state")))
    assert list((tmp_path / "state").iterdir()) == []
    assert dataset.load().text is None


def test_another_root_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be saved"):
        RunStateDataset(folder=str(tmp_path)).save(RunState("elsewhere", "text"))
