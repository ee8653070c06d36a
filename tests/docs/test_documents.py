"""What the documents say that commands print is what they print today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.run_documents import Command, DocumentError, commands_of, comparable, run_page

PROJECT = Path(__file__).resolve().parents[2]
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
WITH_COMMANDS = [page for page in PAGES if "\n```console\n" in page.read_text(encoding="utf-8")]


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_a_page_says_what_is_printed_today(page: Path) -> None:
    _, differences = run_page(page.read_text(encoding="utf-8"))
    assert not differences, "\n\n".join([*differences, "python tools/run_documents.py --rewrite writes it"])


def test_commands_and_what_they_print_are_told_apart() -> None:
    block = "$ cat > a <<'END'\n> one\n>\n> two\n> END\n$ cat a\none\n> two\n"
    assert commands_of("console", block) == [
        Command("cat > a <<'END'\none\n\ntwo\nEND"),
        Command("cat a", ["one", "> two"]),
    ]
    assert "\n".join(command.as_written() for command in commands_of("console", block)) + "\n" == block


def test_a_block_that_does_not_begin_with_a_command_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"must begin with '\$ ' and a command"):
        commands_of("console", "printed\n")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-11-27 01:24  created", "2027-01-02 13:59  created"),
        ("finished in 8.1 s", "finished in 12 s"),
        ("name     4 rows  ", "name  4 rows"),
    ],
)
def test_what_varies_is_no_difference(one: str, other: str) -> None:
    assert comparable([one]) == comparable([other])
    assert comparable(["4 rows"]) != comparable(["5 rows"])


def test_a_page_is_run_in_order_in_a_copy_of_the_project() -> None:
    page = (
        "# T\n\n```sh\necho 1 > a\necho 2 >> a\n```\n\n```console\n$ cat a\n1\n3\n$ ls conf\nREADME.md\n```\n"
    )
    page += "\n```\n$ no\n```\n"
    text, differences = run_page(page)
    assert [difference.splitlines()[0] for difference in differences] == [
        "'cat a' prints",
        "'ls conf' prints",
    ]
    assert "$ cat a\n1\n2\n$ ls conf\n" in text
    assert "```sh\necho 1 > a\necho 2 >> a\n```" in text
    assert text.endswith("```\n$ no\n```\n")
    assert run_page(text) == (text, [])
    assert not (PROJECT / "a").exists()


def test_a_command_that_fails_stops_the_page() -> None:
    with pytest.raises(DocumentError, match="'ls not_there' ended with"):
        run_page("```console\n$ ls not_there\n```\n")
