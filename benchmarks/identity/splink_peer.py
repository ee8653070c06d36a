"""Splink 5 (DuckDB backend) on a file of persons, by the settings of its own examples, as a process of its own.

    python -m benchmarks.identity.splink_peer plan RECORDS.parquet PLAN.json
    python -m benchmarks.identity.splink_peer run RECORDS.parquet PLAN.json -o CLUSTERS.parquet

``plan`` is what an analyst does once and is not measured; ``run`` reads, trains, predicts, clusters and writes.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import Any

from benchmarks.identity.splink_plan import Plan, make_plan

_ATTRIBUTES = (
    "given_name", "middle_name", "family_name", "full_name", "birth_date", "sex", "email", "phone", "street",
    "house_number", "unit", "city", "postal_code", "region", "country", "national_id",
)  # fmt: skip
_SEED = 2
_EM_PAIRS = 1e7  # as in "Scaling up to large datasets"
THRESHOLDS = (0.5, 0.9, 0.95, 0.99, 0.999)


def open_people(records: Path) -> Any:
    """A DuckDB API whose connection has the table ``people``: standardised, as Splink's documentation asks for.

    Lower case and trimmed text, ISO dates, digits of phones and ids, a full name taken apart, one address.
    """
    import duckdb
    from splink import DuckDBAPI

    con = duckdb.connect()
    here = {row[0] for row in con.sql(f"describe select * from read_parquet('{records}')").fetchall()}
    text = ", ".join(
        f"nullif(trim(lower({name})), '') as {name}" if name in here else f"cast(null as varchar) as {name}"
        for name in _ATTRIBUTES
    )
    con.execute(
        f"create view raw as select key as unique_id, source as source_dataset, {text} from read_parquet('{records}')"
    )
    con.execute(
        """
        create table people as
        with named as (
            select * replace (
                coalesce(given_name, split_part(written, ' ', 1)) as given_name,
                coalesce(family_name, nullif(trim(substr(written, strpos(written, ' ') + 1)), '')) as family_name)
            from (select *, case when full_name like '%,%'
                then trim(split_part(full_name, ',', 2)) || ' ' || trim(split_part(full_name, ',', 1))
                else full_name end as written from raw)),
        tidy as (
            select * exclude (written, full_name, middle_name) replace (
                case when regexp_full_match(birth_date, '[0-9]{8}')
                     then birth_date[1:4] || '-' || birth_date[5:6] || '-' || birth_date[7:8]
                     when regexp_full_match(birth_date, '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}')
                     then strftime(try_cast(birth_date as date), '%Y-%m-%d')
                     else birth_date end as birth_date,
                nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 10), '') as phone,
                nullif(regexp_replace(national_id, '[^0-9a-z]', '', 'g'), '') as national_id),
                left(middle_name, 1) as middle_initial
            from named)
        select *, given_name || ' ' || family_name as first_and_surname,
            case when street is not null
                then concat_ws(' ', house_number, street, city, region, postal_code, unit) end as address
        from tidy
        """
    )
    return DuckDBAPI(connection=con)


def settings(plan: Plan) -> Any:
    """Splink's settings for a plan."""
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    rules: list[Any] = [block_on(*rule) for rule in plan.rules]
    if plan.swapped:
        rules.append("l.given_name = r.family_name and l.family_name = r.given_name")
    comparisons = {"febrl3": _febrl3, "febrl4": _febrl4}.get(plan.profile, _general)(cl, set(plan.columns))
    link = "link_only" if plan.profile == "febrl4" else "dedupe_only"
    return SettingsCreator(
        link_type=link,
        unique_id_column_name="unique_id",
        source_dataset_column_name="source_dataset",
        blocking_rules_to_generate_predictions=rules,
        comparisons=comparisons,
    )


def _febrl3(cl: Any, _: set[str]) -> list[Any]:
    return [
        cl.NameComparison("given_name"),
        cl.NameComparison("family_name"),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        cl.DamerauLevenshteinAtThresholds("national_id", [2]),
        cl.ExactMatch("house_number").configure(term_frequency_adjustments=True),
        cl.ExactMatch("postal_code").configure(term_frequency_adjustments=True),
    ]


def _febrl4(cl: Any, _: set[str]) -> list[Any]:
    return [
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("family_name").configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison("birth_date", input_is_string=True, invalid_dates_as_null=True),
        cl.DamerauLevenshteinAtThresholds("national_id", [1, 2]),
        cl.ExactMatch("house_number").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postal_code", [1, 2]).configure(term_frequency_adjustments=True),
    ]


