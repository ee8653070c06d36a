"""Declarations as the parameters that the pipelines take, under those that the configuration files give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customer_360.foundation import no_such

from .base import Source
from .cleaning import DeclaredCleaning, imported
from .declaration import SourceDeclaration
from .errors import SourceDeclarationError

Parameters = dict[str, Any]


@dataclass(frozen=True)
class DeclaredSource:
    """A source's declaration, its name, and where it is written.

    Attributes:
        name: short name of the source.
        file: the file, or the files of which one changes the other, as messages call them.
        declaration: what they say.
    """

    name: str
    file: str
    declaration: SourceDeclaration

    @property
    def table(self) -> str:
        """Name of its bronze and silver tables."""
        return self.declaration.table or self.name

    @property
    def source(self) -> Source:
        """The source as the pipelines know it.

        Raises:
            SourceDeclarationError: a function that cannot be imported.
        """
        plans = self.declaration.plans
        for plan in plans:
            if plan.declared.function is not None:
                imported(plan.declared.function, file=self.file, key=f"columns.{plan.name}.function")
        return Source(name=self.name, table=self.table, clean=DeclaredCleaning(plans, self.file))


def in_order(declared: list[DeclaredSource]) -> tuple[DeclaredSource, ...]:
    """By ``order``, then by name.

    Raises:
        SourceDeclarationError: two sources with one table.
    """
    ordered = sorted(declared, key=lambda one: (one.declaration.order, one.name))
    tables: dict[str, str] = {}
    for one in ordered:
        if one.table in tables:
            raise SourceDeclarationError.at(
                one.file, "table", f"{one.table} is the table of {tables[one.table]}."
            )
        tables[one.table] = one.name
    return tuple(ordered)


def declared_parameters(declared: tuple[DeclaredSource, ...], *, anchor: str) -> Parameters:
    """All that the declarations say, where parameters have it.

    Args:
        declared: the sources, in order.
        anchor: the source that rules link to, where they do not say it.
    """
    ingestion: Parameters = {}
    cleaning: Parameters = {}
    linking: Parameters = {"persons": {}, "rules": [], "unlinked": {}}
    for one in declared:
        said = one.declaration
        ingestion[one.table] = {
            "key_field": said.key, "unique_keys": said.has_unique_keys, "deleted_field": said.deleted_field,
        }  # fmt: skip
        cleaning[one.name] = {
            "rules": [rule.model_dump() for rule in said.all_rules],
            "shape": said.shape.model_dump(exclude_none=True),
        }
        if said.person:
            linking["persons"][one.name] = {name: column or name for name, column in said.person.items()}
        if said.unlinked is not None:
            linking["unlinked"][one.name] = said.unlinked
        linking["rules"] += _rules(one, anchor)
    return {
        "ingestion": {"sources": ingestion},
        "cleaning": {"sources": cleaning},
        "linking": linking,
    }


def _rules(one: DeclaredSource, anchor: str) -> list[Parameters]:
    return [
        link.model_dump()
        | {
            "name": link.name or f"{one.name}_{link.column}",
            "source": one.name,
            "target": link.target or anchor,
            "target_column": link.target_column or link.column,
        }
        for link in one.declaration.link_by
    ]


def with_declarations(given: Parameters, declared: tuple[DeclaredSource, ...]) -> Parameters:
    """The parameters of the configuration files and of the run, over what the sources' files declare.

    Where both say something the parameters win. A list of theirs is the whole list (the rules of a source, its linking
    rules); attributes of the profile that a source contributes come after those that ``profile`` lists, and the
    source is their last choice.

    Raises:
        SourceDeclarationError: a declaration names a vocabulary or an attribute that is not there.
    """
    check_shared_names(given, declared)
    linking = _mapping(given.get("linking"))
    below = declared_parameters(declared, anchor=str(linking.get("anchor", "")))
    theirs = _listed(linking.get("rules"))
    ruled = {rule.get("source") for rule in theirs if isinstance(rule, dict)}
    rules = [rule for rule in below["linking"]["rules"] if rule["source"] not in ruled] + theirs
    merged: Parameters = _layered(below, given)
    # what is of another form is refused by whoever reads it
    if isinstance(merged["linking"], dict) and isinstance(linking.get("rules", ()), list | tuple):
        merged["linking"]["rules"] = rules
    profile = given.get("profile", {})
    if isinstance(profile, dict) and isinstance(profile.get("attributes", {}), dict):
        merged["profile"] = _with_contributions(profile, declared)
    return merged


def _mapping(value: Any) -> Parameters:
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _with_contributions(profile: Parameters, declared: tuple[DeclaredSource, ...]) -> Parameters:
    attributes = {
        name: list(sources) if isinstance(sources, list | tuple) else sources
        for name, sources in _mapping(profile.get("attributes")).items()
    }
    keys = _listed(profile.get("keys"))
    for one in declared:
        for item in one.declaration.profile:
            listed = attributes.setdefault(item.attribute, [])
            if isinstance(listed, list) and one.name not in [
                each.get("source") if isinstance(each, dict) else each for each in listed
            ]:
                said = {"column": item.column, "only_if": item.only_if}
                listed.append({"source": one.name} | {key: value for key, value in said.items() if value})
        if one.declaration.show_key and one.name not in keys:
            keys.append(one.name)
    has_keys = keys and isinstance(profile.get("keys", ()), list | tuple)
    return {**profile, "attributes": attributes, **({"keys": keys} if has_keys else {})}


def _layered(below: Any, above: Any) -> Any:
    """``above`` over ``below``: mappings key by key, everything else as a whole."""
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    return {key: _layered(below[key], above[key]) if key in above else below[key] for key in below} | {
        key: value for key, value in above.items() if key not in below
    }


def check_shared_names(given: Parameters, declared: tuple[DeclaredSource, ...]) -> None:
    """Check the names that declarations take from parameters: vocabularies, identity attributes, other sources.

    Raises:
        SourceDeclarationError: naming the file, the key and what there is.
    """
    cleaning, identity = _mapping(given.get("cleaning")), _mapping(given.get("identity"))
    vocabularies = _mapping(_mapping(cleaning.get("settings")).get("vocabularies"))
    attributes = _mapping(identity.get("attributes"))
    names = [one.name for one in declared]
    for one in declared:
        for plan in one.declaration.plans:
            wanted = plan.declared.vocabulary
            if wanted is not None and vocabularies and wanted not in vocabularies:
                problem = no_such("vocabulary", wanted, vocabularies)
                raise SourceDeclarationError.at(one.file, f"columns.{plan.name}.vocabulary", problem)
        for attribute in one.declaration.person:
            if attributes and attribute not in attributes:
                problem = no_such("attribute of the identity model", attribute, attributes)
                raise SourceDeclarationError.at(one.file, f"person.{attribute}", problem)
        for number, link in enumerate(one.declaration.link_by):
            if link.target is not None and link.target not in names:
                problem = no_such("source", link.target, names)
                raise SourceDeclarationError.at(one.file, f"link_by.{number}.target", problem)
