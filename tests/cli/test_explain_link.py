"""`kedro explain-link`, over tables as the pipelines write them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from customer_360.cli.project import cli

LINKS = [
    {
        "left_source": "crm", "left_key": "1", "right_source": "support", "right_key": "t'1",
        "method": "match_weight", "match_weight": 12.3, "probability": 0.9998,
        "evidence": [
            {"comparison": "e-mail", "level": "equal", "weight": 9.8},
            {"comparison": "city", "level": "differs", "weight": -1.4},
        ],
    },
    {
        "left_source": "crm", "left_key": "1", "right_source": "erp", "right_key": "7",
        "method": "erp_customer_number", "match_weight": None, "probability": 1.0, "evidence": [],
    },
    {
        "left_source": "erp", "left_key": "7", "right_source": "support", "right_key": "t'1",
        "method": "match_weight", "match_weight": -0.2, "probability": 0.4655,
        "evidence": [{"comparison": "e-mail", "level": "same names", "weight": 3.0}],
        "joined_by": "pooled_evidence",
    },
]  # fmt: skip
REVIEW = [
    {
        "left_source": "crm", "left_key": "2", "right_source": "erp", "right_key": "7", "match_weight": -1.0,
        "probability": 0.3333, "evidence": [{"comparison": "city", "level": "equal", "weight": 2.0}],
    }
]  # fmt: skip
CROSSWALK = [
    {
        "customer_id": customer, "source": source, "source_key": key, "confidence": 1.0,
        "method": "post_author" if source == "marketing" else "m",
    }
    for customer, source, key in [
        ("C1", "crm", "1"),
        ("C1", "support", "t'1"),
        ("C1", "erp", "7"),
        ("C2", "crm", "2"),
        ("C1", "marketing", "5"),
    ]
]  # fmt: skip


def event(
    number: int, word: str, customer: str, other: str | None = None, key: str | None = None
) -> dict[str, Any]:
    return {
        "event_id": str(number), "sequence": number, "event": word, "run_id": "r",
        "run_time": datetime(2026, 3, number, tzinfo=UTC), "customer_id": customer, "other_customer_id": other,
        "source": key and "crm", "source_key": key, "other_source": None, "other_source_key": None,
        "reason": "because",
    }  # fmt: skip


EVENTS = [
    event(1, "created", "C1", key="1"),
    event(2, "absorbed", "C1", other="C3", key="3"),
    event(2, "merged", "C3", other="C1"),
]


@pytest.fixture(scope="module")
def lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import pyarrow as pa
    from deltalake import write_deltalake

    root = tmp_path_factory.mktemp("lakehouse")
    users = [{"source_key": "1", "given_name": "Emily", "email": "emily@x.io", "city": None}]
    tables = {
        "gold/identity_links": LINKS, "gold/customer_crosswalk": CROSSWALK, "gold/identity_events": EVENTS,
        "silver/crm_users": users, "silver/marketing_posts": [{"source_key": "5", "user_key": "1"}],
        "gold/identity_review": REVIEW,
    }  # fmt: skip
    for name, rows in tables.items():
        folder = root / "Tables" / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        write_deltalake(str(folder), pa.Table.from_pylist(rows))
    return root


def explain(project: Path, lakehouse: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.chdir(project)
    return CliRunner().invoke(cli, ["explain-link", *arguments, "--lakehouse", str(lakehouse)])


@pytest.fixture
def given(
    project: Path, lakehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path, pytest.MonkeyPatch]:
    return project, lakehouse, monkeypatch


def test_two_records(project: Path, lakehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = explain(project, lakehouse, monkeypatch, "support:t'1", "crm:1")
    assert result.exit_code == 0, result.output
    assert "crm:1 and support:t'1: e-mail equal +9.8, city differs -1.4: 99.98 %" in result.output
    assert "together" in result.output
    assert "Both belong to customer C1" in result.output
    assert "E••••" in result.output
    assert "Emily" not in result.output and "x.io" not in result.output


def test_values_are_shown_when_asked_for(
    project: Path, lakehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = explain(project, lakehouse, monkeypatch, "crm:1", "crm:2", "--show-values")
    assert result.exit_code == 0, result.output
    assert "There is no direct link between crm:1 and crm:2." in result.output
    assert "They belong to two customers: C1 and C2." in result.output
    assert "emily@x.io" in result.output
    monkeypatch.setattr("customer_360.cli.tables.shows_personal_values", lambda: True)  # as the setting says
    for option, shown in (([], True), (["--mask-values"], False)):
        output = explain(project, lakehouse, monkeypatch, "crm:1", "crm:2", *option).output
        assert ("emily@x.io" in output) == shown


def test_a_customer(project: Path, lakehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = explain(project, lakehouse, monkeypatch, "C1")
    assert result.exit_code == 0, result.output
    for words in (
        "Customer C1: 4 records", "crm:1 and erp:7: rule erp_customer_number: 100 %",
        "2026-03-01 00:00  created    crm:1 (because)", "2026-03-02 00:00  absorbed   crm:3 from C3 (because)",
        "2026-03-02 00:00  took over  C3 (because)",
    ):  # fmt: skip
        assert words in result.output


def test_a_link_by_a_rule_names_the_rule_and_the_value(
    given: tuple[Path, Path, pytest.MonkeyPatch],
) -> None:
    told = "crm:1 and marketing:5: rule post_author (user_key of marketing = source_key of crm = 1): 100 %"
    for what in (["crm:1", "marketing:5"], ["C1"]):
        assert told in explain(*given, *what).output


def test_a_link_that_would_not_do_by_itself_says_what_does(
    given: tuple[Path, Path, pytest.MonkeyPatch],
) -> None:
    told = (
        "This pair alone would not be linked. Its records are together because of what all their customer's "
        "records say: "
        "crm:1 and erp:7 100 %, crm:1 and support:t'1 99.98 %."
    )
    for what in (["erp:7", "support:t'1"], ["C1"]):
        result = explain(*given, *what)
        assert "erp:7 and support:t'1: e-mail same names +3.0: 46.55 %" in result.output
        assert result.output.count(told) == 1


def test_an_old_id(project: Path, lakehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = explain(project, lakehouse, monkeypatch, "C3")
    assert "Customer C3 is part of C1 now: kedro explain-link C1" in result.output
    assert "merged     into C1 (because)" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["C9"], "No customer has ever had the id C9"),
        (["crm:1", "shop:2"], "'shop:2' is not a record: write source:key, with one of the sources crm, erp"),
        (["crm:1", "crm"], "'crm' is not a record"),
        (["crm:1", "crm:1"], "two different records"),
        (["C1", "-o", "x.png"], "x.png: the name must end in .svg or .html"),
        (["C1", "-o", "nowhere/x.svg"], "there is no folder"),
    ],
)
def test_mistakes(
    project: Path, lakehouse: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    result = explain(project, lakehouse, monkeypatch, *arguments)
    assert result.exit_code == 1
    assert message in result.output


def test_a_pair_to_review(project: Path, lakehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = explain(project, lakehouse, monkeypatch, "crm:2", "erp:7")
    assert "There is no direct link between crm:2 and erp:7.\nIt is a pair to review:" in result.output
    assert "crm:2 and erp:7: city equal +2.0: 33.33 %" in result.output


@pytest.mark.parametrize(
    ("what", "name", "drawn"),
    [
        (["crm:1", "support:t'1"], "pair.svg", ["<svg ", "+9.8", "-1.4", "e-mail equal", "99.98 %"]),
        (
            ["C1"],
            "customer.html",
            [
                "<!doctype html>",
                "crm:1 and erp:7",
                "rule erp_customer_number",
                "+9.8",
                "joined by what all records of their customer say",
            ],
        ),
    ],
)
def test_a_picture(
    given: tuple[Path, Path, pytest.MonkeyPatch],
    tmp_path: Path,
    what: list[str],
    name: str,
    drawn: list[str],
) -> None:
    result = explain(*given, *what, "--output", str(tmp_path / name))
    assert result.output.endswith(f"Drawn: {tmp_path / name}\n")
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith(drawn[0]) and all(words in text for words in drawn)
    assert "Emily" not in text and "x.io" not in text, "a picture holds no values"


def test_nothing_to_draw(
    project: Path, lakehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = explain(project, lakehouse, monkeypatch, "crm:1", "crm:2", "-o", str(tmp_path / "x.svg"))
    assert "There is nothing to draw" in result.output and not list(tmp_path.iterdir())


def test_before_the_first_run(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = explain(project, tmp_path, monkeypatch, "C1")
    assert (result.exit_code, "kedro run writes it" in result.output) == (1, True)
