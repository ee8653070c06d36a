"""The trained model and everything else that scoring takes from the file as a whole.

Shares of matches, frequencies of values and the blocking keys that fit the budget all depend on every record. They
are frozen when the model is trained: else one new record would change every score a little.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from customer_360.identity.blocking import RuleCost
from customer_360.identity.compare import Layout, SourceNumbers
from customer_360.identity.prepare import Frequencies
from customer_360.identity.score.mixture import Mixture
from customer_360.identity.score.trained import TrainedModel


class ModelSnapshot(BaseModel):
    """What was found when the model was trained.

    Attributes:
        trained: the probabilities.
        sources: records of each source then; they turn shares per record into shares per pair.
        rules: the blocking steps that were chosen, and what they cost.
        frequencies: of the values by term frequency (their tables are kept beside the state).
        everybody: the file was so small that all of its pairs are compared.
        fitted_matches: pairs of one person that the training found, without what its priors add to shares.
    """

    model_config = ConfigDict(frozen=True)

    trained: TrainedModel
    sources: dict[str, int]
    rules: tuple[RuleCost, ...]
    frequencies: dict[str, Frequencies]
    everybody: bool
    fitted_matches: float

    def numbers(self) -> SourceNumbers:
        """Sources and their pairs by number."""
        return SourceNumbers(self.sources)

    def mixture(self, layout: Layout) -> Mixture:
        """The fitted mixture.

        Raises:
            TrainedModelError: it belongs to other comparisons.
        """
        numbers = self.numbers()
        return self.trained.mixture(layout, numbers.pair_names, numbers.all_pairs, numbers.records)
