"""Files of a few records, files that know little, and models that ask for little."""

from __future__ import annotations

from pathlib import Path

import pytest
from enrichment_frames import identity
from pyspark.sql import SparkSession

from customer_360.engine.scratch import Scratch
from customer_360.identity.model_check import check_model
from customer_360.identity.resolver import resolve
from customer_360.parameters.identity import IdentityModel

ANNA = {"given_name": "Anna", "family_name": "Berg", "birth_date": "1970-02-03"}
CARL = {"given_name": "Carl", "family_name": "Ohm"}
AT_HOME = {"family_name": "Berg", "street": "1 Lake Road", "city": "Ulm"}
BORN = {"Anna": "1970-02-03", "Otto": "1968-12-30", "Ida": "1999-05-07", "Max": "2002-10-19"}
PHONES = ("+491711234567", "+491711234568", "+491719876543")
# Records, and the groups of them that are one person (the others are alone).
FILES: dict[str, tuple[list[dict[str, str]], list[set[int]]]] = {
    "one record": ([ANNA], []),
    "a record without anything": ([{"given_name": "n/a"}, {"given_name": "?"}], []),
    "two persons": ([ANNA, {"given_name": "Bernd", "family_name": "Maier", "birth_date": "1981-11-13"}], []),
    "the same twice": ([ANNA, ANNA], [{0, 1}]),
    "the same twice, and others": (
        [ANNA, ANNA, {"given_name": "Bernd", "family_name": "Maier", "birth_date": "1981-11-13"}],
        [{0, 1}],
    ),
    "a typo": ([ANNA, {**ANNA, "family_name": "Bergg"}, CARL], [{0, 1}]),
    "brother and sister": (
        [ANNA, {**ANNA, "given_name": "Bernd", "birth_date": "1973-08-21"}, CARL],
        [],
    ),
    "sisters, and a stranger of one's birthday": (
        [
            ANNA,
            {"given_name": "Bernadette", "family_name": "Berg", "birth_date": "1980-02-03"},
            {"given_name": "Carl", "family_name": "Maier", "birth_date": "1980-02-03"},
        ],
        [],
    ),
    "a family": ([{**AT_HOME, "given_name": name, "birth_date": born} for name, born in BORN.items()], []),
    "birth dates alone": ([{"birth_date": date} for date in ("1970-02-03", "1970-02-03", "1984-11-26")], [{0, 1}]),
    "birth dates that all differ": ([{"birth_date": f"19{n}7-0{n}-1{n}"} for n in range(4, 9)], []),
    "towns alone": ([{"city": "Ulm"}, {"city": "Ulm"}, {"city": "Bonn"}], []),
    "telephones that differ": ([{"phone": phone} for phone in PHONES], []),
    "one customer number": ([{"customer_number": number} for number in ("A17", "A17", "B4")], [{0, 1}]),
    "one e-mail address": ([{"email": address} for address in ("a@x.org", "a@x.org", "b@x.org")], [{0, 1}]),
}  # fmt: skip


def together(
    spark: SparkSession, folder: Path, rows: list[dict[str, str]], model: IdentityModel | None = None
) -> list[set[int]]:
    names = sorted({name for row in rows for name in row})
    frame = spark.createDataFrame(
        [("shop", str(number), *(row.get(name) for name in names)) for number, row in enumerate(rows)],
        ", ".join(f"{name} STRING" for name in ("source", "key", *names)),
    )
    clusters: dict[str, set[int]] = {}
    for row in resolve(frame, model or identity(), Scratch(str(folder))).clusters.collect():
        clusters.setdefault(row.cluster_id, set()).add(int(row.key))
    assert sum(map(len, clusters.values())) == len(rows)
    return sorted((members for members in clusters.values() if len(members) > 1), key=min)


# each is a resolution of its own, which takes seconds: CI runs all of them
_ALWAYS = {"a record without anything", "sisters, and a stranger of one's birthday", "one customer number"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in _ALWAYS else pytest.mark.long) for name in FILES]
)
def test_files_of_a_few_records(spark: SparkSession, tmp_path: Path, name: str) -> None:
    rows, expected = FILES[name]
    assert together(spark, tmp_path, rows) == expected


def small_model(*comparisons: str, term_frequencies: bool = True) -> IdentityModel:
    """The shipped one with these comparisons, what they are about, and the frequencies that they speak of."""
    plain = identity().model_dump(by_alias=True)
    plain["comparisons"] = [item for item in plain["comparisons"] if item["name"] in comparisons]
    for level in (level for item in plain["comparisons"] for level in item["levels"]):
        level["frequency"] = level["frequency"] if term_frequencies else None
    used = {level["frequency"] for item in plain["comparisons"] for level in item["levels"]}
    plain["term_frequencies"] = {name: sql for name, sql in plain["term_frequencies"].items() if name in used}
    return IdentityModel.model_validate(plain)


@pytest.mark.long
@pytest.mark.parametrize(
    "model",
    [
        small_model("given_name", "family_name"),
        small_model("sex", "address"),
        small_model("phone", term_frequencies=False),
        small_model("name in the mailbox", term_frequencies=False),
    ],
    ids=["names", "no value of one's own", "no frequencies", "nothing that a record could answer alone"],
)
def test_models_that_ask_for_little(spark: SparkSession, tmp_path: Path, model: IdentityModel) -> None:
    check_model(spark, model)
    rows = [
        {**ANNA, "phone": f"+49171123456{n}", "city": "Ulm", "street": f"{n} Lake Road"} for n in range(4)
    ]
    rows += [
        {**ANNA, "given_name": "Otto", "phone": "+491711234560", "city": "Bonn", "street": "9 Hill Road"}
    ]
    assert all(len(found) > 1 for found in together(spark, tmp_path, rows, model))
