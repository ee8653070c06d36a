"""Parameters of the pipeline ``cleaning`` (``conf/base/parameters_cleaning.yml``)."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from customer_360.standardise.dates import date_regex

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


class SourceRules(_Frozen):
    """The rules of one source, in the order in which a row's reasons and warnings name them."""

    rules: tuple[Rule, ...] = ()

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
    sources: dict[str, SourceRules] = Field(description="by short name of the source")

    def rules(self, source: str) -> tuple[Rule, ...]:
        """Rules of one source.

        Raises:
            KeyError: the source has no entry under ``cleaning.sources``.
        """
        if source not in self.sources:
            raise KeyError(
                f"cleaning.sources has no entry for '{source}' (it has {', '.join(self.sources)}); "
                "add it to conf/base/parameters_cleaning.yml (`rules: []` for none)."
            )
        return self.sources[source].rules
