"""From a URL to an answer: DummyJSON's own paging, and three other styles over the same records, or changed ones."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from customer_360.sample_sources.faults import Faults
from customer_360.sample_sources.record_file import ChangedRecords, RecordFile

DEFAULT_LIMIT = 30
_FIRST_PAGE = 1

UPDATED_SINCE = "updated_since"

Query = Mapping[str, str]
_Records = RecordFile | ChangedRecords


class RequestError(Exception):
    """A request that gets an error status and a JSON message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass
class Response:
    """A response before it is sent."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def message(status: int, text: str, **headers: str) -> Response:
    """An answer that holds nothing but a message, as DummyJSON's errors do."""
    return Response(json.dumps({"message": text}).encode(), status, headers)


def resource_of(target: str, resources: Mapping[str, RecordFile]) -> str:
    """The resource that a request target names, or an empty string."""
    return next((part for part in urlsplit(target).path.split("/") if part in resources), "")


def respond(
    target: str, resources: Mapping[str, RecordFile], *, base_url: str, fault: Faults | None
) -> Response:
    """Answer a GET.

    Args:
        target: path and query of the request.
        resources: record file by resource name.
        base_url: the server's own address, for links.
        fault: what to do wrong with a page; the faults of the connection are not dealt with here.

    Raises:
        RequestError: the request is wrong (400) or asks for what does not exist (404).
    """
    url = urlsplit(target)
    query = {key: values[-1] for key, values in parse_qs(url.query, keep_blank_values=True).items()}
    match url.path.strip("/").split("/"):
        case [resource] if resource in resources:
            return _offset_page(resource, _asked_for(resources[resource], query), query, fault)
        case [("page" | "cursor" | "link") as style, resource] if resource in resources:
            records = _asked_for(resources[resource], query)
            return _STYLES[style](resource, records, query, fault, f"{base_url}{url.path}")
        case [resource, record_id] if resource in resources:
            return _one_record(resource, resources[resource], record_id, query)
    raise RequestError(404, f"{url.path} not found")


def _asked_for(records: RecordFile, query: Query) -> RecordFile | ChangedRecords:
    """All records, or those that changed since the time in ``updated_since``."""
    text = query.get(UPDATED_SINCE)
    if text is None:
        return records
    try:
        since = datetime.fromisoformat(text)
        return records.changed_since(since if since.tzinfo else since.replace(tzinfo=UTC))
    except ValueError:
        raise RequestError(
            400, f"Invalid '{UPDATED_SINCE}' - should be a time such as 2026-11-27T22:00:00Z"
        ) from None


def _offset_page(resource: str, records: _Records, query: Query, fault: Faults | None) -> Response:
    limit, skip = _number(query, "limit", DEFAULT_LIMIT), _number(query, "skip", 0)
    page = _page(records, skip, limit or len(records), query, fault)
    return _body(resource, page, fault, total=len(records), skip=skip, limit=len(page))


def _numbered_page(
    resource: str, records: _Records, query: Query, fault: Faults | None, _address: str
) -> Response:
    number, size = _page_request(query)
    page = _page(records, (number - 1) * size, size, query, fault)
    pages = -(-len(records) // size)
    return _body(resource, page, fault, page=number, per_page=size, total=len(records), total_pages=pages)


def _cursor_page(
    resource: str, records: _Records, query: Query, fault: Faults | None, _address: str
) -> Response:
    start, limit = (
        _decode_cursor(query.get("cursor", "")),
        _number(query, "limit", DEFAULT_LIMIT) or DEFAULT_LIMIT,
    )
    page = _page(records, start, limit, query, fault)
    following = start + limit
    return _body(resource, page, fault, next_cursor=_cursor(following) if following < len(records) else None)


def _linked_page(
    resource: str, records: _Records, query: Query, fault: Faults | None, address: str
) -> Response:
    number, size = _page_request(query)
    page = _page(records, (number - 1) * size, size, query, fault)
    last = max(_FIRST_PAGE, -(-len(records) // size))
    relations = {"next": number + 1, "last": last} if number < last else {"first": _FIRST_PAGE, "last": last}
    result = _body(resource, page, fault)
    result.headers["Link"] = ", ".join(
        f'<{address}?{urlencode({**query, "page": page_number, "per_page": size})}>; rel="{relation}"'
        for relation, page_number in relations.items()
    )
    return result


_STYLES: dict[str, Callable[[str, _Records, Query, Faults | None, str], Response]] = {
    "page": _numbered_page,
    "cursor": _cursor_page,
    "link": _linked_page,
}


def _one_record(resource: str, records: RecordFile, record_id: str, query: Query) -> Response:
    record = records.find(record_id)
    if record is None:
        raise RequestError(404, f"{resource.removesuffix('s').capitalize()} with id '{record_id}' not found")
    fields = _selected_fields(query)
    return Response(_encode(_subset(record, fields) if fields else record))


def _page(records: _Records, start: int, size: int, query: Query, fault: Faults | None) -> list[bytes]:
    if fault and fault.repeat_page:
        start = 0
    stop = start + size - (fault.short_page if fault else 0)
    lines = _lines(records, start, stop, fault)
    fields = _selected_fields(query)
    return [_encode(_subset(json.loads(line), fields)) for line in lines] if fields else lines


def _lines(records: _Records, start: int, stop: int, fault: Faults | None) -> list[bytes]:
    if fault and fault.lose is not None:
        before, after = min(max(fault.lose, start), stop), max(fault.lose, start) + 1
        return records.raw(start, before) + records.raw(after, max(after, stop + 1))
    lines = records.raw(start, stop)
    if fault and fault.hide is not None and start <= fault.hide < start + len(lines):
        lines = [*lines[: fault.hide - start], *records.raw(0, 1), *lines[fault.hide - start + 1 :]]
    return lines


def _body(resource: str, records: list[bytes], fault: Faults | None, /, **rest: Any) -> Response:
    if fault and "total" in rest:
        rest["total"] += fault.total_off_by - (fault.lose is not None)
    key = fault.records_key if fault and fault.records_key else resource
    tail = b"," + _encode(rest)[1:] if rest else b"}"
    return Response(b"{" + _encode(key) + b":[" + b",".join(records) + b"]" + tail)


def _selected_fields(query: Query) -> list[str]:
    """The fields asked for with ``select``; ``id`` always comes first."""
    return ["id", *query["select"].split(",")] if query.get("select") else []


def _subset(record: Any, fields: list[str]) -> dict[str, Any]:
    return {name: record[name] for name in fields if name in record} if isinstance(record, dict) else {}


def _number(query: Query, name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()):
        raise RequestError(400, f"Invalid '{name}' - should be a positive number")
    return int(text)


def _page_request(query: Query) -> tuple[int, int]:
    number, size = _number(query, "page", _FIRST_PAGE), _number(query, "per_page", DEFAULT_LIMIT)
    if number < _FIRST_PAGE or size < 1:
        raise RequestError(400, "Invalid 'page' or 'per_page' - should be 1 or more")
    return number, size


def _cursor(start: int) -> str:
    return base64.urlsafe_b64encode(f"start:{start}".encode()).decode()


def _decode_cursor(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor).decode("ascii")
        return int(text.removeprefix("start:"))
    except (binascii.Error, ValueError) as error:
        raise RequestError(400, "Invalid 'cursor' - take it from 'next_cursor' of the page before") from error


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
