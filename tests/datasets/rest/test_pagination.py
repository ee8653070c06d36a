from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from customer_360.datasets.errors import IncompletePull, SourceError
from customer_360.datasets.rest.page_styles import Paging
from customer_360.datasets.rest.pagination import (
    Page,
    PageRequest,
    at_path,
    make_paginator,
    same_origin,
)

URL = "https://api.example.com/v1/users"
PAGING: TypeAdapter[Paging] = TypeAdapter(Paging)


def paginator(**config: Any) -> Any:
    return make_paginator(PAGING.validate_python(config))


def page(
    rows: int, *, received: int = 0, total: int | None = None, body: Any = None, link: str | None = None
) -> Page:
    return Page(body or {}, [{"id": n} for n in range(rows)], received, total, link)


@pytest.mark.parametrize(
    ("config", "first", "after", "second"),
    [
        (
            {"style": "offset", "page_size": 10},
            {"limit": "10", "skip": "0"},
            page(10),
            {"limit": "10", "skip": "10"},
        ),
        (
            {"style": "offset", "page_size": 10},
            {"limit": "10", "skip": "0"},
            page(7),
            {"limit": "10", "skip": "7"},
        ),
        (
            {"style": "offset", "page_size": 5, "limit_param": "top", "offset_param": "from"},
            {"top": "5", "from": "0"},
            page(5),
            {"top": "5", "from": "5"},
        ),
        (
            {"style": "page", "page_size": 10},
            {"page": "1", "per_page": "10"},
            page(10),
            {"page": "2", "per_page": "10"},
        ),
        (
            {"style": "page", "page_param": "p", "size_param": None, "first_page": 0},
            {"p": "0"},
            page(10),
            {"p": "1"},
        ),
        (
            {"style": "cursor", "page_size": 10, "cursor_path": "meta.next"},
            {"limit": "10"},
            page(10, body={"meta": {"next": "abc"}}),
            {"limit": "10", "cursor": "abc"},
        ),
        (
            {"style": "cursor", "size_param": None, "cursor_param": "after"},
            {},
            page(1, body={"next_cursor": 17}),
            {"after": "17"},
        ),
    ],
)
def test_requests_of_the_first_two_pages(
    config: dict[str, Any], first: dict[str, str], after: Page, second: dict[str, str]
) -> None:
    pages = paginator(**config)
    own = PageRequest(URL, {"select": "id"})
    assert pages.update_request(own) == PageRequest(URL, {"select": "id", **first})
    pages.update_state(after)
    assert pages.update_request(own) == PageRequest(URL, {"select": "id", **second})


@pytest.mark.parametrize(
    ("config", "came", "more"),
    [
        ({"style": "offset", "page_size": 10}, page(10, received=10, total=25), True),
        ({"style": "offset", "page_size": 10}, page(5, received=25, total=25), False),
        # a full page at the end: the total may be too low, so one more look
        ({"style": "offset", "page_size": 10}, page(10, received=20, total=20), True),
        ({"style": "offset", "page_size": 10}, page(0, received=20, total=20), False),
        ({"style": "offset", "page_size": 10}, page(0, received=0, total=0), False),
        # a server that ignores the limit sends all at once
        ({"style": "offset", "page_size": 10}, page(25, received=25, total=25), False),
        # without a total, a short page is no end: the server may cap its pages
        ({"style": "offset", "page_size": 10}, page(7, received=7), True),
        ({"style": "offset", "page_size": 10}, page(0, received=7), False),
        ({"style": "page", "page_size": 10}, page(10, received=10, total=25), True),
        ({"style": "page", "page_size": 10}, page(10, received=20, total=20), False),
        ({"style": "page", "page_size": 10}, page(7, received=7), True),
        ({"style": "page", "page_size": 10}, page(0, received=7), False),
        ({"style": "cursor"}, page(3, body={"next_cursor": "x"}), True),
        ({"style": "cursor"}, page(3, body={"next_cursor": 0}), True),
        ({"style": "cursor"}, page(3, body={"next_cursor": None}), False),
        ({"style": "cursor"}, page(3, body={"next_cursor": ""}), False),
        ({"style": "cursor"}, page(3, body={}), False),
        ({"style": "cursor", "cursor_path": "a.b"}, page(3, body={"a": [1]}), False),
        ({"style": "link"}, page(3, link="?page=2"), True),
        ({"style": "link"}, page(3), False),
        (
            {"style": "link", "next_path": "links.next"},
            page(3, body={"links": {"next": "/v1/users?page=2"}}),
            True,
        ),
        ({"style": "link", "next_path": "links.next"}, page(3, link="?page=2"), False),
    ],
)
def test_where_a_pull_ends(config: dict[str, Any], came: Page, more: bool) -> None:
    pages = paginator(**config)
    pages.update_request(PageRequest(URL))
    pages.update_state(came)
    assert pages.has_next_page is more


