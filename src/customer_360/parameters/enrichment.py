"""Parameters of the pipeline ``enrichment`` (``conf/base/parameters_enrichment.yml``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from customer_360.foundation import did_you_mean

Normaliser = Literal["exact", "number", "email", "text"]
UnlinkedPolicy = Literal["own_customer", "stay_unlinked"]

ANCHOR_METHOD = "anchor"
RESERVED_COLUMNS = frozenset(
    {"customer_id", "source_count", "record_count", "valid_from", "valid_to", "is_current"}
)
RESERVED_TICKET_COLUMNS = frozenset(
    f"{kind}ticket_count"
    for kind in ("", "unknown_status_", "unknown_category_", "high_priority_", "open_high_priority_")
)


class _Parameters(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# ------------------------------------------------------------------------------------------------- review
class ReviewParameters(_Parameters):
    """All of ``review:``."""

    show_values: bool | None = Field(
        default=None,
        description="gold_identity_review shows names and addresses, not masked (else: as show_personal_values says)",
    )


# ------------------------------------------------------------------------------------------------ linking
class LinkingRule(_Parameters):
    """Records of ``source`` belong to the customer of the one ``target`` record with the same value."""

    name: str = Field(min_length=1, description="appears in the crosswalk as the method")
    source: str
    column: str
    target: str
    target_column: str
    normalise: Normaliser = Field(default="exact", description="how both sides are brought into one form")
    only_if: str | None = Field(default=None, description="BOOLEAN column of the source that must be true")
    target_only_if: str | None = Field(default=None, description="the same for the target")
    confidence: float = Field(default=1.0, gt=0, le=1)


class LinkingParameters(_Parameters):
    """All of ``linking:``."""

    anchor: str = Field(description="each record of this source is a customer")
    persons: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="sources whose records are compared as persons: attribute of the identity model: silver column",
    )
    rules: tuple[LinkingRule, ...] = ()
    unlinked: dict[str, UnlinkedPolicy] = Field(
        default_factory=dict, description="what becomes of a source's records that link to nobody"
    )

    def rules_of(self, source: str) -> list[LinkingRule]:
        """The rules that link records of ``source``, in order."""
        return [rule for rule in self.rules if rule.source == source]

    def policy(self, source: str) -> UnlinkedPolicy:
        """What becomes of the unlinked records of ``source``: they stay unlinked unless configured."""
        return self.unlinked.get(source, "stay_unlinked")

    @model_validator(mode="after")
    def _consistent(self) -> LinkingParameters:
        names = [rule.name for rule in self.rules]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"linking.rules: names must be unique; repeated: {', '.join(repeated)}")
        if ANCHOR_METHOD in names:
            raise ValueError(
                f"linking.rules: '{ANCHOR_METHOD}' is the method of records that make a customer; "
                "give the rule another name"
            )
        for rule in self.rules:
            if rule.source == self.anchor:
                raise ValueError(
                    f"linking.rules: '{rule.name}' links the anchor '{self.anchor}', whose records are "
                    "customers already"
                )
        if self.persons and self.anchor not in self.persons:
            raise ValueError(f"linking.persons: the anchor '{self.anchor}' must be among them")
        if both := sorted({rule.source for rule in self.rules} & set(self.persons)):
            raise ValueError(
                f"linking.rules: {', '.join(both)} cannot have rules, being among linking.persons"
            )
        if self.anchor in self.unlinked:
            raise ValueError(f"linking.unlinked: the anchor '{self.anchor}' has no unlinked records")
        linking_levels(self)
        return self


def linking_levels(linking: LinkingParameters) -> list[list[str]]:
    """Order in which sources with rules can be linked: each only after the targets of its rules.

    Raises:
        ValueError: rules that wait for each other, or whose target has neither rules nor a policy.
    """
    waiting = {rule.source: {r.target for r in linking.rules_of(rule.source)} for rule in linking.rules}
    done = {linking.anchor, *linking.persons, *(set(linking.unlinked) - set(waiting))}
    levels: list[list[str]] = []
    while waiting:
        level = [source for source, targets in waiting.items() if targets <= done]
        if not level:
            targets = sorted(set().union(*waiting.values()) - done)
            hint = did_you_mean(targets[0], done)
            raise ValueError(
                f"linking.rules: {', '.join(waiting)} cannot be linked to {', '.join(targets)}.{hint} "
                "Such targets are the source itself, "
                "each other, or sources that nothing links. Each chain of targets must end at the anchor "
                f"'{linking.anchor}'"
            )
        levels.append(level)
        done.update(level)
        for source in level:
            del waiting[source]
    return levels


# ------------------------------------------------------------------------------------------------ profile
class AttributeSource(_Parameters):
    """One source of an attribute; in YAML its bare name is enough."""

    source: str
    column: str | None = Field(default=None, description="silver column; the attribute's name if not given")
    only_if: str | None = Field(default=None, description="BOOLEAN column that must be true")


class GroupSource(_Parameters):
    """One source of a group; in YAML its bare name is enough."""

    source: str
    columns: dict[str, str] = Field(
        default_factory=dict, description="attribute: silver column, if they differ"
    )


def _named(value: Any) -> Any:
    return {"source": value} if isinstance(value, str) else value


AttributeSources = Annotated[
    tuple[Annotated[AttributeSource, BeforeValidator(_named)], ...], Field(min_length=1)
]
GroupSources = Annotated[tuple[Annotated[GroupSource, BeforeValidator(_named)], ...], Field(min_length=1)]


class AttributeGroup(_Parameters):
    """Attributes that come from one record together, such as the parts of an address."""

    attributes: tuple[str, ...] = Field(min_length=1)
    sources: GroupSources
    requires: tuple[str, ...] = Field(default=(), description="a record that has all of these is preferred")
    same_place: tuple[str, ...] = Field(
        default=(),
        description="blanks are filled from another record only where these columns agree; empty: never",
    )


class ProfileParameters(_Parameters):
    """All of ``profile:``: for every attribute the sources it may come from, best first."""

    groups: dict[str, AttributeGroup] = Field(default_factory=dict)
    attributes: dict[str, AttributeSources] = Field(default_factory=dict)
    keys: tuple[str, ...] = Field(default=(), description="sources whose own key the profile shows")

    def lineage(self) -> dict[str, tuple[AttributeSource, ...]]:
        """All attributes, grouped ones first, with where they may come from."""
        return {**dict(self._grouped()), **self.attributes}

    def _grouped(self) -> Iterator[tuple[str, tuple[AttributeSource, ...]]]:
        for group in self.groups.values():
            for attribute in group.attributes:
                yield (
                    attribute,
                    tuple(
                        AttributeSource(source=item.source, column=item.columns.get(attribute))
                        for item in group.sources
                    ),
                )

    @model_validator(mode="after")
    def _consistent(self) -> ProfileParameters:
        names = [name for group in self.groups.values() for name in group.attributes] + list(self.attributes)
        if not names:
            raise ValueError("profile: there is neither an attribute nor a group")
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"profile: attributes declared more than once: {', '.join(repeated)}")
        taken = {*RESERVED_COLUMNS, *(f"{n}_source" for n in names), *(f"{n}_key" for n in self.keys)}
        if clashes := sorted(taken & set(names)):
            raise ValueError(f"profile: these names are columns of the profile already: {', '.join(clashes)}")
        for name, group in self.groups.items():
            for field in ("requires", "same_place"):
                if unknown := sorted(set(getattr(group, field)) - set(group.attributes)):
                    raise ValueError(
                        f"profile.groups.{name}.{field}: {', '.join(unknown)} not among its attributes "
                        f"({', '.join(group.attributes)})"
                    )
        for attribute, sources in self.lineage().items():
            listed = [item.source for item in sources]
            if len(set(listed)) < len(listed):
                raise ValueError(f"profile: '{attribute}' lists a source twice: {', '.join(listed)}")
        return self


# ------------------------------------------------------------------------------------------------ metrics
class MetricsParameters(_Parameters):
    """All of ``metrics:``. Every status and category becomes a column, so they are listed here."""

    top_tags: int = Field(default=3, ge=1, description="how many tags a customer's top_tags shows")
    statuses: tuple[str, ...] = Field(default=("open", "pending", "closed"))
    categories: tuple[str, ...] = Field(default=("billing", "technical", "general"))
    high_priorities: tuple[str, ...] = Field(default=("high",), min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> MetricsParameters:
        if "open" not in self.statuses:
            raise ValueError(
                f"metrics.statuses: 'open' must be among them, open_ticket_count counts it; given: "
                f"{', '.join(self.statuses)}"
            )
        columns = [ticket_column(word) for word in (*self.statuses, *self.categories)]
        repeated = {name for name in columns if columns.count(name) > 1 or name in RESERVED_TICKET_COLUMNS}
        if repeated:
            raise ValueError(
                f"metrics: statuses and categories give a column twice: {', '.join(sorted(repeated))}"
            )
        return self


def ticket_column(word: str) -> str:
    """Column that counts tickets of a status or category: ``in work`` -> ``in_work_ticket_count``."""
    return re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_") + "_ticket_count"
