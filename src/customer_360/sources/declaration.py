"""What a source's file says: ``conf/base/sources/<name>.yml``, from where it is to what becomes of its records."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from customer_360.datasets import IncrementalSettings
from customer_360.foundation import no_such
from customer_360.parameters import FieldName, Normaliser, Rule, SourceShape, UnlinkedPolicy

from .columns import NAME, Columns, PlannedColumn, planned
from .errors import Misfit, SourceDeclarationError, explain_declaration
from .incremental import check_incremental
from .places import SourcePlace, read_place
from .standard_rules import filled_rules, standard_rules

# Tables of silver that are no source's, and files that Kedro takes for other ones.
TAKEN_TABLES = ("quarantine", "quality_report")
_TAKEN_FILES = ("catalog", "parameters", "credentials")
LAST = 1_000


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class DeclaredLink(_Declared):
    """A rule that links the source's records: :class:`~customer_360.parameters.enrichment.LinkingRule`, shorter."""

    column: str
    name: str | None = Field(default=None, description="the method in the crosswalk (<source>_<column>)")
    target: str | None = Field(default=None, description="source that it links to (linking.anchor)")
    target_column: str | None = Field(default=None, description="(the same name as the column)")
    normalise: Normaliser = "exact"
    only_if: str | None = None
    target_only_if: str | None = None
    confidence: float = Field(default=1.0, gt=0, le=1)


class Contribution(_Declared):
    """An attribute of the customer that the source knows; after those that ``profile`` names for it."""

    attribute: str
    column: str | None = Field(default=None, description="silver column (the attribute's name)")
    only_if: str | None = Field(default=None, description="BOOLEAN column that must be true")


def _contribution(value: Any) -> Any:
    return {"attribute": value} if isinstance(value, str) else value


def _pairs(value: Any) -> Any:
    """``[email, {sex: gender}]`` as ``{email: email, sex: gender}``."""
    if not isinstance(value, list):
        return value
    pairs: dict[str, Any] = {}
    for item in value:
        pairs |= item if isinstance(item, dict) else {str(item): str(item)}
    return pairs


