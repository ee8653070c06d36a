from __future__ import annotations

import pytest

from customer_360.onelake.address import LakehouseAddress, OneLakeError, read_address

A, B = "11111111-2222-3333-4444-555555555555", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
HOST = "onelake.dfs.fabric.microsoft.com"


@pytest.mark.parametrize(
    ("workspace", "lakehouse", "root"),
    [
        ("sales-dev", "customer_360", f"abfss://sales-dev@{HOST}/customer_360.Lakehouse"),
        ("sales-dev", "customer_360.Lakehouse", f"abfss://sales-dev@{HOST}/customer_360.Lakehouse"),
        (" sales-dev ", "customer_360\n", f"abfss://sales-dev@{HOST}/customer_360.Lakehouse"),
        (A, B, f"abfss://{A}@{HOST}/{B}"),
        (A.upper(), B, f"abfss://{A.upper()}@{HOST}/{B}"),
    ],
)
def test_names_or_guids_give_the_root(workspace: str, lakehouse: str, root: str) -> None:
    address = read_address({"ONELAKE_WORKSPACE": workspace, "ONELAKE_LAKEHOUSE": lakehouse}, {})
    assert address.root == root
    assert LakehouseAddress.from_url(root) == address


@pytest.mark.parametrize(
    ("workspace", "lakehouse", "words"),
    [
        (None, "customer_360", "ONELAKE_WORKSPACE not set"),
        ("sales", " ", "ONELAKE_LAKEHOUSE not set"),
        (None, None, "ONELAKE_WORKSPACE and ONELAKE_LAKEHOUSE not set"),
        ("Sales Team", "customer_360", "ONELAKE_WORKSPACE is 'Sales Team', with a space"),
        ("sales", "customer 360", "ONELAKE_LAKEHOUSE is 'customer 360', with a space"),
        ("sales", "a/b", "ONELAKE_LAKEHOUSE is 'a/b'"),
        ("sales@x", "lake", "ONELAKE_WORKSPACE is 'sales@x'"),
        (A, "customer_360", "two names or two GUIDs"),
        ("sales", B, "two names or two GUIDs"),
    ],
)
def test_what_cannot_work_is_refused(workspace: str | None, lakehouse: str | None, words: str) -> None:
    with pytest.raises(OneLakeError, match=words):
        LakehouseAddress.of(workspace, lakehouse, where="here")


def test_environment_variables_go_before_the_file() -> None:
    configured = {"workspace": "of-file", "lakehouse": "lake"}
    assert read_address({}, configured).workspace == "of-file"
    assert read_address({"ONELAKE_WORKSPACE": "mine"}, configured).root.startswith("abfss://mine@")


@pytest.mark.parametrize(
    "url",
    [
        f"abfss://{HOST}/lake.Lakehouse",
        f"abfss://ws@{HOST}",
        f"abfss://ws@{HOST}/l.Lakehouse/Tables",
        "abfss://",
    ],
)
def test_a_url_that_is_no_root_is_refused(url: str) -> None:
    with pytest.raises(OneLakeError, match="not the root of a lakehouse"):
        LakehouseAddress.from_url(url)
