from __future__ import annotations

import pytest

from customer_360.datasets.errors import public_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://host/users", "https://host/users"),
        ("https://user:s3cret@host:8443/users?key=s3cret#s3cret", "https://host:8443/users"),
        ("https://s3cret@host/users", "https://host/users"),
        ("abfss://ws@onelake.dfs.fabric.microsoft.com/x.Lakehouse/Files?sig=s3cret",
         "abfss://ws@onelake.dfs.fabric.microsoft.com/x.Lakehouse/Files"),
        ("abfss://user:s3cret@account/x", "abfss://account/x"),
        ("sftp://user:s3cret@host/x.csv", "sftp://host/x.csv"),
        ("memory://a/b", "memory://a/b"),
        ("data/landing/a b#1.csv", "data/landing/a b#1.csv"),
        ("/data/landing/what?.csv", "/data/landing/what?.csv"),
    ],
)  # fmt: skip
def test_public_url(url: str, shown: str) -> None:
    assert public_url(url) == shown