def test_a_link_is_followed_with_the_parameters_that_it_lacks() -> None:
    pages = paginator(style="link", page_size=10)
    own = PageRequest(URL, {"select": "id", "tenant": "7"})
    assert pages.update_request(own).params == {"select": "id", "tenant": "7", "per_page": "10"}
    pages.update_state(page(10, link="/v1/users?page=2&per_page=10&select=id"))
    assert pages.update_request(own) == PageRequest(
        "https://api.example.com/v1/users?page=2&per_page=10&select=id", {"tenant": "7"}
    )


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example.com/v1/users?page=2",
        "//evil.example.com/v1/users",
        "http://api.example.com/v1/users?page=2",  # would send the token in clear
        "https://api.example.com:8443/v1/users",
        "https://api.example.com@evil.example.com/v1/users",
        "file:///etc/passwd",
    ],
)
def test_a_link_to_another_place_is_refused(target: str) -> None:
    with pytest.raises(SourceError, match="leads elsewhere"):
        same_origin(URL, target, what="its link")


@pytest.mark.parametrize(
    ("target", "resolved"),
    [
        ("?page=2", f"{URL}?page=2"),
        ("/v2/users", "https://api.example.com/v2/users"),
        ("https://API.example.com:443/v1/users?page=2", "https://API.example.com:443/v1/users?page=2"),
    ],
)
def test_a_link_within_the_host_is_resolved(target: str, resolved: str) -> None:
    assert same_origin(URL, target, what="its link") == resolved


@pytest.mark.parametrize(
    ("config", "came"),
    [
        ({"style": "cursor"}, page(1, body={"next_cursor": "x"})),
        ({"style": "link"}, page(1, link="?page=1")),
    ],
)
def test_pages_in_a_circle_are_an_incomplete_pull(config: dict[str, Any], came: Page) -> None:
    pages = paginator(**config)
    pages.update_request(PageRequest(URL))
    pages.update_state(came)
    pages.update_request(PageRequest(URL))
    with pytest.raises(IncompletePull, match="circle"):
        pages.update_state(came)


@pytest.mark.parametrize("cursor", [True, 1.5, {"a": "value"}, ["value"]])
def test_a_cursor_of_another_kind_is_refused_without_showing_it(cursor: Any) -> None:
    with pytest.raises(SourceError, match="expected a cursor") as caught:
        paginator(style="cursor").update_state(page(1, body={"next_cursor": cursor}))
    assert "value" not in str(caught.value)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"style": "scroll"},
        {"style": "offset", "page_size": 0},
        {"style": "offset", "page_param": "page"},
        {"style": "page", "first_page": -1},
        {"style": "cursor", "cursor_path": ""},
    ],
)
def test_a_misspelt_configuration_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PAGING.validate_python(config)


@pytest.mark.parametrize(
    ("body", "path", "value"),
    [
        ({"a": {"b": 1}}, "a.b", 1),
        ({"a": [1]}, "a.b", None),
        ([1, 2], ".", [1, 2]),
        ([1, 2], "a", None),
        ({}, "a.b.c", None),
    ],
)
def test_at_path(body: Any, path: str, value: Any) -> None:
    assert at_path(body, path) == value
