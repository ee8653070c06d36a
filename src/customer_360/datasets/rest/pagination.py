"""One paginator per protocol by which an API hands out its records page by page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from customer_360.datasets.errors import IncompletePull, SourceError, public_url
from customer_360.datasets.rest.page_styles import (
    CursorPaging,
    LinkPaging,
    OffsetPaging,
    PageNumberPaging,
    Paging,
)


@dataclass(frozen=True)
class PageRequest:
    """What to ask for: a URL and its query parameters."""

    url: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """What came: the body, its records, and how far the pull is with them."""

    body: Any
    records: list[Any]
    received: int  # with this page's records
    total: int | None = None
    next_link: str | None = None  # of the Link header


class Paginator(ABC):
    """Keeps the place in a pull: writes it into requests, and moves on with each page."""

    has_next_page: bool = True

    @abstractmethod
    def update_request(self, request: PageRequest) -> PageRequest:
        """``request`` with the parameters of the page that is next."""

    @abstractmethod
    def update_state(self, page: Page) -> None:
        """Move past ``page`` and find out whether there is another one.

        Raises:
            SourceError: the answer does not say where to go on, or leads in a circle.
        """


class OffsetPaginator(Paginator):
    """Goes on by the number of records that came, so a server may send fewer than it was asked for."""

    def __init__(self, paging: OffsetPaging) -> None:
        self._paging = paging
        self._offset = 0

    def update_request(self, request: PageRequest) -> PageRequest:
        paging = self._paging
        return _with(request, {paging.limit_param: paging.page_size, paging.offset_param: self._offset})

    def update_state(self, page: Page) -> None:
        self._offset += len(page.records)
        # A full page at the announced end is followed by one more request, which must come back empty:
        # a total that is too low would go unnoticed when it is a multiple of the page size.
        is_full = len(page.records) == self._paging.page_size
        self.has_next_page = _short_of_total(page) or (page.total is not None and is_full)


class PageNumberPaginator(Paginator):
    """Counts pages. There is no request beyond the announced end: many such APIs answer it with 404."""

    def __init__(self, paging: PageNumberPaging) -> None:
        self._paging = paging
        self._page = paging.first_page

    def update_request(self, request: PageRequest) -> PageRequest:
        paging = self._paging
        return _with(request, {paging.page_param: self._page, paging.size_param: paging.page_size})

    def update_state(self, page: Page) -> None:
        self._page += 1
        self.has_next_page = _short_of_total(page)


class CursorPaginator(Paginator):
    """Sends back the cursor that the last page held; none means the end."""

    def __init__(self, paging: CursorPaging) -> None:
        self._paging = paging
        self._cursor: str | None = None
        self._seen: set[str] = set()

    def update_request(self, request: PageRequest) -> PageRequest:
        paging = self._paging
        return _with(request, {paging.size_param: paging.page_size, paging.cursor_param: self._cursor})

    def update_state(self, page: Page) -> None:
        path = self._paging.cursor_path
        cursor = at_path(page.body, path)
        if isinstance(cursor, bool) or not isinstance(cursor, str | int | None):
            raise SourceError(f"expected a cursor (text or whole number) at '{path}', got {kind(cursor)}")
        self.has_next_page = cursor is not None and cursor != ""
        if self.has_next_page:
            self._cursor = str(cursor)
            _remember(self._cursor, self._seen, "cursor")


class LinkPaginator(Paginator):
    """Follows links, within the API's own host only: the credentials travel with every request."""

    def __init__(self, paging: LinkPaging) -> None:
        self._paging = paging
        self._next: str | None = None
        self._current: str | None = None
        self._seen: set[str] = set()

    def update_request(self, request: PageRequest) -> PageRequest:
        self._current = self._next or request.url
        if self._next is None:
            return _with(request, {self._paging.size_param: self._paging.page_size})
        in_link = {name for name, _ in parse_qsl(urlsplit(self._next).query, keep_blank_values=True)}
        own = {name: value for name, value in request.params.items() if name not in in_link}
        return PageRequest(self._next, own)

    def update_state(self, page: Page) -> None:
        path = self._paging.next_path
        link = page.next_link if path is None else at_path(page.body, path)
        self.has_next_page = link is not None and link != ""
        if not self.has_next_page:
            return
        if not isinstance(link, str):
            raise SourceError(f"expected the URL of the next page at '{path}', got {kind(link)}")
        self._next = same_origin(self._current or "", link, what="its link to the next page")
        _remember(self._next, self._seen, "link")


def make_paginator(paging: Paging) -> Paginator:
    """Return a fresh paginator for one pull."""
    if isinstance(paging, OffsetPaging):
        return OffsetPaginator(paging)
    if isinstance(paging, PageNumberPaging):
        return PageNumberPaginator(paging)
    if isinstance(paging, CursorPaging):
        return CursorPaginator(paging)
    return LinkPaginator(paging)


def at_path(body: Any, path: str) -> Any:
    """Value at a dotted path of nested objects, or None. The path ``.`` is the body itself."""
    if path == ".":
        return body
    for name in path.split("."):
        body = body.get(name) if isinstance(body, dict) else None
    return body


def has_path(body: Any, path: str) -> bool:
    """Whether there is a value at a dotted path, be it null."""
    above, _, name = path.rpartition(".")
    holder = at_path(body, above) if above else body
    return path == "." or (isinstance(holder, dict) and name in holder)


def same_origin(url: str, target: str, *, what: str) -> str:
    """Resolve ``target`` against ``url``.

    Raises:
        SourceError: it leads to another scheme, host or port; following it would hand over the credentials.
    """
    try:
        resolved = urljoin(url, target)
        place = _origin(resolved)
    except ValueError:
        raise SourceError(f"{what} does not lead to a URL, and was not followed") from None
    if place != _origin(url):
        raise SourceError(
            f"{what} leads elsewhere, to {place}, and was not followed: the credentials "
            f"are for {_origin(url)} only. If that place is right, make it the base_url"
        )
    return resolved


def kind(value: Any) -> str:
    """What sort of JSON value this is, in words; never the value."""
    if value is None:
        return "nothing"
    names = {dict: "an object", list: "an array", str: "text", bool: "true or false", int: "a number"}
    return names.get(type(value), "a number")


def _origin(url: str) -> str:
    parts = urlsplit(public_url(url))
    try:
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        port = None
    return f"{parts.scheme}://{parts.hostname or ''}:{port}"


def _short_of_total(page: Page) -> bool:
    """Without a total only an empty page is the end: a server may cap the page size below ours."""
    return bool(page.records) if page.total is None else page.received < page.total


def _remember(place: str, seen: set[str], what: str) -> None:
    if place in seen:
        raise IncompletePull(
            f"the {what} of the next page came a second time: the pages go round in a circle"
        )
    seen.add(place)


def _with(request: PageRequest, params: Mapping[str | None, Any]) -> PageRequest:
    """``request`` with these parameters; a name or a value of None means that there is none."""
    added = {name: str(value) for name, value in params.items() if name is not None and value is not None}
    return replace(request, params={**request.params, **added})
