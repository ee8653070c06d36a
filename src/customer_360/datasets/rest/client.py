"""Pulls all records of one REST resource, page by page, and makes sure that all of them came."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from customer_360.datasets.errors import SourceError
from customer_360.datasets.field_filter import FieldFilter
from customer_360.datasets.rest.ahead import OneAhead
from customer_360.datasets.rest.body import python_codec
from customer_360.datasets.rest.completeness import Tally
from customer_360.datasets.rest.limits import MAX_RESPONSE_BYTES, ResponseBytes, Retries, Timeouts
from customer_360.datasets.rest.page_styles import Paging
from customer_360.datasets.rest.pagination import (
    Page,
    PageRequest,
    at_path,
    has_path,
    kind,
    make_paginator,
)
from customer_360.datasets.rest.session import Answer, JsonSession

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_NAMES_SHOWN = 10
_ERROR_NAMES = frozenset({"error", "errors", "error_description", "message", "detail", "fault"})


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
    key_field: Annotated[str, Field(min_length=1)] | None = None
    unique_records: bool = True
    encoding: str | None = None
    timeouts: Timeouts = Timeouts()
    retries: Retries = Retries()
    max_response_bytes: ResponseBytes = MAX_RESPONSE_BYTES

    @field_validator("base_url")
    @classmethod
    def _is_plain_http(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            raise ValueError("this is not a URL; expected for example https://crm.example.org") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("expected an http:// or https:// URL, for example https://crm.example.org")
        if "@" in parts.netloc:
            raise ValueError("user name and password do not belong in a URL; give them as credentials")
        if parts.query or parts.fragment:
            raise ValueError("expected a URL without ? and #; give query parameters as params")
        return value.rstrip("/")

    @field_validator("resource")
    @classmethod
    def _is_path(cls, value: str) -> str:
        if "://" in value or any(character in value for character in "?# \t\r\n") or not value.strip("/"):
            raise ValueError("expected a path such as users or v2/users; query parameters go in params")
        return value.strip("/")

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, value: str | None) -> str | None:
        if value is not None and python_codec(value) is None:
            raise ValueError("this is not an encoding; expected for example windows-1252")
        return value

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
    """Reads a :class:`RestResource`. One page is in memory at a time, and the next one is on its way."""

    def __init__(
        self,
        resource: RestResource,
        *,
        auth_headers: Mapping[str, str] | None = None,
        progress: Callable[[int, int | None], None] | None = None,
        keep: Callable[[object], object] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is requested yet.

        Args:
            resource: what to read, and how.
            auth_headers: headers with the credentials.
            progress: called after each page with the records received so far and the total (None: unknown).
            keep: what remains of a record (None: its configured fields).
            sleep: how to wait between attempts.
            clock: seconds from some point, for time-outs.
        """
        self._resource = resource
        self._auth_headers = dict(auth_headers or {})
        self._progress = progress
        self._sleep, self._clock = sleep, clock
        self._fields = FieldFilter(resource.fields)
        self._keep = keep or self._fields.keep

    def records(self) -> Iterator[object]:
        """Yield every record once, in the API's order: all of them have come only when the iterator ends by itself.

        Raises:
            IncompletePull: more, fewer or other records than announced, or pages or records that repeat.
            SourceError: the API refuses, keeps failing, or answers in another form than configured.
        """
        resource = self._resource
        paginator = make_paginator(resource.pagination)
        tally = Tally(key_field=resource.key_field, unique=resource.unique_records)
        first = PageRequest(resource.url, self._params())
        with self._session() as session, OneAhead(session) as ahead:
            ahead.ask(paginator.update_request(first))
            while paginator.has_next_page:
                with self._named():
                    page = self._page(ahead.answer(), tally)
                    paginator.update_state(page)
                if paginator.has_next_page:
                    ahead.ask(paginator.update_request(first))
                if self._progress is not None:
                    self._progress(page.received, page.total)
                for record in page.records:
                    yield self._keep(record)
        with self._named():
            tally.check_complete()

    def _session(self) -> JsonSession:
        resource = self._resource
        return JsonSession(
            url=resource.url,
            headers=resource.headers,
            auth_headers=self._auth_headers,
            timeouts=resource.timeouts,
            retries=resource.retries,
            max_response_bytes=resource.max_response_bytes,
            encoding=resource.encoding,
            sleep=self._sleep,
            clock=self._clock,
        )

    def _params(self) -> dict[str, str]:
        params = {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in self._resource.params.items()
        }
        if self._resource.fields and self._resource.select_param:
            params[self._resource.select_param] = ",".join(self._fields.top_level)
        return params

    def _page(self, answer: Answer, tally: Tally) -> Page:
        if answer.is_empty:
            records, total = [], None
        else:
            self._check_form(answer)
            total = self._total_of(answer, tally)
            records = self._records_of(answer, announced=total, received=tally.received)
        tally.add(records, total)
        return Page(answer.body, records, tally.received, tally.total, answer.next_link)

    def _check_form(self, answer: Answer) -> None:
        path, body = self._resource.records_path, answer.body
        if path != "." and not isinstance(body, dict):
            expected = f"expected a JSON object with the records under '{path}' (records_key)"
            raise SourceError(f"{expected}, got {kind(body)}; answered {answer.described}")

    def _records_of(self, answer: Answer, *, announced: int | None, received: int) -> list[Any]:
        path, body = self._resource.records_path, answer.body
        records = at_path(body, path)
        if isinstance(records, list):
            return records
        if records is None and announced is not None and received >= announced:
            return []  # null, or left out, where nothing more was announced
        if records is None and self._resource.total_key is None and has_path(body, path):
            return []
        raise SourceError(
            f"expected an array of records at '{path}' (records_key), got {kind(records)}{_found(body)}; "
            f"answered {answer.described}"
        )

    def _total_of(self, answer: Answer, tally: Tally) -> int | None:
        path, body = self._resource.total_key, answer.body
        if path is None:
            return None
        total = at_path(body, path)
        if isinstance(total, int) and not isinstance(total, bool) and total >= 0:
            return total
        if total is None and at_path(body, self._resource.records_path) == []:
            return tally.total  # many servers leave out a number that is 0
        raise SourceError(
            f"expected the number of all records at '{path}' (total_key), got "
            f"{'a number below 0' if isinstance(total, int | float) and total < 0 else kind(total)}"
            f"{_found(body)}; answered {answer.described}. An API that announces no total needs total_key: null"
        )

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


def _found(body: Any) -> str:
    """Names of a body's fields, as far as they look like names and not like data."""
    if not isinstance(body, dict):
        return ""
    names = [name for name in body if _PLAIN_NAME.fullmatch(name)]
    said = f"; the answer has: {', '.join(names[:_NAMES_SHOWN]) or 'no plain field names'}"
    if _ERROR_NAMES.intersection(name.casefold() for name in names):
        said += ", so it may be an error: check the dataset's credentials and params"
    return said
