"""Pulls all records of one REST resource, page by page, and makes sure that all of them came."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from customer_360.datasets.errors import IncompletePull, SourceError
from customer_360.datasets.rest.fields import FieldFilter
from customer_360.datasets.rest.pagination import Page, PageRequest, Paging, at_path, kind, make_paginator
from customer_360.datasets.rest.session import Answer, JsonSession, Retries, Timeouts

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_NAMES_SHOWN = 10


class RestResource(BaseModel):
    """One resource of one API and the way to read it. All there is to configure, but the credentials."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str
    resource: Annotated[str, Field(min_length=1)]
    pagination: Paging
    records_key: str | None = None
    total_key: str | None = "total"
    fields: tuple[str, ...] = ()
    select_param: str | None = "select"
    params: Mapping[str, str | int | float | bool] = Field(default_factory=dict)
    headers: Mapping[str, str] = Field(default_factory=dict)
    timeouts: Timeouts = Timeouts()
    retries: Retries = Retries()

    @field_validator("base_url")
    @classmethod
    def _is_plain_http(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            raise ValueError("this is not a URL; expected for example https://dummyjson.com") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("expected an http:// or https:// URL, for example https://dummyjson.com")
        if "@" in parts.netloc:
            raise ValueError("user name and password do not belong into a URL; give them as credentials")
        if parts.query or parts.fragment:
            raise ValueError("expected a URL without ? and #; give query parameters as params")
        return value.rstrip("/")

    @field_validator("resource")
    @classmethod
    def _is_path(cls, value: str) -> str:
        if "://" in value or any(character in value for character in "?# \t\r\n") or not value.strip("/"):
            raise ValueError("expected a path such as users or v2/users; query parameters go to params")
        return value.strip("/")

    @field_validator("headers")
    @classmethod
    def _has_no_secret(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        if any(name.casefold() in ("authorization", "cookie", "proxy-authorization") for name in value):
            raise ValueError("Authorization and Cookie are secrets; give them as credentials")
        return value

    @property
    def url(self) -> str:
        """Address of the resource, without query: the name of the source in errors and tables."""
        return f"{self.base_url}/{self.resource}"

    @property
    def records_path(self) -> str:
        """Where a body holds its records: ``records_key``, or else the last part of the resource's path."""
        return self.records_key or self.resource.rpartition("/")[2]


class RestClient:
    """Reads a :class:`RestResource`. One page is in memory at a time."""

    def __init__(
        self,
        resource: RestResource,
        *,
        auth_headers: Mapping[str, str] | None = None,
        progress: Callable[[int, int | None], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Create the client; nothing is requested yet.

        Args:
            resource: what to read, and how.
            auth_headers: headers with the credentials.
            progress: called after each page with the records received so far and the total (None: unknown).
            sleep: how to wait between attempts.
        """
        self._resource = resource
        self._auth_headers = dict(auth_headers or {})
        self._progress = progress
        self._sleep = sleep
        self._fields = FieldFilter(resource.fields)

    def records(self) -> Iterator[object]:
        """Yield every record once, in the API's order, with the configured fields only.

        Only when the iterator ends by itself has the whole resource been read.

        Raises:
            IncompletePull: more, fewer or other records than announced, or pages that repeat.
            SourceError: the API refuses, keeps failing, or answers in another form than configured.
        """
        resource = self._resource
        paginator = make_paginator(resource.pagination)
        count = _Count()
        first = PageRequest(resource.url, self._params())
        with self._session() as session:
            while paginator.has_next_page:
                with self._named():
                    page = self._page(session.get(paginator.update_request(first)), count)
                    paginator.update_state(page)
                if self._progress is not None:
                    self._progress(page.received, page.total)
                for record in page.records:
                    yield self._fields.keep(record)
        with self._named():
            count.check_complete()

    def _session(self) -> JsonSession:
        resource = self._resource
        return JsonSession(
            url=resource.url,
            headers=resource.headers,
            auth_headers=self._auth_headers,
            timeouts=resource.timeouts,
            retries=resource.retries,
            sleep=self._sleep,
        )

    def _params(self) -> dict[str, str]:
        params = {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in self._resource.params.items()
        }
        if self._resource.fields and self._resource.select_param:
            params[self._resource.select_param] = ",".join(self._fields.top_level)
        return params

    def _page(self, answer: Answer, count: _Count) -> Page:
        records, total = self._records_of(answer.body), self._total_of(answer.body)
        count.add(records, total)
        return Page(answer.body, records, count.received, total, answer.next_link)

    def _records_of(self, body: Any) -> list[Any]:
        path = self._resource.records_path
        if path != "." and not isinstance(body, dict):
            raise SourceError(f"expected a JSON object with the records under '{path}', got {kind(body)}")
        records = at_path(body, path)
        if not isinstance(records, list):
            found = f"; the answer has: {_names(body)}" if isinstance(body, dict) else ""
            raise SourceError(
                f"expected an array of records at '{path}' (records_key), got {kind(records)}{found}"
            )
        return records

    def _total_of(self, body: Any) -> int | None:
        path = self._resource.total_key
        if path is None:
            return None
        total = at_path(body, path)
        if not isinstance(total, int) or isinstance(total, bool) or total < 0:
            raise SourceError(
                f"expected the number of all records at '{path}' (total_key), got "
                f"{'a number below 0' if isinstance(total, int | float) and total < 0 else kind(total)}. "
                "An API that announces no total needs total_key: null"
            )
        return total

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Put the source's address before what went wrong."""
        try:
            yield
        except SourceError as error:
            failure = type(error)(f"{self._resource.url}: {error}. Nothing of this pull was kept.")
        else:
            return
        raise failure


class _Count:
    """What has come so far, against what was announced."""

    def __init__(self) -> None:
        self.received = 0
        self._total: int | None = None
        self._pages: set[bytes] = set()

    def add(self, records: list[Any], total: int | None) -> None:
        """Count a page in.

        Raises:
            IncompletePull: it shows that the pull cannot come out complete.
        """
        if total is not None and self._total is not None and total != self._total:
            raise IncompletePull(
                f"the total changed from {self._total:,} to {total:,} after {self.received:,} records: "
                "the source changed while it was being read. Run again"
            )
        self._total = total
        if not records:
            if total is not None and self.received < total:
                raise IncompletePull(f"expected {total:,} records, got {self.received:,}, then an empty page")
            return
        digest = hashlib.blake2b(json.dumps(records).encode(), digest_size=16).digest()
        if digest in self._pages:
            raise IncompletePull(
                f"the same page came twice, after {self.received:,} records; "
                "check that the API knows the configured paging parameters"
            )
        self._pages.add(digest)
        self.received += len(records)
        if total is not None and self.received > total:
            raise IncompletePull(f"expected {total:,} records, got {self.received:,} or more")

    def check_complete(self) -> None:
        """Raise IncompletePull unless as many records came as were announced."""
        if self._total is not None and self.received != self._total:
            raise IncompletePull(f"expected {self._total:,} records, got {self.received:,}")


def _names(body: dict[str, Any]) -> str:
    """Names of a body's fields, as far as they look like names and not like data."""
    names = [name for name in body if _PLAIN_NAME.fullmatch(name)]
    return ", ".join(names[:_NAMES_SHOWN]) or "no plain field names"
