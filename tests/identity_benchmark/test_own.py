from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.identity.own import own_records
from customer_360.sample_sources.generator import generate


def test_records_are_those_of_the_systems_with_the_persons_of_the_truth(tmp_path: Path) -> None:
    records = own_records(generate(tmp_path, customers=300, seed=1))
    crm, erp, support = (records[records["source"] == source] for source in ("crm", "erp", "support"))
    assert 300 <= len(crm) < 330
    assert erp["national_id"].notna().all()
    assert support["email"].notna().all()
    assert support["given_name"].isna().all()
    # A person's records share what the generator gave that person: most tickets carry the address of the CRM.
    first = crm.drop_duplicates("person").set_index("person")["email"].str.lower()
    of_ticket = support["person"].map(first)
    assert (of_ticket == support["email"].str.lower()).mean() > 0.8


def test_the_customer_number_is_left_out(tmp_path: Path) -> None:
    records = own_records(generate(tmp_path, customers=50, seed=2))
    assert isinstance(records, pd.DataFrame)
    assert not {"cust_number", "key", "id"} & set(records.columns)
