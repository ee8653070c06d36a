"""All sources in one shape: one row per linked record, one column per attribute of the profile."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, BooleanType, DataType, MapType, StringType, StructType

from customer_360.engine import try_cast
from customer_360.foundation import did_you_mean
from customer_360.parameters import AttributeSource, ProfileParameters


class ProfileConfigurationError(ValueError):
    """The profile's configuration does not fit the sources or their columns."""


def profile_records(
    sources: Mapping[str, DataFrame], crosswalk: DataFrame, profile: ProfileParameters
) -> DataFrame:
    """Union of the linked records of all sources that can give an attribute or a key.

    Args:
        sources: silver frames by source name.
        crosswalk: ``customer_id, source, source_key, confidence, ...``.
        profile: attributes and their sources.

    Returns:
        ``customer_id, source, source_key, confidence`` and a column per attribute: null where it is blank,
        where the source has no such column, or where the source's ``only_if`` is not true.

    Raises:
        ProfileConfigurationError: a source that is not there, or an attribute that no source has.
    """
    lineage = profile.lineage()
    schemas = {name: dict(_types(frame)) for name, frame in sources.items()}
    types = {attribute: _attribute_type(attribute, lineage[attribute], schemas) for attribute in lineage}
    wanted = {item.source for items in lineage.values() for item in items} | set(profile.keys)
    frames = []
    for name in [name for name in sources if name in wanted]:
        links = crosswalk.where(F.col("source") == name).select(
            "customer_id", "source", "source_key", "confidence"
        )
        values = [
            _value(attribute, lineage[attribute], name, schemas[name], types[attribute]).alias(attribute)
            for attribute in lineage
        ]
        frames.append(links.join(sources[name].select("source_key", *values), "source_key"))
    columns = ["customer_id", "source", "source_key", "confidence", *lineage]
    return reduce(DataFrame.unionAll, [frame.select(*columns) for frame in frames])


def check_profile(sources: Mapping[str, DataFrame], profile: ProfileParameters) -> None:
    """Check the profile's sources and columns, as :func:`profile_records` does, on frames without rows.

    Raises:
        ProfileConfigurationError: a source or column that is not there, or one of a type that cannot serve.
    """
    schemas = {name: dict(_types(frame)) for name, frame in sources.items()}
    for attribute, items in profile.lineage().items():
        _attribute_type(attribute, items, schemas)


def _types(frame: DataFrame) -> list[tuple[str, DataType]]:
    return [(field.name, field.dataType) for field in frame.schema.fields]


def _attribute_type(
    attribute: str, items: tuple[AttributeSource, ...], schemas: Mapping[str, Mapping[str, DataType]]
) -> DataType:
    """Type of the attribute: that of the first source that has it."""
    for item in items:
        _check(attribute, item, schemas)
    found = [(item, schemas[item.source].get(item.column or attribute)) for item in items]
    types = [data_type for _, data_type in found if data_type is not None]
    if not types:
        columns = {column for item in items for column in schemas[item.source]}
        raise ProfileConfigurationError(
            f"profile: no source has the attribute '{attribute}': "
            + "; ".join(f"'{item.source}' has {', '.join(schemas[item.source])}" for item in items)
            + f".{did_you_mean(attribute, columns)} Correct its name, name the source's column, or take the attribute "
            "out."
        )
    if isinstance(types[0], ArrayType | MapType | StructType):
        raise ProfileConfigurationError(
            f"profile: '{attribute}' is {types[0].simpleString()}; an attribute must be a single value."
        )
    return types[0]


def _check(attribute: str, item: AttributeSource, schemas: Mapping[str, Mapping[str, DataType]]) -> None:
    if item.source not in schemas:
        raise ProfileConfigurationError(
            f"profile: '{attribute}' comes from '{item.source}', but there is no such source."
            f"{did_you_mean(item.source, schemas)} Sources: {', '.join(schemas)}."
        )
    columns = schemas[item.source]
    for column in (item.column, item.only_if):
        if column and column not in columns:
            raise ProfileConfigurationError(
                f"profile: '{attribute}' names the column '{column}' of '{item.source}', which has no such "
                f"column.{did_you_mean(column, columns)} It has: {', '.join(columns)}."
            )
    if item.only_if and not isinstance(columns[item.only_if], BooleanType):
        raise ProfileConfigurationError(
            f"profile: '{attribute}' is taken only if '{item.only_if}' of '{item.source}', which is "
            f"{columns[item.only_if].simpleString()}, not boolean."
        )


def _value(
    attribute: str,
    items: tuple[AttributeSource, ...],
    source: str,
    columns: Mapping[str, DataType],
    data_type: DataType,
) -> Column:
    item = next((item for item in items if item.source == source), None)
    name = (item.column or attribute) if item else attribute
    if item is None or name not in columns:
        return F.lit(None).cast(data_type)
    value = F.col(name)
    if isinstance(columns[name], StringType):
        value = F.when(F.trim(value) != "", value)
    if columns[name] != data_type:
        value = try_cast(value, data_type)
    return F.when(F.col(item.only_if), value) if item.only_if else value
