"""Whether the pages of a pull are the whole source: judged by distinct records, not by their number."""

from __future__ import annotations

import hashlib
import json
import marshal
from typing import Any

from customer_360.datasets.errors import IncompletePull
from customer_360.datasets.rest.pagination import at_path

_WITHOUT_REFERENCES = 2  # version of the format in which equal values have equal bytes


class Tally:
    """What has come so far, against what was announced.

    A source that is sorted by something that is not unique, or that changes between two pages, can show one
    record twice and hide another: the number of records is right all the same. So records are remembered (eight
    bytes of a digest each), and one that comes twice makes the pull incomplete; also where it comes in another
    version the second time.

    Attributes:
        received: records so far.
        total: what the last page announced, None if nothing was.
    """

    def __init__(self, *, key_field: str | None = None, unique: bool = True) -> None:
        """Begin a pull.

        Args:
            key_field: field that tells records apart (dots go deeper). Without it, or where it is blank, the whole
                record does.
            unique: no record comes twice.
        """
        self.received = 0
        self.total: int | None = None
        self._key_field = key_field
        self._unique = unique
        self._pages: set[bytes] = set()
        self._seen: set[int] = set()
        self._incomparable = 0

    def add(self, records: list[Any], total: int | None) -> None:
        """Count a page in.

        Raises:
            IncompletePull: it shows that the pull cannot come out complete.
        """
        if total is not None and self.total is not None and total != self.total:
            raise IncompletePull(
                f"the total changed from {self.total:,} to {total:,} after {self.received:,} records: "
                "the source changed while it was being read. Run again"
            )
        if total is not None:
            self.total = total
        if not records:
            if self.total is not None and self.received < self.total:
                raise IncompletePull(
                    f"expected {self.total:,} records, got {self.received:,}, then an empty page"
                )
            return
        digest = self._digest_of_page(records)
        if digest in self._pages:
            raise IncompletePull(
                f"the same page came twice, after {self.received:,} records; "
                "check that the API knows the configured paging parameters"
            )
        self._pages.add(digest)
        self.received += len(records)
        if self.total is not None and self.received > self.total:
            raise IncompletePull(f"expected {self.total:,} records, got {self.received:,} or more")
        if self._unique:
            self._check_distinct(records)

    def check_complete(self) -> None:
        """Raise IncompletePull unless as many records came as were announced."""
        if self.total is not None and self.received != self.total:
            raise IncompletePull(f"expected {self.total:,} records, got {self.received:,}")

    def _check_distinct(self, records: list[Any]) -> None:
        before = len(self._seen)
        self._seen.update(self._mark(record) for record in records)
        repeated = len(records) - (len(self._seen) - before)
        if not repeated:
            return
        if self._key_field is None:
            what, otherwise = (
                "the same content",
                "key_field: its unique field, or unique_records: false if it may be",
            )
        else:
            what, otherwise = (
                f"the same '{self._key_field}'",
                "unique_records: false if that field is not unique",
            )
        raise IncompletePull(
            f"{repeated:,} of {self.received:,} records came a second time ({what}), so others may not have come at "
            "all: the source changed, or changed its order, between two pages. Have it sorted by a unique field "
            f"(params), or take bigger pages (pagination.page_size); or set {otherwise}"
        )

    def _mark(self, record: Any) -> int:
        """A number for a record that hardly any two share: a pull of ten million collides once in 300,000."""
        name = self._key_field
        key = record.get(name, at_path(record, name)) if name and isinstance(record, dict) else None
        text = key.strip(" ") if isinstance(key, str) else "" if key is None else self._text(key)
        return int.from_bytes(_digest(f"key {text}" if text else self._text(record), size=8), "big")

    def _digest_of_page(self, records: list[Any]) -> bytes:
        try:
            content = marshal.dumps(records, _WITHOUT_REFERENCES)
        except ValueError:  # a value that is no plain one
            content = "".join(map(self._text, records)).encode(errors="surrogatepass")
        return hashlib.blake2b(content, digest_size=16).digest()

    def _text(self, value: Any) -> str:
        try:
            return json.dumps(value, sort_keys=True, default=repr)
        except (ValueError, RecursionError):  # numbers of thousands of digits, deep nesting: not compared
            self._incomparable += 1
            return f"incomparable {self._incomparable}"


def _digest(text: str, *, size: int) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=size).digest()
