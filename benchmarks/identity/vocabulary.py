"""The words that made-up persons are made of, with the frequencies they have in real life where one is published."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.object_]

_STREET_KINDS = ("street", "avenue", "road", "lane", "drive", "court", "boulevard", "place", "way", "terrace")
_DOMAINS = ("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "comcast.net",
            "proton.me", "live.com", "msn.com", "verizon.net", "mail.com", "gmx.com", "fastmail.com")  # fmt: skip
_STATES = (
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS",
    "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY",
    "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV",
    "WI", "WY",
)  # fmt: skip


@dataclass(frozen=True)
class Weighted:
    """Words and how often each is drawn."""

    words: Words
    weights: NDArray[np.float64]

    def draw(self, rng: np.random.Generator, count: int) -> Words:
        """``count`` words by their weights."""
        steps = np.cumsum(self.weights)
        found = np.searchsorted(steps, rng.random(count) * steps[-1], side="right")
        return self.words[np.minimum(found, len(self.words) - 1)]


@dataclass(frozen=True)
class Vocabulary:
    """Everything that a person's attributes are drawn from; lower case."""

    female: Weighted
    male: Weighted
    family: Weighted
    streets: Weighted
    cities: Weighted
    domains: Weighted
    nicknames: dict[str, list[str]] = field(default_factory=dict)
    states: tuple[str, ...] = _STATES


def zipf(words: list[str], *, exponent: float = 1.0) -> Weighted:
    """Words of which the n-th is drawn in proportion to 1/n."""
    ranks = np.arange(1, len(words) + 1, dtype=np.float64)
    return Weighted(np.array(words, dtype=object), ranks**-exponent)


def published_vocabulary() -> Vocabulary:
    """Names by the frequencies of the US census of 1990 (package names), cities of mimesis, nicknames by nicknames."""
    family = _census_names("dist.all.last")
    surnames = [word for word in family.words[:3000] if len(word) > 3]
    streets = [f"{word} {kind}" for kind in _STREET_KINDS for word in surnames]
    np.random.default_rng(11).shuffle(streets)
    return Vocabulary(
        female=_census_names("dist.female.first"),
        male=_census_names("dist.male.first"),
        family=family,
        streets=zipf(streets, exponent=0.6),
        cities=zipf(_cities(), exponent=0.8),
        domains=zipf(list(_DOMAINS)),
        nicknames=_nicknames(),
    )


def package_folder(name: str) -> Path:
    """The folder of an installed package, which is not imported: only its data are wanted.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{name} is not installed; see benchmarks/identity/requirements.txt")
    return Path(spec.submodule_search_locations[0])


def _census_names(file: str) -> Weighted:
    """Lines such as ``SMITH 1.006 1.006 1``: the second word is the share of the population in per cent."""
    lines = (package_folder("names") / file).read_text(encoding="utf-8").split("\n")
    rows = [line.split() for line in lines if line.strip()]
    # Names too rare to be counted have the share 0; they exist all the same.
    weights = np.array([max(float(row[1]), 0.0002) for row in rows])
    return Weighted(np.array([row[0].lower() for row in rows], dtype=object), weights)


def _cities() -> list[str]:
    text = (package_folder("mimesis") / "datasets" / "en" / "address.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    cities = sorted({str(city).lower() for city in content["city"]})
    np.random.default_rng(12).shuffle(cities)
    return cities


def _nicknames() -> dict[str, list[str]]:
    known: dict[str, list[str]] = defaultdict(list)
    with (package_folder("nicknames") / "names.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            known[row["name1"].lower()].append(row["name2"].lower())
    return dict(known)