def _general(cl: Any, columns: set[str]) -> list[Any]:
    """The comparisons of Splink's README: names, date of birth, city, e-mail.

    With the identifier of the febrl examples, and the middle initial and the sex of the pseudopeople example.

    Other columns stand in for what is missing, and stay out otherwise: measured on persons in households and on
    pseudopeople, each of phone, postcode, house number and address line made the result worse (families share
    them), as Splink's documentation warns of related columns.
    """
    told = columns & {"birth_date", "national_id", "email"}
    town = next(
        (name for name in ("city", *(() if told else ("address", "postal_code"))) if name in columns), None
    )
    contact = next((column for column in ("email", "phone") if column in columns), None)
    known = {
        "given_name": cl.NameComparison("given_name"),
        "family_name": cl.NameComparison("family_name"),
        "birth_date": cl.DateOfBirthComparison("birth_date", input_is_string=True),
        "national_id": cl.DamerauLevenshteinAtThresholds("national_id", [1, 2]),
        "email": cl.EmailComparison("email"),
        "phone": cl.DamerauLevenshteinAtThresholds("phone", [1, 2]),
        "middle_initial": cl.ExactMatch("middle_initial").configure(term_frequency_adjustments=True),
        "sex": cl.ExactMatch("sex"),
        "city": cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        # Levenshtein rather than the example's Damerau-Levenshtein, which takes minutes on address lines.
        "address": cl.LevenshteinAtThresholds("address", [1, 2]).configure(term_frequency_adjustments=True),
        "postal_code": cl.DamerauLevenshteinAtThresholds("postal_code", [1, 2]),
    }
    unwanted = {"city", "address", "postal_code", "email", "phone"} - {town, contact}
    return [comparison for column, comparison in known.items() if column in columns - unwanted]


def train(linker: Any, plan: Plan) -> None:
    """The share of matches by sure rules, u by random pairs, m by EM in two or more blocks."""
    from splink import block_on

    columns = set(plan.columns)
    usable = [block_on(*rule) for rule in _sure_rules(plan.profile, columns)]
    recall = {"febrl3": 0.9, "febrl4": 0.8}.get(plan.profile, 0.7)
    linker.training.estimate_probability_two_random_records_match(usable, recall=recall)
    pairs = 1e7 if plan.profile == "general" else 1e6
    linker.training.estimate_u_using_random_sampling(max_pairs=pairs, seed=_SEED)
    if plan.profile == "general":
        sessions = [
            ("given_name", "family_name"),
            ("birth_date",),
            ("national_id",),
            ("email",),
            ("address",),
        ]
        sessions = [rule for rule in sessions if set(rule) <= columns][:2]
    else:
        sessions = [("birth_date",), ("postal_code",)]
    for rule in sessions:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*rule), estimate_without_term_frequencies=plan.profile != "febrl3", max_pairs=_EM_PAIRS
        )


def _sure_rules(profile: str, columns: set[str]) -> list[tuple[str, ...]]:
    if profile != "general":
        return [("national_id",), ("given_name", "family_name", "birth_date")]
    rules = [("national_id",), ("given_name", "birth_date"), ("family_name", "birth_date"), ("email",)]
    for substitute in (("given_name", "email"), ("given_name", "family_name", "address"), ("email",)):
        if not any(set(rule) <= columns for rule in rules):
            rules = [substitute]
    return [rule for rule in rules if set(rule) <= columns]


def run(records: Path, plan: Plan, output: Path, *, every_threshold: bool = False) -> None:
    """Read, train, predict, cluster, write ``source, key, cluster_id``."""
    from splink import Linker

    db_api = open_people(records)
    linker = Linker(_tables(db_api, plan), settings(plan), log_level=logging.ERROR)
    train(linker, plan)
    predictions = linker.inference.predict(threshold_match_probability=0.2)
    for threshold in THRESHOLDS if every_threshold else (plan.threshold,):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predictions, threshold_match_probability=threshold
        )
        path = at_threshold(output, threshold) if every_threshold else output
        columns = "source_dataset as source, unique_id as key, cluster_id"
        clusters.as_duckdbpyrelation().project(columns).to_parquet(str(path))


def at_threshold(output: Path, threshold: float) -> Path:
    """Where the clusters of one of several thresholds go."""
    return output.with_name(f"{output.stem}@{threshold}{output.suffix}")


def _tables(db_api: Any, plan: Plan) -> Any:
    con = db_api.duckdb_con
    if plan.profile != "febrl4":
        return db_api.register(con.table("people"))
    sources = [row[0] for row in con.sql("select distinct source_dataset from people order by 1").fetchall()]
    return [
        db_api.register(
            con.sql(f"select * exclude (source_dataset) from people where source_dataset = '{source}'"),
            dataset_display_name=source,
        )
        for source in sources
    ]


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=("plan", "run"))
    parser.add_argument("records", type=Path)
    parser.add_argument("plan", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument(
        "--every-threshold", action="store_true", help="one file for each of several thresholds"
    )
    options = parser.parse_args(arguments)
    logging.getLogger("splink").setLevel(logging.ERROR)
    if options.step == "plan":
        db_api = open_people(options.records)
        people = db_api.register(db_api.duckdb_con.table("people"))
        make_plan(db_api, people, options.records.stem).save(options.plan)
    else:
        run(options.records, Plan.load(options.plan), options.output, every_threshold=options.every_threshold)


if __name__ == "__main__":
    main()
