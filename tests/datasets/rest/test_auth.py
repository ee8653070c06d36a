from __future__ import annotations

from typing import Any

import pytest
from kedro.io.core import DatasetError

from customer_360.datasets.rest.auth import auth_headers

SECRET = "s3cr3t-value"


@pytest.mark.parametrize(
    ("credentials", "headers"),
    [
        (None, {}),
        ({}, {}),
        ({"type": "bearer", "token": SECRET}, {"Authorization": f"Bearer {SECRET}"}),
        ({"type": "api_key", "key": SECRET}, {"X-Api-Key": SECRET}),
        ({"type": "api_key", "header": "Ocp-Key", "key": SECRET}, {"Ocp-Key": SECRET}),
        ({"type": "basic", "username": "u", "password": "p"}, {"Authorization": "Basic dTpw"}),
    ],
)
def test_headers_of_each_kind(credentials: dict[str, Any] | None, headers: dict[str, str]) -> None:
    assert auth_headers(credentials) == headers


@pytest.mark.parametrize(
    "credentials",
    [
        {"token": SECRET},
        {"type": SECRET, "token": SECRET},
        {"type": ["bearer"], "token": SECRET},
        {"type": "bearer", "key": SECRET},
        {"type": "bearer", "token": SECRET, "extra": SECRET},
        {"type": "bearer", "token": {"value": SECRET}},
        {"type": "bearer", "token": ""},
        {"type": "bearer", "token": f"{SECRET}\n"},
        {"type": "bearer", "token": f"{SECRET} "},
        {"type": "bearer", "token": f"{SECRET}…"},
        {"type": "api_key", "header": f"X: {SECRET}", "key": SECRET},
        {"type": "api_key", "key": ""},
        {"type": "basic", "username": "u"},
    ],
)
def test_other_forms_are_refused_without_showing_the_secret(credentials: dict[str, Any]) -> None:
    with pytest.raises(DatasetError, match="credentials of a REST source") as caught:
        auth_headers(credentials)
    assert SECRET not in str(caught.value)
