"""Values that too many share, and a file in which everybody has the same ones."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from enrichment_frames import identity
from pyspark.sql import SparkSession

from customer_360.engine.scratch import Scratch
from customer_360.identity.prepare.too_common import most_holders
from customer_360.identity.report import latest_model, resolution_report
from customer_360.identity.resolver import Resolution, resolve
from customer_360.identity.score.trained import TrainedModelError
from customer_360.schemas import IDENTITY_MODEL

COLUMNS = (
    "source", "key", "given_name", "family_name", "birth_date", "email", "phone", "street", "city", "postal_code",
)  # fmt: skip
_NAMES = "alma bruno celia dario edith felix greta hugo irene jonas karla leon marta nils olive pablo"
GIVEN = _NAMES.split(" ")
HEAD = ["bar", "tol", "wen", "has", "mer", "kel", "dor", "fen", "gal", "lum"]
TAIL = ["wick", "land", "stead", "more", "by", "thorpe", "combe", "gate"]
Row = dict[str, Any]


@pytest.mark.parametrize(
    ("shared", "date", "low", "high"),
    [
        ({1: 50}, True, 3, 3),
        ({1: 50, 16: 1}, True, 3, 4),  # one date for a whole home
        ({1: 50, 16: 1}, False, 3, 3),
        ({1: 900, 2: 90, 3: 9}, False, 3, 9),  # couples of two names, and a few flats of friends
        ({1: 5, 40: 3}, False, 3, 9),  # three telephones, and nothing else
        (dict.fromkeys(range(30, 50), 1000), True, 100, 300),  # dates in a file of a million
        ({}, True, 3, 3),
    ],
)
def test_how_many_families_may_share_a_value(
    shared: dict[int, int], date: bool, low: float, high: float
) -> None:
    assert low <= most_holders(shared, date=date) <= high


def world(seed: int) -> tuple[random.Random, list[Row], list[str]]:
    """Forty persons in two sources, fourteen of them twice; and family names that are left."""
    dice = random.Random(seed)
    names = dice.sample([head + tail for head in HEAD for tail in TAIL], 80)
    rows: list[Row] = []
    for number in range(40):
        given, family = dice.choice(GIVEN), names.pop()
        row = {
            "source": "shop", "key": f"f{number}", "given_name": given, "family_name": family,
            "birth_date": f"{dice.randint(1940, 2003)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
            "email": f"{given}.{family}@post.example", "phone": f"{dice.randint(2000000000, 8999999999)}",
            "street": f"{dice.randint(1, 180)} {dice.choice(['oak', 'elm', 'fir', 'ash'])} street",
            "city": dice.choice(["eastbrook", "midvale"]), "postal_code": str(dice.randint(10000, 89999)),
        }  # fmt: skip
        rows.append(row)
        if number < 14:
            rows.append(row | {"source": "crm", "key": f"d{number}", "email": None})
    return dice, rows, names


def care_home(seed: int) -> list[Row]:
    dice, rows, names = world(seed)
    home = {"street": "77 juniper street", "city": "highcross", "postal_code": "56789"}
    default = dice.choice(["1963-02-04", "1980-06-15", "1999-09-08"])
    mails = ["reception@home.example", "office@home.example"]
    for number in range(dice.randint(12, 24)):
        family = rows[-1]["family_name"] if number % 5 == 4 else names.pop()
        same = [name for name in GIVEN if name != rows[-1]["given_name"]]
        person = {"given_name": dice.choice(same), "family_name": family}
        rows.append(
            home | person | {"source": "lab", "key": f"r{number}", "birth_date": default, "phone": "2185550150",
                             "email": mails[number % 2]}
        )  # fmt: skip
    residents = [row for row in rows if row["source"] == "lab"]
    for resident in dice.sample(residents, 2):
        known = {name: resident[name] for name in ("given_name", "family_name", *home)}
        rows.append(
            known
            | {"source": "pharmacy", "key": resident["key"], "birth_date": f"19{dice.randint(25, 45)}-05-17"}
        )
    return rows


def camp(seed: int) -> list[Row]:
    """Families of a holiday camp in two years: children under their parent's address, telephone and home."""
    dice, rows, names = world(seed)
    for number in range(6):
        family, parent, *children = names.pop(), *dice.sample(GIVEN, 4)
        shared = {
            "email": f"{parent}.{family}@post.example", "phone": f"201555{dice.randint(1000, 9999)}",
            "street": f"{dice.randint(1, 99)} cedar street", "city": "midvale", "postal_code": str(60000 + number),
            "family_name": family,
        }  # fmt: skip
        rows.append(
            shared
            | {"source": "crm", "key": f"p{number}", "given_name": parent, "birth_date": f"198{number}-04-01"}
        )
        for at, child in enumerate(children[: dice.randint(2, 3)]):
            born = f"{2010 + 2 * at}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
            for source in ("camp24", "camp25"):
                rows.append(
                    shared
                    | {"source": source, "key": f"{number}-{at}", "given_name": child, "birth_date": born}
                )
    return rows


