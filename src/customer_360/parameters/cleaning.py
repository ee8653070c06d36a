"""Parameters of the pipeline ``cleaning`` (``conf/base/parameters_cleaning.yml``)."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from customer_360.standardise import date_regex

CountryCode = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Placeholders(_Frozen):
    """Whole values, in any case, that people type instead of nothing."""

    text: tuple[str, ...] = Field(default=(), description="in any field")
    name: tuple[str, ...] = Field(default=(), description="in names of persons, besides `text`")
    email: tuple[str, ...] = Field(default=(), description="in e-mail addresses, besides `text`")
    phone: tuple[str, ...] = Field(default=(), description="in phone numbers, besides `text`")

    def of(self, field: Literal["name", "email", "phone"]) -> tuple[str, ...]:
        """All placeholders that count in one kind of field."""
        own: tuple[str, ...] = getattr(self, field)
        return (*self.text, *own)


class Vocabulary(_Frozen):
    """A closed list of terms, and other words for them."""

    values: tuple[str, ...] = Field(min_length=1, description="the terms, in lower case")
    synonyms: dict[str, str] = Field(default_factory=dict, description="word -> term, in any case")

    @model_validator(mode="after")
    def _synonyms_lead_to_values(self) -> Vocabulary:
        lost = sorted({value for value in self.synonyms.values() if value not in self.values})
        if lost:
            raise ValueError(f"synonyms lead to {', '.join(lost)}; allowed: {', '.join(self.values)}")
        return self


class CleaningSettings(_Frozen):
    """What the cleaning functions of all sources share."""

    default_region: CountryCode = Field(description="alpha-2 country of phone numbers without country code")
    date_patterns: tuple[str, ...] = Field(min_length=1, description="tried in order, such as y-M-d")
    placeholders: Placeholders = Placeholders()
    country_aliases: dict[str, CountryCode] = Field(default_factory=dict, description="name -> alpha-2 code")
    vocabularies: dict[str, Vocabulary] = Field(default_factory=dict)

    @field_validator("date_patterns")
    @classmethod
    def _patterns_are_dates(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            date_regex(pattern)
        return patterns

    def vocabulary(self, name: str) -> Vocabulary:
        """One closed vocabulary.

        Raises:
            KeyError: there is none of this name.
        """
        if name not in self.vocabularies:
            raise KeyError(
                f"cleaning.settings.vocabularies has no '{name}' (it has {', '.join(self.vocabularies)}); "
                "add it to conf/base/parameters_cleaning.yml."
            )
        return self.vocabularies[name]


class Rule(_Frozen):
    """A check that must hold for every row of a source; a check that gives NULL counts as failed."""

    name: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]*$")]
    severity: Literal["error", "warning"] = Field(description="error: to quarantine; warning: stays, counted")
    check: str = Field(min_length=1, description="SQL over silver columns, raw.*, source_key, ingested_at")
    description: str = ""
    unreadable: bool = Field(
        default=False, description="broken by a value that is there and cannot be read: counted by `shape`"
    )

    @model_validator(mode="after")
    def _unreadable_values_stay(self) -> Rule:
        if self.unreadable and self.severity == "error":
            raise ValueError(
                f"rule '{self.name}': unreadable is for warnings; rows that break an error are counted anyway"
            )
        return self


Share = Annotated[float, Field(ge=0, le=1)]


class ShapeLimits(_Frozen):
    """How much a source may change at once before a run stops (or warns): see docs/configuration.md."""

    on_change: Literal["stop", "warn"] = Field(default="stop", description="what a run does then")
    max_quarantined_share: Share = Field(default=0.2, description="of the source's records, in quarantine")
    max_lost_share: Share = Field(
        default=0.5, description="of the records that had a value in a field; half as many are reported"
    )
    max_unreadable_share: Share = Field(
        default=0.2, description="of the records, more than before, break one rule that is marked unreadable"
    )
    min_records: int = Field(default=5, ge=1, description="fewer records than this prove nothing")
    required: tuple[str, ...] = Field(default=(), description="silver columns that some records must have")


class SourceShape(_Frozen):
    """What one source has otherwise than ``cleaning.shape``."""

    on_change: Literal["stop", "warn"] | None = None
    max_quarantined_share: Share | None = None
    max_lost_share: Share | None = None
    max_unreadable_share: Share | None = None
    min_records: int | None = Field(default=None, ge=1)
    required: tuple[str, ...] | None = None


class SourceRules(_Frozen):
    """The rules of one source, in the order in which a row's reasons and warnings name them."""

    rules: tuple[Rule, ...] = ()
    shape: SourceShape = SourceShape()

    @field_validator("rules")
    @classmethod
    def _names_are_unique(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        repeated = sorted(name for name, times in Counter(rule.name for rule in rules).items() if times > 1)
        if repeated:
            raise ValueError(f"rule names must be unique within a source; repeated: {', '.join(repeated)}")
        return rules


class CleaningParameters(_Frozen):
    """All of ``cleaning:``."""

    settings: CleaningSettings
    shape: ShapeLimits = ShapeLimits()
    sources: dict[str, SourceRules] = Field(description="by short name of the source")

    def rules(self, source: str) -> tuple[Rule, ...]:
        """Rules of one source.

        Raises:
            KeyError: the source has no entry under ``cleaning.sources``.
        """
        if source not in self.sources:
            raise KeyError(
                f"cleaning.sources has no entry for '{source}' (it has {', '.join(self.sources)}); "
                f"declare the source in conf/base/sources/{source}.yml."
            )
        return self.sources[source].rules

    def shape_of(self, source: str) -> ShapeLimits:
        """How much one source may change: its own limits where it has any. Raises KeyError as :meth:`rules`."""
        self.rules(source)
        own = self.sources[source].shape.model_dump(exclude_none=True)
        return ShapeLimits.model_validate({**self.shape.model_dump(), **own})
