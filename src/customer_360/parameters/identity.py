"""The identity model (``conf/base/parameters_identity.yml``): how records are compared, scored and clustered."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

AttributeKind = Literal[
    "given_name", "name", "full_name", "date", "sex", "email", "phone", "digits", "number", "street", "house_number",
    "unit", "postal_code", "city", "text"
]  # fmt: skip
RuleAction = Literal["link", "forbid"]
MAX_LEVEL_CODE = 31  # five bits of a pattern


class _Parameters(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(_Parameters):
    """One answer of a comparison. The first whose condition holds is taken."""

    name: str = Field(min_length=1)
    when: str | None = Field(
        default=None, description="SQL over l.<feature> and r.<feature>; none: otherwise"
    )
    frequency: str | None = Field(default=None, description="term frequency that splits this level by bins")
    same_value: bool = Field(default=False, description="both records have one and the same value")
    blocked: bool = Field(
        default=False,
        description="blocking finds its pairs, non-matches too: an identifier's are counted there",
    )
    contradiction: bool = Field(
        default=False,
        description="never speaks for one person: weighs 0 bits at most, as the last level of any comparison does",
    )
    against: float = Field(
        default=0.0, ge=0, description="bits that a contradiction weighs against one person at least"
    )
    chance: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="expected share among non-matches, where a small file shows too few",
    )
    prior: float = Field(gt=0, lt=1, description="expected share among pairs of one person, before training")
    most: float = Field(default=1.0, gt=0, le=1, description="largest share there that training may find")


class Comparison(_Parameters):
    """One piece of evidence: ordered levels, null being neutral."""

    name: str = Field(min_length=1)
    about: tuple[str, ...] = Field(
        min_length=1, description="features it judges; pairs blocked by one of them teach it nothing"
    )
    null: str = Field(description="SQL over l. and r. that says there is nothing to compare")
    levels: tuple[Level, ...] = Field(min_length=2)
    identifier: bool = Field(default=False, description="non-matches have equal values only by mistake")
    several: bool = Field(
        default=False,
        description="a person has several values: of all pairs of two clusters the best one counts",
    )
    shared: float = Field(
        gt=0, lt=1, description="share of households whose members have it in common, before training"
    )
    shared_most: float = Field(
        default=0.95, gt=0, lt=1, description="largest such share that training may find"
    )

    @property
    def contradictions(self) -> tuple[int, ...]:
        """Numbers of the levels that never speak for one person; the last is one of them."""
        said = [number for number, level in enumerate(self.levels[:-1]) if level.contradiction]
        return (*said, len(self.levels) - 1)

    @model_validator(mode="after")
    def _ordered(self) -> Comparison:
        *first, last = self.levels
        if last.when is not None or any(level.when is None for level in first):
            raise ValueError(f"comparison '{self.name}': only the last level is without 'when'")
        names = [level.name for level in self.levels]
        if len(set(names)) < len(names):
            raise ValueError(f"comparison '{self.name}': its levels need different names")
        return self


def _steps(value: object) -> object:
    return [value] if isinstance(value, str) else value


class BlockingRule(_Parameters):
    """Records with an equal key are compared. Steps go from loose to strict; the budget decides which is used."""

    name: str = Field(min_length=1)
    keys: Annotated[tuple[str, ...], BeforeValidator(_steps)] = Field(
        min_length=1, description="SQL over features, loose to strict; a null key blocks nothing"
    )
    space: str | None = Field(default=None, description="rules of one space find each other's keys too")


class BlockingParameters(_Parameters):
    """Which pairs are looked at."""

    rules: tuple[BlockingRule, ...] = Field(min_length=1)
    max_block_size: int = Field(default=150, ge=2, description="larger blocks are skipped and reported")
    all_pairs_up_to: int = Field(
        default=200_000, ge=0, description="a file with no more pairs is compared whole"
    )
    pairs_per_record: float = Field(default=4.0, gt=0, description="budget of candidate pairs")
    min_pairs: int = Field(default=1_000_000, ge=0, description="budget that small files have anyway")


class PairRule(_Parameters):
    """A deterministic rule over compared pairs."""

    name: str = Field(min_length=1)
    action: RuleAction
    when: str = Field(description="SQL over l. and r.")


class TrainingParameters(_Parameters):
    """How the match weights are estimated."""

    iterations: int = Field(default=60, ge=1)
    tolerance: float = Field(default=1e-5, gt=0)
    prior_strength: float = Field(default=30.0, ge=0, description="pairs that the priors of levels are worth")
    reuse: bool = Field(default=False, description="score with the model that the last training left behind")
    random_pairs: int = Field(
        default=400_000, ge=1000, description="pairs that are sampled at random: nearly all are non-matches"
    )


class ThresholdParameters(_Parameters):
    """In probabilities."""

    link: float = Field(default=0.5, gt=0, lt=1)
    review: float = Field(
        default=0.05, gt=0, lt=1, description="pairs between review and link are shown to people"
    )


class ClusteringParameters(_Parameters):
    """From links to persons."""

    max_component: int = Field(
        default=60, ge=2, description="larger components are split by raising the floor"
    )
    one_per_person: tuple[str, ...] = Field(default=(), description="sources declared free of duplicates")


class IncrementalParameters(_Parameters):
    """When only changes are resolved, and when everything."""

    enabled: bool = Field(default=True, description="keep what the next run needs to resolve only changes")
    retrain: bool = Field(default=False, description="train on this run, whatever has changed")
    retrain_after: float = Field(
        default=0.1, ge=0, description="share of records changed since the training that asks for another one"
    )
    everything_above: float = Field(
        default=0.2, ge=0, le=1, description="share of records changed at once from which all are resolved"
    )
    compact_above: float = Field(
        default=0.2, ge=0, description="share of records rewritten from which the kept tables are made again"
    )


class IdentityModel(_Parameters):
    """All that resolution needs to know."""

    attributes: dict[str, AttributeKind] = Field(
        description="attributes of a record and how each is normalised"
    )
    placeholders: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="values that mean nothing"
    )
    term_frequencies: dict[str, str] = Field(
        default_factory=dict, description="SQL over features whose frequency counts"
    )
    comparisons: tuple[Comparison, ...] = Field(min_length=1)
    blocking: BlockingParameters
    rules: tuple[PairRule, ...] = ()
    training: TrainingParameters = TrainingParameters()
    thresholds: ThresholdParameters = ThresholdParameters()
    clustering: ClusteringParameters = ClusteringParameters()
    incremental: IncrementalParameters = IncrementalParameters()

    @model_validator(mode="before")
    @classmethod
    def _former_names(cls, given: Any) -> Any:
        """Words of earlier versions, with those that took their place."""
        if isinstance(given, dict):
            if "rarities" in given:
                raise ValueError("identity.rarities is called identity.term_frequencies now")
            names = "|".join(map(re.escape, given.get("term_frequencies") or {}))
            if names and (found := re.search(rf"\b({names})_rarity\b", str(given))):
                name = found[1]
                raise ValueError(f"identity: the feature {name}_rarity is called {name}_frequency_bin now")
        return given

    @model_validator(mode="after")
    def _consistent(self) -> IdentityModel:
        for what, names in (
            ("comparisons", [item.name for item in self.comparisons]),
            ("blocking.rules", [item.name for item in self.blocking.rules]),
            ("rules", [item.name for item in self.rules]),
        ):
            if repeated := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"identity.{what}: names must be unique; repeated: {', '.join(repeated)}")
        unknown = {level.frequency for item in self.comparisons for level in item.levels if level.frequency}
        if unknown := unknown - set(self.term_frequencies):
            raise ValueError(f"identity.comparisons: no such term frequency: {', '.join(sorted(unknown))}")
        return self
