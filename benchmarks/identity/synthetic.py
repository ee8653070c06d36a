"""Seeded made-up files of persons in households, of any size, and what is derived from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.identity.files import RECORD_COLUMNS, write_dataset
from benchmarks.identity.noise import HEAVY, LIGHT, MANY_HANDS, with_noise
from benchmarks.identity.population import Habits, Mailboxes, addresses, population
from benchmarks.identity.vocabulary import Vocabulary, published_vocabulary

_CHUNK = 200_000
_CONTACTS = ("email", "phone")
_FORMER_HOMES = 3
_NAMES = ("given_name", "family_name")


def households(
    records: int, vocabulary: Vocabulary, *, duplicates: float = 0.2, seed: int = 1, chunk: int = _CHUNK
) -> pd.DataFrame:
    """Records of persons in households, of which a share ``duplicates`` are further records of persons already there.

    Made in chunks of persons, so that the working memory does not grow with ``records``.

    Returns: person, source, household and the columns of ``population``; birth dates as ISO text.
    """
    return pd.concat(_chunks(records, vocabulary, duplicates, seed, chunk), ignore_index=True)


def _chunks(
    records: int, vocabulary: Vocabulary, duplicates: float, seed: int, chunk: int
) -> Iterator[pd.DataFrame]:
    mailboxes = Mailboxes()
    for number, first in enumerate(range(0, records, chunk)):
        rng = np.random.default_rng([seed, number])
        size = min(chunk, records - first)
        again = round(size * duplicates)
        people = population(size - again, vocabulary, rng, first=first, mailboxes=mailboxes)
        doubled = people.iloc[rng.integers(0, len(people), again)]
        parts = (with_noise(people, LIGHT, vocabulary, rng), with_noise(doubled, HEAVY, vocabulary, rng))
        yield _as_records(pd.concat(parts, ignore_index=True))


def many_records_each(persons: int, vocabulary: Vocabulary, *, each: int = 10, seed: int = 1) -> pd.DataFrame:
    """Persons with about ``each`` records: titles, middle names as first names, nicknames, four homes, no contacts."""
    rng = np.random.default_rng(seed)
    people = population(persons, vocabulary, rng)
    times = 1 + rng.poisson(each - 1, persons)
    homes = [people, *(_elsewhere(people, vocabulary, rng) for _ in range(_FORMER_HOMES))]
    at = rng.choice(len(homes), times.sum(), p=[0.55, *[0.45 / _FORMER_HOMES] * _FORMER_HOMES])
    row = np.repeat(np.arange(persons), times)
    lived = pd.concat(homes, ignore_index=True).iloc[at * persons + row]
    written = with_noise(lived, MANY_HANDS, vocabulary, rng)
    return _as_records(written).drop(columns=list(_CONTACTS))


def _elsewhere(people: pd.DataFrame, vocabulary: Vocabulary, rng: np.random.Generator) -> pd.DataFrame:
    return people.assign(**addresses(len(people), vocabulary, rng, habits=Habits()))


def _as_records(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.assign(source="people", person=frame["person"].astype(str))
    kept = [column for column in (*RECORD_COLUMNS, "person", "household") if column in frame.columns]
    text = {column: "string[pyarrow]" for column in kept if column != "household"}
    return frame[kept].astype(text)


def _only(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return frame[["person", "source", *columns]]


def _shared(column: str, value: str) -> Callable[[Vocabulary], pd.DataFrame]:
    return lambda words: households(1_000_000, words).assign(**{column: value})


_RECIPES: dict[str, Callable[[Vocabulary], pd.DataFrame]] = {
    "fifty": lambda words: households(50, words, seed=50),
    "persons_households_10k": lambda words: households(10_000, words),
    "persons_households_100k": lambda words: households(100_000, words),
    "persons_households_1m": lambda words: households(1_000_000, words),
    "persons_households_5m": lambda words: households(5_000_000, words),
    "nothing_matches": lambda words: households(80_000, words, duplicates=0.0, seed=2),
    "few_matches": lambda words: households(80_000, words, duplicates=0.01, seed=3),
    "ten_each": lambda words: many_records_each(2_000, words, seed=4),
    "names_and_dates": lambda words: _only(households(20_000, words, seed=5), *_NAMES, "birth_date"),
    "names_and_emails": lambda words: _only(households(20_000, words, seed=6), *_NAMES, "email"),
    "shared_email": _shared("email", "info@example.com"),
    "shared_phone": _shared("phone", "0800123456"),
}
SYNTHETIC = tuple(_RECIPES)


def write_synthetic(folder: Path, name: str) -> None:
    """Write one of ``SYNTHETIC``; the person is the number that the generator gave."""
    records = _RECIPES[name](published_vocabulary())
    write_dataset(folder, name, records.drop(columns="household", errors="ignore"))
