"""A trained model as data: what EM found, to be kept, looked at and used again without training."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydantic import BaseModel, ConfigDict

from customer_360.identity.compare import Layout
from customer_360.identity.score.mixture import Mixture


class TrainedModelError(ValueError):
    """A trained model does not fit the configured comparisons."""


class TrainedModel(BaseModel):
    """Probabilities of every level, and how many pairs of one person there are per record.

    Attributes:
        comparisons: codes of each comparison, as ``level`` or ``level/bin``: what the probabilities belong to.
        levels: for each comparison, for person, household and non-matches, the probability of each code.
        matches: expected pairs of one person by pair of sources (``crm|erp``), per record of the file.
        households: the same for households.
        records: records that it was trained on.
    """

    model_config = ConfigDict(frozen=True)

    comparisons: dict[str, tuple[str, ...]]
    levels: dict[str, tuple[tuple[float, ...], ...]]
    matches: dict[str, float]
    households: dict[str, float]
    records: int

    @classmethod
    def of(
        cls,
        mixture: Mixture,
        layout: Layout,
        sources: Mapping[int, str],
        all_pairs: Mapping[int, float],
        records: int,
    ) -> TrainedModel:
        """Describe a fitted mixture by names instead of numbers."""
        levels = {
            comparison.name: tuple(tuple(float(p) for p in row) for row in table)
            for comparison, table in zip(layout.comparisons, mixture.levels, strict=True)
        }

        def per_record(shares: Mapping[int, float]) -> dict[str, float]:
            return {
                sources[number]: share * all_pairs.get(number, 0.0) / max(records, 1)
                for number, share in shares.items()
            }

        return cls(
            comparisons=_codes(layout),
            levels=levels,
            matches=per_record(mixture.person_shares),
            households=per_record(mixture.household_shares),
            records=records,
        )

    def mixture(
        self, layout: Layout, sources: Mapping[int, str], all_pairs: Mapping[int, float], records: int
    ) -> Mixture:
        """The mixture for a file of ``records`` records.

        Shares are per pair, so they are converted from what was found per record. A pair of sources that was
        not there in training gets the share of all.

        Raises:
            TrainedModelError: the comparisons or their levels have changed since.
        """
        if self.comparisons != _codes(layout):
            raise TrainedModelError(
                "The trained identity model was made with comparisons or levels other than those in "
                "parameters_identity.yml. Train again: identity.training.reuse=false."
            )
        whole = max(sum(all_pairs.values()), 1.0)

        def per_pair(found: Mapping[str, float]) -> dict[int, float]:
            of_all = sum(found.values()) * records / whole
            return {
                number: found[name] * records / max(all_pairs[number], 1.0) if name in found else of_all
                for number, name in sources.items()
            }

        return Mixture(
            levels=tuple(np.array(self.levels[comparison.name]) for comparison in layout.comparisons),
            person_shares=per_pair(self.matches),
            household_shares=per_pair(self.households),
            matches=sum(self.matches.values()) * records,
            rounds=0,
        )


def _codes(layout: Layout) -> dict[str, tuple[str, ...]]:
    return {
        comparison.name: tuple(
            "" if code is None else _label(comparison.levels[code.level].name, code.bin) for code in codes
        )
        for comparison, codes in zip(layout.comparisons, layout.codes, strict=True)
    }


def _label(level: str, number: int | None) -> str:
    return level if number is None else f"{level}/{number}"
