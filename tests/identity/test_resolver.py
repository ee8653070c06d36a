"""Resolution as a whole, on generated people whose truth is known."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from enrichment_frames import identity
from identity.people import SCHEMA, Record, people
from pyspark.sql import SparkSession

from customer_360.engine.scratch import Scratch
from customer_360.identity.resolver import Resolution, resolve
from customer_360.identity.score.trained import TrainedModel, TrainedModelError
from customer_360.parameters.identity import IdentityModel

Partition = set[frozenset[tuple[str, str]]]


def run(
    spark: SparkSession, rows: Iterable[Record], folder: Path, model: IdentityModel | None = None, **more: Any
) -> Resolution:
    return resolve(
        spark.createDataFrame(list(rows), SCHEMA), model or identity(), Scratch(str(folder)), **more
    )


def partition(resolution: Resolution, rename: dict[str, str] | None = None) -> Partition:
    clusters = defaultdict(set)
    for row in resolution.clusters.collect():
        clusters[row["cluster_id"]].add(((rename or {}).get(row["source"], row["source"]), row["key"]))
    return {frozenset(members) for members in clusters.values()}


@pytest.fixture(scope="module")
def rows() -> list[Record]:
    return people(400)


@pytest.fixture(scope="module")
def resolved(spark: SparkSession, rows: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Resolution:
    return run(spark, rows, tmp_path_factory.mktemp("resolved"))


def test_people_are_found(resolved: Resolution, rows: list[Record]) -> None:
    found = partition(resolved)
    assert sum(map(len, found)) == len(rows), "every record is in one cluster"
    pairs = {frozenset((x[1], y[1])) for c in found for x in c for y in c if x < y}
    truth = {frozenset((f"{p}.0", f"{p}.1")) for p in {r[1].split(".")[0] for r in rows if r[0] == "b"}}
    assert len(pairs & truth) / len(truth) > 0.97
    assert len(pairs & truth) / len(pairs) > 0.97
    assert resolved.matches == pytest.approx(len(truth), rel=0.1)


def test_links_tell_why(resolved: Resolution) -> None:
    links = [row for row in resolved.pairs.collect() if row["same_cluster"] and row["match_weight"] > 0]
    assert links
    for link in links:
        assert link["method"] == "match_weight" and 0.5 < link["probability"] <= 1
        assert (link["left_source"], link["left_key"]) < (link["right_source"], link["right_key"])
        assert {"family_name", "birth_date"} & {item["comparison"] for item in link["evidence"]}


def test_neither_row_order_nor_names_of_sources_matter(
    spark: SparkSession, resolved: Resolution, rows: list[Record], tmp_path: Path
) -> None:
    shuffled = random.Random(5).sample(rows, len(rows))
    renamed = [("zz" if row[0] == "a" else "c", *row[1:]) for row in shuffled]
    assert partition(run(spark, renamed, tmp_path), {"zz": "a", "c": "b"}) == partition(resolved)


def test_nothing_to_find(spark: SparkSession, tmp_path: Path) -> None:
    assert max(map(len, partition(run(spark, people(400, seed=2, copies=0.0), tmp_path)))) == 1


def test_decisions_win(spark: SparkSession, resolved: Resolution, rows: list[Record], tmp_path: Path) -> None:
    linked = next(sorted(c) for c in sorted(partition(resolved), key=sorted) if len(c) == 2)
    alone = [sorted(c)[0] for c in sorted(partition(resolved), key=sorted) if len(c) == 1][:2]
    decided = [(*linked[0], *linked[1], False), (*alone[0], *alone[1], True)]
    frame = spark.createDataFrame(
        decided, "left_source STRING, left_key STRING, right_source STRING, right_key STRING, same BOOLEAN"
    )
    found = partition(run(spark, rows, tmp_path, decisions=frame))
    assert not any(set(linked) <= c for c in found)
    assert any(set(alone) <= c for c in found)


def test_rules_link_and_forbid(
    spark: SparkSession, resolved: Resolution, rows: list[Record], tmp_path: Path
) -> None:
    plain = identity().model_dump()
    plain["rules"] = [{"name": "two cities", "action": "forbid", "when": "l.city = 'ulm' AND r.city = 'ulm'"}]
    found = partition(run(spark, rows, tmp_path, IdentityModel.model_validate(plain)))
    of_ulm = {(row[0], row[1]) for row in rows if row[7] == "ulm"}
    assert any(len(c & of_ulm) > 1 for c in partition(resolved))
    assert not any(len(c & of_ulm) > 1 for c in found)


def test_a_clean_source_has_one_record_a_person(
    spark: SparkSession, rows: list[Record], tmp_path: Path
) -> None:
    twice = [*rows, *[("a", f"{row[1]}x", *row[2:]) for row in rows[:20] if row[0] == "a"]]
    plain = identity().model_dump()
    plain["clustering"]["one_per_person"] = ["a"]
    found = partition(run(spark, twice, tmp_path, IdentityModel.model_validate(plain)))
    assert max(sum(source == "a" for source, _ in c) for c in found) == 1
    assert any(len(c) > 1 for c in found)


def test_a_trained_model_is_used_again(
    spark: SparkSession, resolved: Resolution, rows: list[Record], tmp_path: Path
) -> None:
    again = TrainedModel.model_validate_json(resolved.trained.model_dump_json())
    assert partition(run(spark, rows, tmp_path, trained=again)) == partition(resolved)
    plain = identity().model_dump()
    plain["comparisons"] = plain["comparisons"][:-1]
    with pytest.raises(TrainedModelError, match="Train again"):
        run(spark, rows, tmp_path / "other", IdentityModel.model_validate(plain), trained=again)


def test_one_address_for_all_does_no_harm(spark: SparkSession, rows: list[Record], tmp_path: Path) -> None:
    shared = [(*row[:5], "info@x.io", *row[6:]) for row in rows]
    resolution = run(spark, shared, tmp_path)
    assert max(map(len, partition(resolution))) <= 3
    assert resolution.frequencies["email"].shared == len(rows)


def test_mistyped_addresses_find_their_customer(
    spark: SparkSession, rows: list[Record], tmp_path: Path
) -> None:
    """Tickets know nothing but an address, and most of them the right one; of others a letter is missing, or two
    digits are in the wrong order."""

    def longer(email: str | None) -> str | None:
        return email and re.sub(r"\d+", lambda number: str(5000 + 7 * int(number[0])), email)

    customers = [(*row[:5], longer(row[5]), *row[6:]) for row in rows]
    for number, row in enumerate(customers):  # it happens in other systems, too
        if row[0] == "b" and number % 8 == 0 and row[5]:
            customers[number] = (*row[:5], row[5][:2] + row[5][3:], *row[6:])
    tickets = {}
    for source, key, *_, email, _street, _city, _code in customers[:24]:
        if source == "a" and email:
            mailbox, number = re.fullmatch(r"(.*?)(\d+)@x.io", email).groups()  # type: ignore[union-attr]
            swapped = number[:2] + number[3] + number[2]
            tickets[f"{key} letter"] = f"{mailbox[:2]}{mailbox[3:]}{number}@x.io"
            if swapped != number:
                tickets[f"{key} number"] = f"{mailbox}{swapped}@x.io"
    exact = {f"{row[1]} exact": row[5] for row in customers[24:] if row[0] == "a" and row[5]}
    asked = [
        ("t", key, None, None, None, email, None, None, None) for key, email in (tickets | exact).items()
    ]
    found = partition(run(spark, [*customers, *asked], tmp_path))
    placed = {
        key: {k.split(".")[0] for s, k in c if s != "t"} for c in found for source, key in c if source == "t"
    }
    right = [key for key in tickets if placed[key] == {key.split(".")[0]}]
    wrong = [key for key in tickets if placed[key] and placed[key] != {key.split(".")[0]}]
    assert len(right) > 0.8 * len(tickets) and len(wrong) <= 0.02 * len(tickets), (right, wrong)


def test_a_name_in_the_mailbox_finds_a_customer_without_an_address(
    spark: SparkSession, rows: list[Record], tmp_path: Path
) -> None:
    """Unless two customers without an address have that name, or the one who has it has another address."""
    names = Counter((row[2], row[3]) for row in rows if row[0] == "a")
    unique = [row for row in rows if row[0] == "a" and names[row[2], row[3]] == 1]
    unknown, known = {row[1].split(".")[0] for row in unique[::2]}, unique[1::2]
    customers = [
        (*row[:5], None, *row[6:]) if row[1].split(".")[0] in unknown else row
        for row in rows
        if row[2] and row[3]
    ]
    exact = {f"{row[1]} exact": row[5] for row in rows if row[0] == "a" and row not in unique}
    named = {f"{row[1]} named": f"{row[3]}.{row[2]}901@y.io" for row in unique[::2]}
    strange = {f"{row[1]} strange": f"{row[2]}.{row[3]}902@y.io" for row in known}
    tickets = exact | named | strange
    asked = [("t", key, None, None, None, email, None, None, None) for key, email in tickets.items()]
    found = partition(run(spark, [*customers, *asked], tmp_path))
    placed = {
        key: {k.split(".")[0] for s, k in c if s != "t"} for c in found for source, key in c if source == "t"
    }
    assert sum(placed[key] == {key.split(".")[0]} for key in named) > 0.8 * len(named) > 10
    assert sum(bool(placed[key]) for key in strange) < 0.1 * len(strange)
