"""Folders as people name them: written where they say, and read back by everybody."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession
from support.runs import PROJECT

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.datasets.delta_reader import query
from customer_360.engine.scratch import Scratch
from customer_360.lakehouse import paths
from customer_360.lakehouse.paths import (
    PathError,
    check_local_path,
    check_project_path,
    check_writable,
    engine_path,
    local_path,
)

ODD = [
    "My Lake", "Kündchen", "люди", "顧客", "e\u0301", "a#b", "50%", "100% ours", "~lake", "what?", "st*r", "b [1]", 
    "a+b", "a&b", "it's", 'say "x"', "a`b", "a:b", "a;b,c=d", "$HOME", "(x)!", "no\u00a0break", "_hidden",
    ".hidden", " x ",
    "y" * 250,
]  # fmt: skip
REFUSED = [
    "a%20b",
    "c{d}",
    "a${x}",
    "a::b",
    "back\\slash",
    "tab\tx",
    "new\nline",
    "nul\x00",
    "zero\u200bwidth",
    "\udcff",
]


@pytest.mark.parametrize("name", ODD)
def test_a_table_is_where_it_was_asked_for_and_is_read_back(
    spark: SparkSession, tmp_path: Path, name: str
) -> None:
    root = tmp_path / name / "Tables"
    check_local_path(str(root), "The lakehouse")
    row = spark.createDataFrame([("1", "x")], "k STRING, v STRING")
    table = DeltaTableDataset(
        filepath=str(root / "t"), mode="upsert", keys=["k"], schema="k STRING, v STRING"
    )
    table.save(row)
    table.save(row)  # by MERGE, once the table is there
    assert table.load().count() == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [name], "and nothing beside it"
    assert DeltaTable(str(root / "t")).version() == 1
    assert query({"t": table.table_path}, "SELECT count(*) AS n FROM t") == [{"n": 1}]
    scratch = Scratch(str(root / "work"))
    assert scratch.keep(row, "kept").count() == 1
    scratch.remove()
    assert os.listdir(root) == ["t"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_some_tool_would_misread_is_refused(name: str) -> None:
    with pytest.raises(PathError, match=r"The lakehouse .*: its tables could not be read back") as refused:
        check_local_path(f"/data/{name}/lake", "The lakehouse")
    str(refused.value).encode()


def test_an_engine_gets_a_plain_path_as_it_is_and_a_url_untouched(tmp_path: Path) -> None:
    assert engine_path("/data/lake-1_x.y/t") == "/data/lake-1_x.y/t"
    assert engine_path("file:///data/lake/t") == "file:///data/lake/t"
    url = "abfss://my ws@host/lake house"
    assert engine_path(url) == url
    odd = tmp_path / "My Lake" / "x y"
    link = Path(engine_path(str(odd / "t")))
    assert link.name == "t" and link.parent.resolve() == odd.resolve()
    assert engine_path(f"file://{odd}/t") == f"file://{link}"
    assert odd.is_dir() and not any(odd.iterdir())


def test_links_go_with_the_process_and_what_they_lead_to_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "_links", {})
    monkeypatch.setattr(paths, "_folder", [])
    kept = tmp_path / "My Lake" / "file"
    link = Path(engine_path(str(kept))).parent
    kept.write_text("stays")
    assert (link / "file").read_text() == "stays" and stat.S_IMODE(link.parent.stat().st_mode) == 0o700
    paths._remove_links(os.getpid())
    assert not link.parent.exists() and kept.read_text() == "stays"


def test_links_of_a_killed_process_go_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import os, sys; from customer_360.lakehouse.paths import engine_path; engine_path(sys.argv[1]); "
    )
    odd = tmp_path / "My Lake"
    folder = tmp_path / "temporary"
    folder.mkdir()

    def run(end: str) -> None:
        subprocess.run(
            [sys.executable, "-c", program + end, str(odd / "t")],
            env={**os.environ, "TMPDIR": str(folder)}, cwd=PROJECT / "src", check=False, timeout=60,
        )  # fmt: skip

    run("os._exit(9)")
    (killed,) = folder.iterdir()
    (odd / "file").write_text("stays")
    monkeypatch.setattr(paths, "_links", {})
    monkeypatch.setattr(paths, "_folder", [])
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    link = Path(engine_path(str(odd / "t"))).parent
    assert not killed.exists() and (odd / "file").exists()
    run("pass")
    assert (link / "file").read_text() == "stays", "what a living process uses is left alone"
    assert list(folder.iterdir()) == [link.parent]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("~/lake", str(Path.home() / "lake")),
        ("/a/b/../c/", "/a/c"),
        ("//a//b", "/a/b"),
        ("file:///a/My%20Lake", "/a/My Lake"),
        ("lake/", str(Path.cwd() / "lake")),
    ],
)
def test_local_paths(given: str, meant: str) -> None:
    assert local_path(given) == meant


@pytest.mark.parametrize("name", ["p [1]", "what?", "st*r"])
def test_a_project_in_which_kedro_finds_nothing_is_refused(name: str) -> None:
    with pytest.raises(PathError, match="Kedro reads as a pattern"):
        check_project_path(Path("/home") / name)
    check_project_path(Path("/home/Müllers Projekt #1 50% {x}"))


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file" / "lake", tmp_path / "file", tmp_path / ("x" * 300)):
        with pytest.raises(PathError, match="cannot be written: "):
            check_writable(str(folder), "The lakehouse")
