from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from customer_360.sample_sources.files import SampleFiles
from customer_360.sample_sources.generator import generate
from customer_360.sample_sources.landing import MANIFEST, place_files, prepare_landing

NAMES = ["erp_customers.csv", "support_tickets.json"]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    return generate(tmp_path_factory.mktemp("first"), customers=20, seed=1)


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    return generate(tmp_path_factory.mktemp("second"), customers=20, seed=2)


def test_files_are_placed_and_replaced_by_later_ones(
    first: SampleFiles, second: SampleFiles, tmp_path: Path
) -> None:
    landing = tmp_path / "Files" / "landing"
    for files in (first, first, second, first):
        assert place_files(files, landing) == []
        assert (landing / NAMES[0]).read_bytes() == files.erp_customers.read_bytes()
        assert (landing / NAMES[1]).read_bytes() == files.support_tickets.read_bytes()
    assert sorted(path.name for path in landing.iterdir()) == sorted([MANIFEST, *NAMES])


def test_an_unchanged_file_is_not_written_again(first: SampleFiles, tmp_path: Path) -> None:
    place_files(first, tmp_path)
    before = (tmp_path / NAMES[0]).stat()
    place_files(first, tmp_path)
    after = (tmp_path / NAMES[0]).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_file_of_somebody_else_stays(first: SampleFiles, tmp_path: Path) -> None:
    (tmp_path / NAMES[0]).write_text("mine", encoding="utf-8")
    assert place_files(first, tmp_path) == [NAMES[0]]
    assert (tmp_path / NAMES[0]).read_text(encoding="utf-8") == "mine"
    assert (tmp_path / NAMES[1]).read_bytes() == first.support_tickets.read_bytes()


def test_a_file_that_was_changed_after_it_was_placed_stays(
    first: SampleFiles, second: SampleFiles, tmp_path: Path
) -> None:
    place_files(first, tmp_path)
    with (tmp_path / NAMES[1]).open("a", encoding="utf-8") as handle:
        handle.write(" ")
    changed = (tmp_path / NAMES[1]).read_bytes()
    assert place_files(second, tmp_path) == [NAMES[1]]
    assert (tmp_path / NAMES[1]).read_bytes() == changed


@pytest.mark.parametrize("content", ["", "not json", "[]", '{"erp_customers.csv": 3}'])
def test_with_a_damaged_manifest_every_file_stays(content: str, first: SampleFiles, tmp_path: Path) -> None:
    place_files(first, tmp_path)
    (tmp_path / MANIFEST).write_text(content, encoding="utf-8")
    assert place_files(first, tmp_path) == NAMES


def test_a_file_that_was_deleted_is_placed_again(first: SampleFiles, tmp_path: Path) -> None:
    place_files(first, tmp_path)
    (tmp_path / NAMES[0]).unlink()
    assert place_files(first, tmp_path) == []
    assert (tmp_path / NAMES[0]).is_file()


@pytest.mark.parametrize("copied", [False, True])
def test_a_placement_that_breaks_off_is_taken_up_again(
    copied: bool, first: SampleFiles, second: SampleFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place_files(first, tmp_path)
    real_replace = Path.replace

    def replace_then_break_off(source: Path, target: Path) -> None:
        if target.name in NAMES:
            if copied:
                real_replace(source, target)
            raise KeyboardInterrupt
        real_replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace_then_break_off)
        with pytest.raises(KeyboardInterrupt):
            place_files(second, tmp_path)
    assert place_files(first, tmp_path) == []
    assert (tmp_path / NAMES[0]).read_bytes() == first.erp_customers.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([MANIFEST, *NAMES])


def test_prepare_reuses_what_it_generated(tmp_path: Path) -> None:
    files = prepare_landing(tmp_path, customers=10, seed=3)
    written = files.crm_users.stat().st_mtime_ns
    assert prepare_landing(tmp_path, customers=10, seed=3) == files
    assert files.crm_users.stat().st_mtime_ns == written
    assert [path.name for path in tmp_path.iterdir()] == [files.truth.parent.name]


@pytest.mark.parametrize("other", [{"customers": 11, "seed": 3}, {"customers": 10, "seed": 4}])
def test_prepare_generates_anew_for_other_arguments(other: dict[str, int], tmp_path: Path) -> None:
    files = prepare_landing(tmp_path, customers=10, seed=3)
    assert prepare_landing(tmp_path, **other).crm_users.read_bytes() != files.crm_users.read_bytes()


def test_prepare_generates_anew_with_another_generator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = prepare_landing(tmp_path, customers=10, seed=3)
    monkeypatch.setattr("customer_360.sample_sources.landing.GENERATOR_VERSION", 99)
    assert prepare_landing(tmp_path, customers=10, seed=3).truth.parent != files.truth.parent


def test_prepare_completes_a_folder_with_a_file_missing(tmp_path: Path) -> None:
    files = prepare_landing(tmp_path, customers=10, seed=3)
    before = files.truth.read_bytes()
    files.truth.unlink()
    assert prepare_landing(tmp_path, customers=10, seed=3).truth.read_bytes() == before


def test_a_prepared_sample_needs_no_mimesis(tmp_path: Path) -> None:
    prepare_landing(tmp_path, customers=5, seed=3)
    code = (
        "import sys; from pathlib import Path; from customer_360.sample_sources.landing import prepare_landing;"
        "prepare_landing(Path(sys.argv[1]), customers=5, seed=3); sys.exit('mimesis' in sys.modules)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], check=False, env=dict(os.environ)
        ).returncode
        == 0
    )
