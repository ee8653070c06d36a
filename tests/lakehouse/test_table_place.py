from __future__ import annotations

import pytest

from customer_360.lakehouse import split_table_folder, split_table_path, table_folder


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/lake/Tables/gold/customer_360", ("/lake", "gold/customer_360")),
        ("abfss://w@h/l.Lakehouse/Tables/silver/x/", ("abfss://w@h/l.Lakehouse", "silver/x")),
        ("/Tables/of/Tables/gold/x", ("/Tables/of", "gold/x")),
        ("/lake/Files/work/compared", None),
        ("/lake/Files/state/known_keys/x", None),
        ("/lake/Tables/dbo/gold/x", None),
    ],
)
def test_where_a_table_is(folder: str, expected: tuple[str, str] | None) -> None:
    assert split_table_path(folder) == expected


@pytest.mark.parametrize("root", ["/lake", "abfss://w@h/l.Lakehouse", "/Tables/of/x", "/Files/state/a/b"])
@pytest.mark.parametrize("name", ["gold/customer_360", "Files/state/known_keys/crm_users"])
def test_a_folder_is_taken_apart_as_it_was_made(root: str, name: str) -> None:
    assert split_table_folder(table_folder(root, name)) == (root, name)
    assert split_table_folder(f"{root}/Files/work/compared") is None
