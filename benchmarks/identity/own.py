"""The project's own sample systems (``customer_360.sample_sources``) as one file of persons from three sources.

CRM users, ERP customers and support tickets (nothing but an e-mail address) are records; posts are no persons. The
ERP's customer number, which is the CRM's key where it is right, is left out: a file of persons has no such column,
so this is the harder task of finding the same persons without it. Records that the flow puts into quarantine, and
tickets without an address, are left out too.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.identity.files import write_dataset
from customer_360.sample_sources.files import ERP_COLUMNS, SampleFiles
from customer_360.sample_sources.generator import generate

OWN = {"own_200": 200, "own_2k": 2_000, "own_20k": 20_000, "own_20k_customers": 20_000}
_Row = dict[str, Any]


def write_own(folder: Path, name: str, *, seed: int = 360) -> None:
    """Write one of ``OWN``; the four systems stay beside it, in ``<name>.systems``. ``customers``: no tickets."""
    files = generate(folder / f"{name}.systems", customers=OWN[name], seed=seed)
    records = own_records(files)
    write_dataset(folder, name, records[records["source"] != "support"] if "customers" in name else records)


def own_records(files: SampleFiles) -> pd.DataFrame:
    """Records of the three sources with the person whom the generator meant."""
    truth = pd.read_csv(files.truth, dtype="string", keep_default_na=False)
    persons = dict(
        zip(zip(truth["source"], truth["position"].astype(int), strict=True), truth["person_id"], strict=True)
    )
    readers = {"crm": _crm, "erp": _erp, "support": _support}
    rows = [
        {**row, "source": source, "person": persons[source, position]}
        for source, read in readers.items()
        for position, row in read(getattr(files, _FILE[source]))
    ]
    return pd.DataFrame(rows)


_FILE = {"crm": "crm_users", "erp": "erp_customers", "support": "support_tickets"}


def _crm(path: Path) -> Iterator[tuple[int, _Row]]:
    with path.open(encoding="utf-8") as lines:
        for position, line in enumerate(lines, start=1):
            user = json.loads(line)
            if isinstance(user, dict):
                yield position, _user(user)


def _user(user: _Row) -> _Row:
    address = user.get("address") or {}
    return {
        "given_name": user.get("firstName"),
        "family_name": user.get("lastName"),
        "birth_date": user.get("birthDate"),
        "sex": user.get("gender"),
        "email": user.get("email"),
        "phone": user.get("phone"),
        "street": address.get("address"),
        "city": address.get("city"),
        "postal_code": address.get("postalCode"),
        "region": address.get("state"),
        "country": address.get("country"),
    }


def _erp(path: Path) -> Iterator[tuple[int, _Row]]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        for position, row in enumerate(rows, start=1):
            if len(row) == len(ERP_COLUMNS):
                fields = dict(zip(ERP_COLUMNS, row, strict=True))
                kept = {name: fields[name] for name in ("full_name", "street", "city", "postal_code")}
                yield position, {**kept, "national_id": fields["tax_id"]}


def _support(path: Path) -> Iterator[tuple[int, _Row]]:
    for position, ticket in enumerate(json.loads(path.read_text(encoding="utf-8")), start=1):
        if isinstance(ticket, dict) and (ticket.get("email") or "").strip():
            yield position, {"email": ticket["email"]}
