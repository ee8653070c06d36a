"""Records with one bad value each, on their way from the text of a source to its silver rows, on any engine."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from sources.bronze_frames import SETTINGS, bronze

from customer_360.bronze.change_log import current_records
from customer_360.datasets.files import CsvFile, JsonArrayFile
from customer_360.datasets.staging import stage
from customer_360.sources import SOURCES

CRM = {
    "id": 1, "firstName": "Emily", "lastName": "Johnson", "maidenName": "Gray", "gender": "female",
    "email": "emily@example.org", "phone": "+1 212-555-0123", "birthDate": "1996-05-03",
    "address": {
        "address": "626 Main Street", "city": "Phoenix", "state": "Ohio", "postalCode": "29112",
        "coordinates": {"lat": -77.5, "lng": -92.25}, "country": "US",
    },
    "company": {"name": "Dooley", "department": "Sales", "title": "Manager"},
}  # fmt: skip
MARKETING = {
    "id": 7, "title": "Hello", "tags": ["history", "crime"], "views": 305, "userId": 121,
    "reactions": {"likes": 192, "dislikes": 25}, "createdAt": "2024-03-09",
}  # fmt: skip
ERP = {
    "cust_number": "12", "full_name": "Emily Johnson", "street": "626 Main Street", "city": "Phoenix",
    "postal_code": "29112", "lat_lng": "-77.5 : -92.25", "tax_id": "AB-12",
}  # fmt: skip

# Which silver columns are made of a field; an object's fields stand before it.
PLACE = ("street", "city", "region", "postal_code", "country_code", "latitude", "longitude")
WORK = ("company_name", "department", "job_title")
MADE_OF: dict[str, dict[str, tuple[str, ...]]] = {
    "crm": {
        "firstName": ("given_name", "full_name"), "lastName": ("family_name", "full_name"),
        "maidenName": ("maiden_name",), "gender": ("gender",), "email": ("email", "email_valid"),
        "phone": ("phone", "phone_valid"), "birthDate": ("birth_date",), "address.address": ("street",),
        "address.city": ("city",), "address.coordinates.lat": ("latitude", "longitude"),
        "address.coordinates": ("latitude", "longitude"), "address.country": ("country_code",), "address": PLACE,
        "company.name": ("company_name",), "company": WORK, "somethingElse": (),
    },
    "marketing": {
        "title": ("title",), "tags": ("tags",), "views": ("view_count",), "userId": ("user_key",),
        "reactions.likes": ("like_count",), "reactions": ("like_count", "dislike_count"),
        "createdAt": ("published_date",), "somethingElse": (),
    },
    "erp": {
        "full_name": ("full_name", "given_name", "family_name"), "street": ("street",), "city": ("city",),
        "postal_code": ("postal_code",), "lat_lng": ("latitude", "longitude"), "tax_id": ("tax_id",),
        "cust_number": ("customer_number",),
    },
}  # fmt: skip
RECORDS = {"crm": CRM, "marketing": MARKETING, "erp": ERP}
_HERE = "\ue000"

Case = tuple[str, str, bytes]  # source, dotted field, the value as its source writes it


def json_text(source: str, field: str, value: bytes, *, position: int) -> bytes:
    """A record as its API writes it, with this text for this field."""
    record = json.loads(json.dumps(RECORDS[source])) | {"id": position}
    *path, last = field.split(".")
    place = record
    for name in path:
        place = place[name]
    place[last] = _HERE
    before, _, after = json.dumps(record).partition(json.dumps(_HERE))
    return before.encode() + value + after.encode()


def csv_text(field: str, value: bytes) -> bytes:
    """A row as a system writes it, with this text, quoted, for this field."""
    fields = [text.encode() if name != field else value for name, text in ERP.items()]
    return b",".join(b'"' + text.replace(b'"', b'""') + b'"' for text in fields)


def payloads(source: str, cases: Sequence[Case], folder: Path) -> list[str]:
    """What bronze keeps of these records."""
    path = folder / f"{source}.txt"
    if source == "erp":
        header = ",".join(ERP).encode()
        path.write_bytes(b"\r\n".join([header, *[csv_text(field, value) for _, field, value in cases]]))
        records = CsvFile(path=str(path), columns=list(ERP)).records()
    else:
        texts = [json_text(source, field, value, position=n) for n, (_, field, value) in enumerate(cases)]
        path.write_bytes(b"[" + b",\n".join(texts) + b"]")
        records = JsonArrayFile(path=str(path)).records()
    staged = stage(records, str(folder / source), blocked_fields=())
    return [line for part in staged.paths for line in Path(part).read_text("ascii").splitlines()]


def silver(spark: SparkSession, cases: Sequence[Case]) -> list[list[Any]]:
    """Per case: its silver row (name -> value), what is malformed and what is unreadable; one query a source."""
    found: dict[str, list[Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for source in SOURCES:
            own = [case for case in cases if case[0] == source.name]
            if not own:
                continue
            lines = payloads(source.name, own, Path(folder))
            assert len(lines) == len(own)
            log = bronze(spark, [(str(position), line) for position, line in enumerate(lines)])
            typed = source.clean(current_records(log), SETTINGS)
            marks = ["raw.malformed", "raw.unreadable"]
            columns = [
                c for c in typed.columns if c not in ("raw", "payload", "run_id", "ingested_at", "source_key")
            ]
            values = F.struct(*columns).alias("silver")
            rows = typed.select(F.col("source_key").cast("int").alias("n"), values, *marks).collect()
            found[source.name] = [
                [
                    {name: _plain(value) for name, value in row.silver.asDict().items()},
                    row.malformed,
                    row.unreadable,
                ]
                for row in sorted(rows, key=lambda row: int(row.n))
            ]
    return [found[source].pop(0) for source, _, _ in cases]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


if __name__ == "__main__":  # python -m support.bad_values ENGINE < cases > rows: one engine in one process
    from customer_360.engine.session import start_engine, stop_engine

    given = [(source, field, bytes.fromhex(value)) for source, field, value in json.load(sys.stdin)]
    rows = silver(start_engine(sys.argv[1]), given)
    stop_engine()
    sys.stdout.write("\n" + json.dumps(rows))
