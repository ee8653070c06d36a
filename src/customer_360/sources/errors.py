"""A source's file that cannot be used: where, what, and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from customer_360.foundation import did_you_mean


class SourceDeclarationError(ValueError):
    """A source's file says something that cannot be used; names the file, the key and what is allowed."""

    @classmethod
    def at(cls, file: str, key: str, problem: str) -> SourceDeclarationError:
        """The error in one sentence: ``conf/base/sources/loyalty.yml, columns.email.as: ...``."""
        return cls(f"{file}{f', {key}' if key else ''}: {problem}")


class Misfit(SourceDeclarationError):
    """Inside a model: a key, seen from there, and what is wrong with it."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key, self.problem = key, problem


def explain_declaration(error: ValidationError, model: type[BaseModel], file: str) -> str:
    """All misfits of a declaration, one sentence each."""
    return "\n".join(_sentence(problem, model, file) for problem in error.errors(include_url=False))


def _sentence(problem: Any, model: type[BaseModel], file: str) -> str:
    place = [str(part) for part in problem["loc"] if not _is_label(part)]
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, Misfit):
        key = ".".join([*place, cause.key] if cause.key else place)
        return str(SourceDeclarationError.at(file, key, cause.problem))
    key = ".".join(place)
    if problem["type"] == "extra_forbidden":
        allowed = _keys(model, problem["loc"][:-1])
        hint = did_you_mean(place[-1], allowed)
        said = f"there is no such key.{hint} Allowed: {', '.join(allowed)}."
    elif problem["type"] == "missing":
        said = "the key is missing."
    elif problem["type"] == "value_error":
        said = f"{problem['msg'].removeprefix('Value error, ')}."
    else:
        message = problem["msg"]
        quoted = " Put it in quotation marks." if problem["type"] == "string_type" else ""
        said = f"{message[0].lower()}{message[1:]} (given: {problem['input']!r}).{quoted}"
    return str(SourceDeclarationError.at(file, key, said))


def _is_label(part: str | int) -> bool:
    """Whether pydantic put it into the place itself: ``function-before[...]``, ``tuple[...]``."""
    return isinstance(part, str) and ("[" in part or part in ("str", "literal"))


def _keys(model: type[BaseModel], place: Iterable[str | int]) -> list[str]:
    """The keys that a model has at a place, as they are written."""
    schema = model.model_json_schema(by_alias=True)
    here: Any = schema
    for part in place:
        if _is_label(part):
            continue
        here = _below(_resolved(here, schema), part)
    return list(_resolved(here, schema).get("properties", {}))


def _below(schema: Any, part: str | int) -> Any:
    if isinstance(part, int):
        return schema.get("items", {})
    return schema.get("properties", {}).get(part) or schema.get("additionalProperties") or {}


def _resolved(schema: Any, root: Any) -> Any:
    """The schema that a reference, or a choice with null, leads to."""
    if not isinstance(schema, dict):
        return {}
    for choice in schema.get("anyOf", ()):
        if choice.get("type") != "null":
            return _resolved(choice, root)
    if "$ref" in schema:
        return root["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema
