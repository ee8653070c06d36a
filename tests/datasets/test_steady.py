"""Files that others write while they are read."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from typing import Any

import fsspec
import pytest

from customer_360.datasets.errors import IncompletePull, SourceError
from customer_360.datasets.file_source import FileSourceDataset
from customer_360.datasets.files import CsvFile, JsonArrayFile, open_csv
from customer_360.datasets.steady import SteadyFile

HEADER = "number,name\n"


def source(path: Path, **config: Any) -> FileSourceDataset:
    """A dataset that gives its staged lines instead of a frame: no engine is needed here."""
    given = {"format": "csv", "staging": str(path.parent / "staging"), "quiet_seconds": 0.001, **config}
    made = FileSourceDataset(filepath=str(path), blocked_fields=[], **given)
    made._frame = lambda staged: [  # type: ignore[method-assign, assignment, return-value]
        line for part in staged.paths for line in Path(part).read_text().splitlines()
    ]
    return made


# ---------------------------------------------------------------- what is no file
@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "f.csv")
    return tmp_path / "f.csv"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("format", ["csv", "json"])
def test_a_pipe_is_refused_and_not_waited_for(pipe: Path, format: str) -> None:
    with pytest.raises(SourceError, match="is a named pipe, not a file"):
        source(pipe, format=format).load()
    readers: list[Any] = [CsvFile(path=str(pipe)), JsonArrayFile(path=str(pipe))]
    for reader in readers:
        with pytest.raises(SourceError, match="is a named pipe, not a file"):
            list(reader.records())
    with pytest.raises(SourceError, match="is a named pipe"), open_csv(str(pipe)):
        pass


def test_devices_sockets_and_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("/dev/zero")
    with pytest.raises(SourceError, match="is a device, not a file"):
        source(tmp_path / "link.csv").load()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        assert stat.S_ISSOCK((tmp_path / "s").stat().st_mode)
        with pytest.raises(SourceError, match="is a socket, not a file"):
            source(tmp_path / "s").load()
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(SourceError, match="cannot be opened: Is a directory"):
        source(tmp_path / "folder.csv").load()
    (tmp_path / "nowhere.csv").symlink_to(tmp_path / "gone.csv")
    with pytest.raises(SourceError, match="There is no file"):
        source(tmp_path / "nowhere.csv").load()


# ---------------------------------------------------------------- what changes
def rewrite(path: Path, text: str) -> None:
    path.write_text(text)


def replace(path: Path, text: str) -> None:
    (path.parent / "new").write_text(text)
    (path.parent / "new").rename(path)


def grow(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def same_size(path: Path, text: str) -> None:
    size = path.stat().st_size
    path.write_text((text + HEADER * size)[:size])


@pytest.mark.parametrize("change", [rewrite, replace, grow, same_size])
@pytest.mark.parametrize("times", [1, 2])
def test_a_file_that_changes_meanwhile_is_read_once_more_and_then_refused(
    tmp_path: Path, change: Any, times: int, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "f.csv"
    path.write_text(HEADER + "".join(f"{n},Ada\n" for n in range(30_000)))
    left = [times]
    made = source(path)

    def interfere(received: int, _: int | None) -> None:
        if received == 20_000 and left[0]:
            left[0] -= 1
            change(path, HEADER + "".join(f"{n},Bob\n" for n in range(25_000)))

    made.progress = interfere
    if times == 1:
        staged = made.load()
        # what is staged is what the file holds now, whichever version it is
        expected = CsvFile(path=str(path)).records()
        assert len(staged) == sum(1 for _ in expected)  # type: ignore[arg-type]
        assert "was changed while it was being read" in caplog.text
    else:
        with pytest.raises(IncompletePull, match="changed while it was being read"):
            made.load()
        assert list((tmp_path / "staging").rglob("*")) == []


def test_a_file_that_was_just_changed_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("x")
    os.utime(path, (100, 100))
    waits: list[float] = []
    clock = [100.4]

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    file = SteadyFile(str(path), quiet_seconds=1, sleep=sleep, now=lambda: clock[0])
    assert file.settled() == file.fingerprint()
    assert waits == [pytest.approx(0.6)]
    clock[0] = 5_000
    file.settled()
    assert len(waits) == 1


def test_a_file_that_goes_on_growing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("x")
    clock = [float(path.stat().st_mtime)]

    def sleep(seconds: float) -> None:
        clock[0] += seconds
        os.utime(path, (clock[0], clock[0]))

    with pytest.raises(SourceError, match="is still being written: it changed within the last 1 s"):
        SteadyFile(str(path), quiet_seconds=1, sleep=sleep, now=lambda: clock[0]).settled()
    assert SteadyFile(str(tmp_path / "none")).settled() is None


def test_other_stores_are_watched_by_size_and_version() -> None:
    files = fsspec.filesystem("memory")
    files.pipe("/landing/steady.csv", b"a\n1\n")
    file = SteadyFile("memory://landing/steady.csv")
    before = file.settled()
    file.check_unchanged(before)
    files.pipe("/landing/steady.csv", b"a\n1\n2\n")
    with pytest.raises(IncompletePull, match="changed while it was being read"):
        file.check_unchanged(before)


# ---------------------------------------------------------------- what is cut short
WHOLE = HEADER + '1,"Ada, the first"\n2,"Bob\nBuilder"\n3,Cy\n'


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_csv_file_cut_anywhere_is_refused_told_or_ends_with_a_row(tmp_path: Path, line_end: str) -> None:
    """Cut within a row: refused, or, where the rest looks like a row, doubted as soon as a record is missing."""
    path = tmp_path / "f.csv"
    whole = WHOLE.replace("\n", line_end)
    for end in range(len(HEADER.replace("\n", line_end)), len(whole)):
        path.write_bytes(whole[:end].encode())
        is_clean = whole[:end].endswith("\n") and whole[:end].count('"') % 2 == 0
        made = source(path)
        try:
            made.load()
        except IncompletePull as error:
            assert "cut short" in str(error) and not is_clean
            assert "Ada" not in str(error)
            continue
        assert (made.unfinished_record is not None) == (not whole[:end].endswith(("\n", "\r")))


@pytest.mark.parametrize(
    ("content", "setting", "refused"),
    [
        (HEADER + "1,Ada\n2,Bob", "usual", False),
        (HEADER + "1,Ada\n2,Bob", "required", True),
        (HEADER + "1,Ada\n2", "usual", True),
        (HEADER + "1,Ada\n2", "optional", False),
        (HEADER + "1,Ada\n2\n", "required", False),
        (HEADER + '1,Ada\n2,"Bo', "usual", True),
        (HEADER.strip(), "usual", False),
        (HEADER, "required", False),
    ],
)
def test_the_last_line_break(tmp_path: Path, content: str, setting: str, refused: bool) -> None:
    path = tmp_path / "f.csv"
    path.write_text(content)
    made = source(path, final_line_break=setting)
    if refused:
        with pytest.raises(IncompletePull, match=r"seems to be cut short.*final_line_break: optional"):
            made.load()
    else:
        made.load()


def test_a_file_that_is_another_one_by_now_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(HEADER + "1,Ada\n")
    made = source(path)
    made.load()
    assert not made.may_look_again
    assert made.look_again() is None
    replace(path, HEADER + "1,Ada\n2,Bob\n")
    assert made.may_look_again
    assert len(made.look_again()) == 2  # type: ignore[arg-type]
