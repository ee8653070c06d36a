"""Files in OneLake as a Fabric notebook reaches them, over the fake `notebookutils`."""

from __future__ import annotations

from pathlib import Path

import fsspec
import pytest
from support.onelake_in_fabric import ADDRESS

from customer_360.onelake.address import LakehouseAddress, OneLakeError
from customer_360.onelake.check import require_lakehouse


@pytest.fixture
def lakehouse(onelake_in_fabric: Path) -> Path:
    return onelake_in_fabric


def test_files_are_written_read_listed_and_removed(lakehouse: Path) -> None:
    fs, path = fsspec.url_to_fs(f"{ADDRESS.root}/Files/staging/a/part.jsonl")
    for content in (b"one\n", b"two\n"):  # the second time over the first
        with fs.open(path, "wb") as file:
            file.write(content)
    assert (lakehouse / "Files/staging/a/part.jsonl").read_bytes() == b"two\n"
    with fsspec.open(path, "rt", encoding="utf-8") as text:
        assert text.read() == "two\n"
    assert fs.ls(f"{ADDRESS.root}/Files/staging", detail=False) == [f"{ADDRESS.root}/Files/staging/a"]
    assert fs.exists(path)
    fs.rm(f"{ADDRESS.root}/Files/staging/a", recursive=True)
    assert not fs.exists(path)


def test_a_failed_write_leaves_nothing(lakehouse: Path) -> None:
    fs, path = fsspec.url_to_fs(f"{ADDRESS.root}/Files/x.jsonl")
    with pytest.raises(ZeroDivisionError), fs.open(path, "wb") as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert not fs.exists(path)


def test_what_is_absent_is_a_file_not_found_error(lakehouse: Path) -> None:
    fs, path = fsspec.url_to_fs(f"{ADDRESS.root}/Files/none.csv")
    with pytest.raises(FileNotFoundError):
        fs.open(path, "rb")
    with pytest.raises(FileNotFoundError):
        fs.rm(path)


def test_the_lakehouse_is_looked_for(lakehouse: Path) -> None:
    require_lakehouse(ADDRESS)
    with pytest.raises(OneLakeError, match="There is no lakehouse 'other' in workspace 'ws'"):
        require_lakehouse(LakehouseAddress(workspace="ws", lakehouse="other"))
