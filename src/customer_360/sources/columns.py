"""One column of a source's file: from which field, standardised how."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from customer_360.foundation import no_such

from .column_kinds import KINDS, OWN_NAME, ColumnKind, term_of
from .errors import Misfit

NAME = r"^[a-z][a-z0-9_]*$"
# Columns that every silver table has, or that a row carries on its way there.
TAKEN_COLUMNS = ("source_key", "key_kind", "raw", "payload", "ingested_at", "run_id", "warnings")
TAKEN_TEXTS = ("malformed", "unreadable")
# Any name that both engines take in a schema and in a JSON path.
_FIELD = re.compile(r"^[^.`'?*\[\]\\\x00-\x1f]+(?:\.[^.`'?*\[\]\\\x00-\x1f]+)*$")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class DeclaredColumn(BaseModel):
    """A silver column, or the several ones that a standardiser makes of one field."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    field: Names = Field(
        default=(), description="field of the record, dots go deeper; coordinates: one or two"
    )
    kind: str | None = Field(default=None, alias="as", description="standardiser")
    vocabulary: str | None = Field(default=None, description="closed list of cleaning.settings.vocabularies")
    unknown: Literal["word", "blank"] = Field(
        default="word", description="what the vocabulary does not have becomes the word `unknown`, or blank"
    )
    sql: str | None = Field(
        default=None, min_length=1, description="SQL over raw.* and the columns before it"
    )
    function: str | None = Field(
        default=None, description="package.module.name of a function: Columns -> Column"
    )
    of: Names = Field(
        default=(), description="columns or raw.* that the function takes, instead of the field"
    )
    raw: Names = Field(default=(), description="what the text as it came is called in raw.*")
    into: Names = Field(default=(), description="other names for the columns that it makes")

    @model_validator(mode="after")
    def _one_way(self) -> DeclaredColumn:
        ways = {"as": self.kind, "vocabulary": self.vocabulary, "sql": self.sql, "function": self.function}
        given = [key for key, value in ways.items() if value is not None]
        if len(given) > 1:
            raise Misfit(
                given[1], f"stands beside {given[0]}; a column is made in one way: {', '.join(ways)}."
            )
        if self.kind is not None and self.kind not in KINDS:
            raise Misfit("as", no_such("standardiser", self.kind, KINDS))
        for key, needed in (("of", "function"), ("unknown", "vocabulary")):
            if key in self.model_fields_set and ways[needed] is None:
                raise Misfit(key, f"is for columns with {needed} only.")
        for name in self.field:
            if not _FIELD.fullmatch(name):
                raise Misfit(
                    "field", f"'{name}' cannot be a field: names with dots between them, no quotes or *."
                )
        return self

    @property
    def derived(self) -> bool:
        """Whether it is computed from texts and other columns, after these."""
        return self.sql is not None or self.function is not None

    @property
    def way(self) -> ColumnKind:
        """How its texts are standardised."""
        if self.vocabulary is not None:
            return term_of(self.vocabulary, blank_if_unknown=self.unknown == "blank")
        return KINDS[self.kind or "text"]


class PlannedColumn(BaseModel):
    """A declared column with all that is left out filled in.

    Attributes:
        name: the key in the file.
        declared: what the file says.
        texts: name in ``raw.*`` -> path of its field.
        outputs: the silver columns, in order.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    declared: DeclaredColumn
    texts: dict[str, tuple[str, ...]]
    outputs: tuple[str, ...]

    @classmethod
    def of(cls, name: str, declared: DeclaredColumn) -> PlannedColumn:
        """Fill in what the file leaves out.

        Raises:
            Misfit: too many fields for the standardiser, or not as many names as there are texts or columns.
        """
        fields = declared.field
        if not fields and not declared.sql and not declared.of:
            fields = (name,)
        outputs: tuple[str, ...] = (name,)
        if not declared.derived:
            way = declared.way
            if len(fields) not in way.fields:
                allowed = " or ".join(map(str, way.fields))
                raise Misfit("field", f"{len(fields)} fields; {declared.kind or 'text'} takes {allowed}.")
            outputs = tuple(output.replace(OWN_NAME, name) for output in way.outputs)
        texts = declared.raw or ((name,) if len(fields) == 1 else outputs[: len(fields)])
        for key, names, wanted in (("raw", texts, fields), ("into", declared.into or outputs, outputs)):
            if len(names) != len(wanted):
                raise Misfit(key, f"{len(names)} names for {len(wanted)} of them ({', '.join(wanted)}).")
            for one in (name, *names):
                if not re.fullmatch(NAME, one):
                    problem = (
                        f"the name '{one}' must be of small letters, digits and _, and begin with a letter."
                    )
                    raise Misfit(key if one != name else "", problem)
        paths = {text: tuple(field.split(".")) for text, field in zip(texts, fields, strict=False)}
        return cls(name=name, declared=declared, texts=paths, outputs=declared.into or outputs)


def _from_short_form(value: Any) -> Any:
    """``street: address.street`` and ``street:`` are a plain text."""
    return {"field": value} if isinstance(value, str) else {} if value is None else value


Columns = dict[str, Annotated[DeclaredColumn, BeforeValidator(_from_short_form)]]


def planned(columns: dict[str, DeclaredColumn]) -> tuple[PlannedColumn, ...]:
    """All columns, filled in and told apart.

    Raises:
        Misfit: a column or text twice, a name that is taken, or fields that differ in their case only.
    """
    plans: list[PlannedColumn] = []
    for name, declared in columns.items():
        try:
            plans.append(PlannedColumn.of(name, declared))
        except Misfit as error:
            raise Misfit(f"{name}.{error.key}".rstrip("."), error.problem) from None
    _check_apart(plans)
    return tuple(plans)


def _check_apart(plans: list[PlannedColumn]) -> None:
    outputs = Counter(output for plan in plans for output in plan.outputs)
    texts = Counter(text for plan in plans for text in plan.texts)
    paths = {path for plan in plans for path in plan.texts.values()}
    for plan in plans:
        for output in plan.outputs:
            if output in TAKEN_COLUMNS:
                raise Misfit(
                    plan.name, f"the column {output} is there already; taken: {', '.join(TAKEN_COLUMNS)}."
                )
            if outputs[output] > 1:
                makers = [other.name for other in plans if output in other.outputs]
                raise Misfit(
                    plan.name, f"the column {output} is made more than once, by {' and '.join(makers)}."
                )
        for text, path in plan.texts.items():
            if text in TAKEN_TEXTS or texts[text] > 1:
                why = (
                    f"is taken; taken: {', '.join(TAKEN_TEXTS)}" if text in TAKEN_TEXTS else "is there twice"
                )
                raise Misfit(plan.name, f"raw.{text} {why}. Give the text another name with `raw`.")
            if any(_differ_in_case(path, other) for other in paths):
                raise Misfit(
                    plan.name, f"the field {'.'.join(path)} differs from another one in its case only."
                )


def _differ_in_case(path: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return path != other and [name.lower() for name in path] == [name.lower() for name in other]
