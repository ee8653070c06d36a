"""`make deploy DRY_RUN=1` without a tenant."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from support.runs import PROJECT


@pytest.fixture
def deploy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The tool, with a built package that is only named so."""
    specification = importlib.util.spec_from_file_location(
        "deploy_fabric", PROJECT / "tools" / "deploy_fabric.py"
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, "deploy_fabric", module)
    specification.loader.exec_module(module)
    monkeypatch.setattr(module, "DIST", tmp_path)
    monkeypatch.delenv("FABRIC_WORKSPACE", raising=False)
    (tmp_path / "customer_360-1.0-py3-none-any.whl").touch()
    (tmp_path / module.ARCHIVE).touch()
    yield module


def test_a_dry_run_shows_what_would_go_where(deploy: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert deploy.main(["--env", "prod", "--dry-run"]) == 0
    printed = capsys.readouterr()
    shown = printed.out
    assert printed.err == "", "what fabric-cicd says while it checks is for --verbose"
    assert len([line for line in shown.splitlines() if line]) < 20
    assert "environment prod -> workspace customer-360-prod" in shown
    for kind in deploy.TYPES:
        assert f"publish  {kind}" in shown
    assert "with customer_360-1.0-py3-none-any.whl" in shown
    assert "set      $.schedules[0].enabled to True" in shown
    assert "in run_customer_360.Notebook/notebook-content.py" in shown
    archive = "customer_360.Lakehouse/Files/customer_360/conf-customer_360.tar.gz"
    assert f"abfss://customer-360-prod@onelake.dfs.fabric.microsoft.com/{archive}" in shown
    assert "Nothing was published" in shown


@pytest.mark.parametrize(("arguments", "broken"), [(["--verbose"], False), ([], True)])
def test_what_fabric_cicd_says_is_shown_where_it_is_wanted_or_refuses(
    deploy: ModuleType, arguments: list[str], broken: bool, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    if broken:
        items = tmp_path / "items"
        shutil.copytree(deploy.ITEMS, items)
        (items / "parameter.yml").write_text("find_replace:\n  - find_value: x\n")
        deploy.ITEMS = items
    assert deploy.main(["--dry-run", *arguments]) == int(broken)
    said = capsys.readouterr().err
    assert said.partition("Nothing was published")[0].strip(), "not a word of fabric-cicd"


def test_another_workspace_can_be_named(
    deploy: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FABRIC_WORKSPACE", "mine")
    assert deploy.main(["--dry-run"]) == 0
    assert "environment dev -> workspace mine" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "remove", "words"),
    [
        (["--env", "moon"], "", "there is no environment 'moon'. fabric/targets.yml has: dev, test, prod"),
        (["--dry-run"], "customer_360-1.0-py3-none-any.whl", "Run: make package"),
    ],
)
def test_what_is_missing_is_said(
    deploy: ModuleType, arguments: list[str], remove: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if remove:
        (deploy.DIST / remove).unlink()
    assert deploy.main(arguments) == 1
    assert words in capsys.readouterr().err