def resolved(
    spark: SparkSession, rows: list[Row], folder: Path
) -> tuple[Resolution, list[set[tuple[str, str]]]]:
    schema = ", ".join(f"{name} STRING" for name in COLUMNS)
    frame = spark.createDataFrame([tuple(row.get(name) for name in COLUMNS) for row in rows], schema)
    resolution = resolve(frame, identity(), Scratch(str(folder)))
    clusters = defaultdict(set)
    for row in resolution.clusters.collect():
        clusters[row["cluster_id"]].add((row["source"], row["key"]))
    return resolution, list(clusters.values())


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)]
)
def test_residents_with_one_default_date_stay_apart(spark: SparkSession, seed: int, tmp_path: Path) -> None:
    rows = care_home(seed)
    resolution, clusters = resolved(spark, rows, tmp_path)
    assert all(sum(source == "lab" for source, _ in cluster) <= 1 for cluster in clusters)
    for row in rows:
        if row["source"] == "pharmacy":  # another date does not keep it from its resident
            assert any({("pharmacy", row["key"]), ("lab", row["key"])} <= cluster for cluster in clusters)
    told = {
        row["name"]
        for row in resolution_report(spark, resolution)
        .where("kind = 'shared_value' AND measure = 'values'")
        .collect()
    }
    assert told == {"birth_date", "email", "phone"}


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)]
)
def test_children_of_one_parent_stay_apart(spark: SparkSession, seed: int, tmp_path: Path) -> None:
    _, clusters = resolved(spark, camp(seed), tmp_path)
    people = [{key for source, key in cluster if source in ("camp24", "camp25")} for cluster in clusters]
    assert max(map(len, people)) == 1, "two children in one person"
    assert not any({source for source, _ in cluster} >= {"crm", "camp24"} for cluster in clusters), (
        "a parent and a child"
    )


def test_an_address_that_one_customer_owns_links_a_record_of_nothing_else(
    spark: SparkSession, tmp_path: Path
) -> None:
    """Also where it is not made of the customer's name; one that two customers have stays with neither."""
    _, rows, _ = world(7)
    owners = [row for row in rows if row["source"] == "shop"]
    for number, row in enumerate(owners):
        if number % 2:
            row["email"] = f"{['sky', 'moon', 'lake'][number % 3]}rider{number}@post.example"
    owners[-1]["email"] = owners[-2]["email"] = "both@post.example"
    tickets = [{"source": "support", "key": row["key"], "email": row["email"]} for row in owners]
    _, clusters = resolved(spark, [*rows, *tickets[:-1]], tmp_path)
    found = {key: cluster for cluster in clusters for source, key in cluster if source == "support"}
    for row in owners[:-2]:
        assert ("shop", row["key"]) in found[row["key"]]
    assert len(found[owners[-2]["key"]]) == 1


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)]
)
def test_namesakes_in_a_small_file_stay_apart(spark: SparkSession, seed: int, tmp_path: Path) -> None:
    """A name that three records in a hundred have is common there, however few records that are."""
    _, rows, _ = world(seed)
    name = {"given_name": "ann", "family_name": "smith"}
    mails = ("ann.s@one.example", "smithann@two.example")
    for number in range(4):
        person, source = divmod(number, 2)
        rows.append(
            name
            | {"source": ["shop", "crm"][source], "key": f"ann {person}", "city": f"town {number}",
               "email": mails[person]}
        )  # fmt: skip
    _, clusters = resolved(spark, rows, tmp_path)
    found = sorted(sorted(cluster) for cluster in clusters if any("ann" in key for _, key in cluster))
    assert found == [[("crm", "ann 0"), ("shop", "ann 0")], [("crm", "ann 1"), ("shop", "ann 1")]]


def test_a_model_of_another_version_is_refused(spark: SparkSession) -> None:
    old = '{"comparisons": {}, "levels": {}, "matches": {}, "households": 0.5, "records": 9}'
    models = spark.createDataFrame([("run", datetime(2026, 1, 1), 9, 1.0, old)], IDENTITY_MODEL.ddl)
    with pytest.raises(TrainedModelError, match="Train again"):
        latest_model(models)
