from __future__ import annotations

from pathlib import Path

import pytest
from kedro.io.core import DatasetError

from customer_360.datasets.kept import KeptTablesDataset
from customer_360.scratch import Kept


def kept(root: Path, *folders: str, text: str = "text") -> Kept:
    for folder in folders:
        (root / folder).mkdir(parents=True, exist_ok=True)
    return Kept(str(root), text, frozenset(folders), "said")


def folders(root: Path) -> set[str]:
    return {path.name for path in root.iterdir() if path.is_dir()}


def test_the_next_run_finds_what_the_last_one_kept(tmp_path: Path) -> None:
    dataset = KeptTablesDataset(folder=str(tmp_path / "state"))
    assert dataset.load() == Kept(dataset.load().root)
    dataset.save(kept(tmp_path / "state", "one", "two"))
    again = KeptTablesDataset(folder=str(tmp_path / "state"))
    assert again.load() == Kept(str(tmp_path / "state"), "text", frozenset({"one", "two"}))
    assert (dataset.said, again.said) == ("said", "")


def test_a_killed_run_leaves_what_was_kept_and_the_next_one_clears_up(tmp_path: Path) -> None:
    dataset = KeptTablesDataset(folder=str(tmp_path))
    dataset.save(kept(tmp_path, "one"))
    (tmp_path / "half").mkdir()  # killed before saving
    (tmp_path / "state.json.new").write_text("{")  # killed while saving
    assert dataset.load().folders == {"one"}
    dataset.save(kept(tmp_path, "two", text="next"))
    assert folders(tmp_path) == {"two"}
    assert dataset.load().text == "next"
    assert not (tmp_path / "state.json.new").exists()


def test_a_missing_folder_means_nothing_is_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    dataset = KeptTablesDataset(folder=str(tmp_path))
    dataset.save(kept(tmp_path, "one"))
    (tmp_path / "one").rmdir()
    assert dataset.load().text is None
    assert "everything is worked out anew" in caplog.text


def test_nothing_kept_removes_what_was(tmp_path: Path) -> None:
    dataset = KeptTablesDataset(folder=str(tmp_path / "state"))
    dataset.save(kept(tmp_path / "state", "one"))
    dataset.save(Kept(str(tmp_path / "state")))
    assert not (tmp_path / "state").exists()


def test_another_root_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be saved"):
        KeptTablesDataset(folder=str(tmp_path)).save(Kept("elsewhere", "text"))
