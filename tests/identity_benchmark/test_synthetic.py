from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.identity.files import records_path, truth_path, write_dataset
from benchmarks.identity.noise import HEAVY, Noise, mistype, with_noise
from benchmarks.identity.population import Habits, population
from benchmarks.identity.synthetic import households, many_records_each
from benchmarks.identity.vocabulary import Vocabulary, zipf

WORDS = Vocabulary(
    female=zipf([f"anna{letter}" for letter in "bcdefgh"] + ["elizabeth"]),
    male=zipf([f"carl{letter}" for letter in "bcdefgh"]),
    family=zipf([f"family{number:03d}" for number in range(300)]),
    streets=zipf([f"oak{number} street" for number in range(200)]),
    cities=zipf([f"town{number}" for number in range(50)]),
    domains=zipf(["mail.example", "post.example"]),
    nicknames={"elizabeth": ["beth", "liz"]},
)
UNHARMED = Noise(typo={}, missing={})


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return population(20_000, WORDS, np.random.default_rng(1))


def test_the_share_of_duplicates_and_the_number_of_records_are_as_asked() -> None:
    records = households(5_000, WORDS, duplicates=0.2, chunk=1_000)
    assert len(records) == 5_000
    assert records["person"].nunique() == 4_000


def test_the_same_seed_gives_the_same_records_and_another_gives_others() -> None:
    one, again, other = (households(500, WORDS, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert not one["family_name"].equals(other["family_name"])


def test_persons_of_different_chunks_are_different() -> None:
    records = households(3_000, WORDS, duplicates=0.0, chunk=1_000)
    assert records["person"].is_unique
    assert records.groupby("household").size().max() <= 6


def test_twins_share_birth_date_and_family_but_not_the_name(people: pd.DataFrame) -> None:
    twins = people.index[people["twin"]]
    assert len(twins) > 20
    first, second = people.loc[twins - 1].reset_index(), people.loc[twins].reset_index()
    assert (first["birth_date"] == second["birth_date"]).all()
    assert (first["household"] == second["household"]).all()
    assert (first["family_name"] == second["family_name"]).mean() > 0.95


def test_some_sons_have_their_fathers_name_and_another_birth_date(people: pd.DataFrame) -> None:
    head = people.loc[people["head"]].reset_index(drop=True)
    same = people["child"] & (people["given_name"] == head["given_name"]) & (people["sex"] == head["sex"])
    assert same.sum() > 20
    assert (people["birth_date"][same].to_numpy() > head["birth_date"][same].to_numpy()).all()


def test_families_share_phones_and_mailboxes_and_strangers_do_not(people: pd.DataFrame) -> None:
    for column, allowed in (("phone", "0000000000"), ("email", "info@")):
        known = people[people[column].notna() & (people[column].str.startswith(allowed) != True)]  # noqa: E712
        homes = known.groupby(column)["household"].nunique()
        assert known[column].duplicated().mean() > 0.02
        assert (homes > 1).mean() < 0.01


def test_mailboxes_are_unique_over_chunks() -> None:
    records = households(6_000, WORDS, duplicates=0.0, chunk=1_000)
    mails = records[records["email"].notna() & ~records["email"].str.startswith("info@").fillna(False)]
    assert mails.groupby("email")["household"].nunique().mean() < 1.02


def test_without_damage_a_record_is_its_person(people: pd.DataFrame) -> None:
    records = with_noise(people, UNHARMED, WORDS, np.random.default_rng(2))
    columns = ["given_name", "family_name", "email", "phone", "street", "city", "postal_code"]
    pd.testing.assert_frame_equal(records[columns], people[columns])
    assert records["birth_date"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()


def test_damage_strikes_as_often_as_it_says(people: pd.DataFrame) -> None:
    records = with_noise(people, HEAVY, WORDS, np.random.default_rng(3))
    assert 0.13 < (records["postal_code"].fillna("") != people["postal_code"]).mean() < 0.26
    assert records["birth_date"].isna().mean() == pytest.approx(HEAVY.missing["birth_date"], abs=0.01)
    assert records["given_name"].str.lower().isin({"beth", "liz"}).any()
    swapped = records["given_name"].str.contains("family", case=False, na=False)
    assert swapped.mean() == pytest.approx(HEAVY.swapped_names, abs=0.01)


@pytest.mark.parametrize("value", ["anna", "b", "1984-02-07", "", "-", "+1 (555) 1234", "o'neil"])
def test_a_typo_changes_little(value: str) -> None:
    rng = np.random.default_rng(4)
    for kind in range(4):
        for place in (0.0, 0.5, 0.999):
            typed = mistype(value, place, kind, rng)
            assert abs(len(typed) - len(value)) <= 1
            assert (typed == value) == (not any(mark.isalnum() for mark in value))


def test_many_records_each_has_about_ten_records_and_no_contacts() -> None:
    records = many_records_each(300, WORDS)
    assert records.groupby("person").size().mean() == pytest.approx(10, abs=0.7)
    assert not {"email", "phone"} & set(records.columns)
    assert records["given_name"].str.contains(" ", na=False).mean() > 0.05


def test_keys_and_order_tell_nothing_of_the_person(tmp_path: Path) -> None:
    write_dataset(tmp_path, "some", households(1_000, WORDS).drop(columns="household"))
    records, truth = (pd.read_parquet(path(tmp_path, "some")) for path in (records_path, truth_path))
    assert "person" not in records
    assert records["key"].is_unique
    assert (truth["person"] == truth["key"]).mean() < 0.01
    assert abs(np.corrcoef(truth["person"].astype(int), truth["key"].astype(int))[0, 1]) < 0.1


def test_a_column_that_no_resolver_is_promised_is_refused(tmp_path: Path) -> None:
    records = pd.DataFrame({"source": ["a"], "person": ["1"], "shoe_size": ["43"]})
    with pytest.raises(ValueError, match="shoe_size"):
        write_dataset(tmp_path, "some", records)


def test_habits_can_be_switched_off() -> None:
    habits = Habits(
        twins=0, son_like_father=0, family_mailbox=0, role_mailbox=0, landline=0, placeholder_phone=0
    )
    people = population(5_000, WORDS, np.random.default_rng(5), habits=habits)
    assert not people["twin"].any()
    assert people["email"].dropna().duplicated().mean() < 0.005
