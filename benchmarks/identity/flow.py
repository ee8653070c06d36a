"""How good the customers of a finished run on sample data are: the crosswalk against the generator's truth.

    kedro run --params sample_customers=2000
    python -m benchmarks.identity.flow data/lakehouse-2000-360 data/sample_sources/customers-2000-.../truth.csv

Unlike ``own_2k``, this has what the flow has: the ERP's customer number, quarantine, one question per mailbox, and
records that stay unlinked. Records are those of silver with a key of their own; unlinked ones count as alone, but for
those with nothing to be linked by (reason ``no_key``).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from deltalake import DeltaTable

PERSONS = ("crm", "erp", "support")


def placed(lakehouse: Path, truth: Path) -> pd.DataFrame:
    """``source, source_key, customer, person`` of every record that can be judged."""
    gold = lakehouse / "Tables" / "gold"
    linked = DeltaTable(str(gold / "customer_crosswalk")).to_pandas()[["source", "source_key", "customer_id"]]
    rest = DeltaTable(str(gold / "unlinked_records")).to_pandas()
    rest = rest[rest["reason"] != "no_key"][["source", "source_key"]]
    rest["customer_id"] = "alone " + rest["source"] + " " + rest["source_key"]
    meant = pd.read_csv(truth, dtype=str, keep_default_na=False)
    meant = meant.drop_duplicates(["source", "source_key"])[["source", "source_key", "person_id"]]
    every = pd.concat([linked, rest], ignore_index=True)
    return every.merge(meant, on=["source", "source_key"]).rename(
        columns={"customer_id": "customer", "person_id": "person"}
    )


def without_shared(records: pd.DataFrame, lakehouse: Path) -> pd.DataFrame:
    """The same without tickets from a mailbox that several persons of the CRM have: nothing tells who wrote them."""
    silver = lakehouse / "Tables" / "silver"
    of_crm, of_support = (
        DeltaTable(str(silver / table))
        .to_pandas(columns=["source_key", "email"])
        .assign(mailbox=lambda table: table["email"].str.replace(r"\+[^@]*@", "@", regex=True))
        .merge(records[records["source"] == source], on="source_key")
        for table, source in (("crm_users", "crm"), ("support_tickets", "support"))
    )
    owners = of_crm.groupby("mailbox")["person"].nunique()
    shared = of_support.loc[of_support["mailbox"].map(owners) > 1, "source_key"]
    return records[(records["source"] != "support") | ~records["source_key"].isin(shared)]


def judge(records: pd.DataFrame) -> dict[str, float]:
    """Pairs of records: precision, recall, F1, false and missed."""

    def pairs(by: list[str]) -> int:
        sizes = records.groupby(by).size()
        return int((sizes * (sizes - 1) // 2).sum())

    right, found, true = pairs(["customer", "person"]), pairs(["customer"]), pairs(["person"])
    return {
        "records": len(records),
        "precision": round(right / max(found, 1), 4),
        "recall": round(right / max(true, 1), 4),
        "f1": round(2 * right / max(found + true, 1), 4),
        "false": found - right,
        "missed": true - right,
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lakehouse", type=Path)
    parser.add_argument("truth", type=Path)
    options = parser.parse_args()
    records = placed(options.lakehouse, options.truth)
    for name, sources in {
        "all four": tuple(records["source"].unique()),
        "persons": PERSONS,
        "crm, erp": ("crm", "erp"),
    }.items():
        print(f"{name:22}", judge(records[records["source"].isin(sources)]))
    print(f"{'one owner per mailbox':22}", judge(without_shared(records, options.lakehouse)))


if __name__ == "__main__":
    main()
