"""Cleaning as a source's file declares it: current bronze records to typed rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.engine import with_columns
from customer_360.foundation import module_digest, no_such
from customer_360.parameters import CleaningSettings

from .base import CARRIED, not_an_object, parse_object, parse_payload, raw_struct, unreadable
from .columns import PlannedColumn
from .errors import SourceDeclarationError

FieldPath = tuple[str, ...]
# Types that no table here may have.
_NO_TYPES = ("void", "timestamp_ntz", "variant", "interval")


@dataclass(frozen=True)
class DeclaredCleaning:
    """What :attr:`.base.Source.clean` is for a declared source.

    Attributes:
        columns: in the order in which silver has them.
        file: where they are declared, for messages.
    """

    columns: tuple[PlannedColumn, ...]
    file: str

    def __call__(self, records: DataFrame, settings: CleaningSettings) -> DataFrame:
        """Type the current records of the source.

        Args:
            records: current bronze records (``source_key, payload, run_id, ingested_at``).
            settings: shared settings of cleaning, with the vocabularies that the columns name.

        Returns:
            One row per record: ``source_key``, the declared columns, ``raw``, ``payload``, ``ingested_at``, ``run_id``.
        """
        frame = self._standardised(self._texts(records, settings), settings)
        for column in self.columns:
            if column.declared.derived:
                frame = frame.select("*", self._derived(column).alias(column.outputs[0]))
        return frame.select("source_key", *self.outputs, "raw", *CARRIED)

    @property
    def meaning(self) -> list[object]:
        """The columns as they are declared, and the code of the functions that they name."""
        columns: list[object] = [column.declared.model_dump(mode="json") for column in self.columns]
        return columns + [_code_of(one) for column in self.columns if (one := column.declared.function)]

    @property
    def outputs(self) -> list[str]:
        """Names of the declared columns, as silver has them."""
        return [output for column in self.columns for output in column.outputs]

    def check(self, records: DataFrame, settings: CleaningSettings) -> None:
        """Try the SQL and the functions on a frame of bronze's shape.

        Raises:
            SourceDeclarationError: one that the engine does not accept, or that gives a type no table can have.
        """
        frame = self._standardised(self._texts(records, settings), settings)
        for column in self.columns:
            if column.declared.derived:
                frame = self._tried(frame, column)

    def _tried(self, frame: DataFrame, column: PlannedColumn) -> DataFrame:
        key = f"columns.{column.name}.{'sql' if column.declared.sql else 'function'}"
        try:
            made = frame.select("*", self._derived(column).alias(column.outputs[0]))
            kind = made.schema[column.outputs[0]].dataType.simpleString()
        except SourceDeclarationError:
            raise
        except Exception as error:
            known = [name for name in frame.columns if name not in CARRIED and name != "raw"]
            texts = [f"raw.{text}" for one in self.columns for text in one.texts]
            usable = ", ".join([*known, *texts])
            problem = f"the engine does not accept it: {str(error).splitlines()[0]} It may use {usable}."
            raise SourceDeclarationError.at(self.file, key, problem) from error
        if any(word in kind for word in _NO_TYPES):
            problem = f"it gives {kind}, which no table can have. Say what it is: CAST(... AS STRING)."
            raise SourceDeclarationError.at(self.file, key, problem)
        return made

    def _texts(self, records: DataFrame, settings: CleaningSettings) -> DataFrame:
        """``source_key, raw`` and what is carried: the texts out of the payload, however deep they are."""
        paths = [path for column in self.columns for path in column.texts.values()]
        parents = list(dict.fromkeys(parent for path in paths for parent in _parents(path)))
        frame = parse_payload(records, list(dict.fromkeys(path[0] for path in paths)))
        for parent in parents:
            below = [
                path[len(parent)] for path in (*paths, *parents) if path[: len(parent)] == parent != path
            ]
            text = parse_object(_text(parent, parents), list(dict.fromkeys(below)))
            frame = frame.select("*", text.alias(_object(parents, parent)))
        faults = [not_an_object(".".join(parent), _text(parent, parents)) for parent in parents]
        parsed = F.col("parsed")
        texts = {
            "malformed": parsed["malformed"],
            "unreadable": unreadable(parsed["unreadable"], *faults),
        }
        for column in self.columns:
            texts |= {name: _text(path, parents) for name, path in column.texts.items()}
        return frame.select("source_key", raw_struct(texts, settings), *CARRIED)

    def _standardised(self, frame: DataFrame, settings: CleaningSettings) -> DataFrame:
        """All columns but the derived ones, beside ``raw``."""
        ways = [(column, column.declared.way) for column in self.columns if not column.declared.derived]
        computed = [
            way.compute([F.col(f"raw.{text}") for text in column.texts], settings).alias(f"_{column.name}")
            for column, way in ways
        ]
        further = {
            f"_{column.name}": way.then(F.col(f"_{column.name}"))
            for column, way in ways
            if way.then is not None
        }
        frame = with_columns(frame.select("*", *computed), further)
        outputs = [
            take(F.col(f"_{column.name}")).alias(output)
            for column, way in ways
            for output, take in zip(column.outputs, way.outputs.values(), strict=True)
        ]
        return frame.select("source_key", *outputs, "raw", *CARRIED)

    def _derived(self, column: PlannedColumn) -> Column:
        declared = column.declared
        if declared.sql is not None:
            return F.expr(f"({declared.sql})")
        assert declared.function is not None
        key = f"columns.{column.name}.function"
        function = imported(declared.function, file=self.file, key=key)
        arguments = declared.of or tuple(f"raw.{text}" for text in column.texts)
        made = function(*[F.col(name) for name in arguments])
        if not isinstance(made, Column):
            raise SourceDeclarationError.at(
                self.file, key, f"{declared.function} gives {type(made).__name__}; a function gives a Column."
            )
        return made


def _code_of(function: str) -> str:
    """Digest of the module that a function is in."""
    module = import_module(function.rpartition(".")[0])
    return module_digest(module.__file__) if module.__file__ else ""


def imported(name: str, *, file: str, key: str) -> Callable[..., Any]:
    """The function that a file names as ``package.module.name``.

    Raises:
        SourceDeclarationError: it cannot be imported, or is none.
    """
    module_name, _, attribute = name.rpartition(".")
    try:
        module = import_module(module_name)
    except Exception as error:
        problem = (
            f"{name} cannot be imported ({type(error).__name__}: {error}). It is package.module.function."
        )
        raise SourceDeclarationError.at(file, key, problem) from error
    found = getattr(module, attribute, None)
    if not callable(found):
        known = [one for one in vars(module) if callable(getattr(module, one)) and not one.startswith("_")]
        raise SourceDeclarationError.at(file, key, no_such(f"function in {module_name}", attribute, known))
    return found  # type: ignore[no-any-return]


def _parents(path: FieldPath) -> Iterator[FieldPath]:
    """The objects that a field is in, outermost first."""
    return (path[:depth] for depth in range(1, len(path)))


def _text(path: FieldPath, parents: list[FieldPath]) -> Column:
    """The text of a field: of the payload, or of the object that it is in."""
    if len(path) == 1:
        return F.col("parsed")[path[0]]
    return F.col(_object(parents, path[:-1]))[path[-1]]


def _object(parents: list[FieldPath], parent: FieldPath) -> str:
    return f"_object_{parents.index(parent)}"