class SourceDeclaration(_Declared):
    """One source, whole. What concerns several sources at once is in ``parameters_*.yml``."""

    table: Annotated[str, Field(pattern=NAME)] | None = Field(
        default=None, description="name of its bronze and silver tables (the source's name)"
    )
    order: int = Field(default=LAST, description="place among the sources; those alike by name")
    place: Annotated[SourcePlace, BeforeValidator(read_place)] = Field(
        alias="from", description="where it is: a dataset of the catalog"
    )
    key: FieldName = Field(description="field that tells its records apart (dots go deeper)")
    unique_keys: bool | None = Field(
        default=None, description="it never repeats a key; a repeated one stops the run (true for `rest`)"
    )
    deleted_field: FieldName | None = Field(
        default=None, description="field by which a record says it is deleted"
    )
    incremental: IncrementalSettings | None = Field(
        default=None, description="how it is asked for what changed since the last run only"
    )
    keep: tuple[str, ...] = Field(
        default=(), description="fields that stay in bronze though no column is made of them"
    )
    leave_out: tuple[str, ...] = Field(
        default=(), description="fields that come and that nobody wants to be told of"
    )
    keep_other_fields: bool = Field(
        default=False, description="fields that nobody declared stay in bronze, too"
    )
    columns: Columns = Field(min_length=1)
    rules: Annotated[tuple[Rule, ...], BeforeValidator(filled_rules)] = Field(
        default=(), description="of quality; the standard ones come by themselves"
    )
    without_rules: tuple[Literal["malformed", "missing_key", "unreadable_value", "repeated_key"], ...] = ()
    shape: SourceShape = SourceShape()
    person: Annotated[dict[str, str | None], BeforeValidator(_pairs)] = Field(
        default_factory=dict, description="attribute of the identity model: column"
    )
    link_by: tuple[DeclaredLink, ...] = ()
    unlinked: UnlinkedPolicy | None = Field(
        default=None, description="what becomes of records that link to nobody"
    )
    profile: tuple[Annotated[Contribution, BeforeValidator(_contribution)], ...] = ()
    show_key: bool = Field(
        default=False, description="the profile shows the source's own key, as <source>_key"
    )

    @property
    def plans(self) -> tuple[PlannedColumn, ...]:
        """Its columns, with all that the file leaves out filled in."""
        return planned(self.columns)

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """The standard rules that it neither names nor does without, then its own, in their order."""
        return (*standard_rules([*self.without_rules, *(rule.name for rule in self.rules)]), *self.rules)

    @property
    def has_unique_keys(self) -> bool:
        """Whether a repeated key means that the source changed while it was read."""
        return self.place.is_api if self.unique_keys is None else self.unique_keys

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields of a record that bronze keeps, dotted; the key first."""
        columns = [".".join(path) for plan in self.plans for path in plan.texts.values()]
        deleted = [self.deleted_field] if self.deleted_field else []
        named = dict.fromkeys([self.key, *columns, *deleted, *self.keep])
        return tuple(field for field in named if not any(field.startswith(f"{whole}.") for whole in named))

    @model_validator(mode="after")
    def _consistent(self) -> SourceDeclaration:
        try:
            outputs = [output for plan in self.plans for output in plan.outputs]
        except Misfit as error:
            raise Misfit(f"columns.{error.key}", error.problem) from None
        if self.incremental is not None:
            try:
                check_incremental(self.incremental, self.place, has_unique_keys=self.has_unique_keys)
            except Misfit as error:
                raise Misfit(f"incremental.{error.key}".rstrip("."), error.problem) from None
        if self.table in TAKEN_TABLES:
            raise Misfit("table", f"{self.table} is a table already; taken: {', '.join(TAKEN_TABLES)}.")
        repeated = [name for name, times in Counter(rule.name for rule in self.rules).items() if times > 1]
        if repeated:
            raise Misfit("rules", f"names must be unique; repeated: {', '.join(repeated)}.")
        if self.person and self.link_by:
            raise Misfit("link_by", "records that are compared as persons (person) are not linked by rules.")
        _check_columns(self, outputs)
        return self


def _check_columns(declaration: SourceDeclaration, outputs: list[str]) -> None:
    """Every column that the rest of the file names must be there."""
    named = {f"person.{attribute}": column for attribute, column in declaration.person.items()}
    for number, link in enumerate(declaration.link_by):
        named |= {f"link_by.{number}.column": link.column, f"link_by.{number}.only_if": link.only_if}
    for item in declaration.profile:
        named |= {
            f"profile.{item.attribute}": item.column or item.attribute,
            f"profile.{item.attribute}.only_if": item.only_if,
        }
    named |= {f"shape.required.{name}": name for name in declaration.shape.required or ()}
    for key, column in named.items():
        wanted = key.rpartition(".")[2] if key.startswith("person.") and column is None else column
        if wanted is not None and wanted not in (*outputs, "source_key", "key_kind"):
            raise Misfit(key, no_such("column", wanted, ["source_key", *outputs]))


def _check_blocked(name: str, declaration: SourceDeclaration, file: str, blocked: frozenset[str]) -> None:
    watched = declaration.incremental.field if declaration.incremental else None
    if watched and blocked & set(watched.casefold().split(".")):
        raise SourceDeclarationError.at(
            file,
            "incremental.field",
            f"{watched} is one of blocked_fields (globals.yml), which are never stored.",
        )
    keys = {field: "keep" if field in declaration.keep else "columns" for field in declaration.fields}
    for field in declaration.fields:
        if blocked & {part.casefold() for part in field.split(".")}:
            makers = [
                f"columns.{plan.name}"
                for plan in declaration.plans
                if tuple(field.split(".")) in plan.texts.values()
            ]
            key = makers[0] if makers else "key" if field == declaration.key else keys[field]
            raise SourceDeclarationError.at(
                file,
                key,
                f"the field {field} is one of blocked_fields (globals.yml), which are never stored. Take it "
                "out of one of the two.",
            )


def read_declaration(
    name: str, written: Any, *, file: str, blocked_fields: tuple[str, ...] = ()
) -> SourceDeclaration:
    """What a file says of the source ``name``.

    Args:
        name: the source's name: the file's, and its only key.
        written: what is below that key.
        file: the file (or files, one over the other), for messages.
        blocked_fields: names of fields that are never stored.

    Raises:
        SourceDeclarationError: naming the file, the key and what is allowed.
    """
    if name.startswith(_TAKEN_FILES):
        raise SourceDeclarationError.at(
            file,
            name,
            f"a source's name cannot begin with {', '.join(_TAKEN_FILES)}: Kedro takes its file for these.",
        )
    if not isinstance(written, dict):
        raise SourceDeclarationError.at(
            file, name, "everything about the source stands below its name, indented."
        )
    try:
        declaration = SourceDeclaration.model_validate({"table": name, **written})
    except ValidationError as error:
        raise SourceDeclarationError(explain_declaration(error, SourceDeclaration, file)) from None
    _check_blocked(name, declaration, file, frozenset(one.casefold() for one in blocked_fields))
    return declaration
