"""Which column of a file is which attribute of a person: by its name, by what the user says, or not at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from customer_360.person_file.suspicion import suspected_attribute
from customer_360.person_file.synonyms import WEAK_KEYS, meaning, plain

REQUIRED_COLUMNS = ("source", "key")
IGNORE = "ignore"
_HINTS = {
    "source": "--source NAME names one source for all records",
    "key": "--map key=COLUMN says which one tells records apart",
}
_DATA = re.compile(r"@|\d{4}")  # a first line with such names is somebody's record


class ColumnsError(ValueError):
    """The columns of a file cannot be told; the message names them and says how to."""


@dataclass(frozen=True)
class FileColumn:
    """A column of a file.

    Attributes:
        name: as the file has it; columns of one name are told apart as ``email#3`` (the third column).
        values: some of its values that are not blank, to judge by.
    """

    name: str
    values: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the user says of a file.

    Attributes:
        columns: column's name by ``source``, ``key`` or attribute.
        ignored: names of columns to leave out.
        source: one source for all records.
        encoding: of a text file; None: what its first bytes prove, or UTF-8.
        delimiter: of a text file; None: as its header shows.
        sheet: of a workbook; None: the first one that is visible.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    ignored: Collection[str] = ()
    source: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Matched:
    """What is read of a file.

    Attributes:
        positions: position of the column by ``source``, ``key`` or attribute, in the order of the attributes.
        renamed: ``(column, target)`` where the file calls it otherwise.
        ignored: names of the columns that are left out.
    """

    positions: dict[str, int]
    renamed: list[tuple[str, str]]
    ignored: list[str]


def told_apart(names: Sequence[str]) -> list[str]:
    """The names, with ``#`` and the position (from 1) where several columns have one name."""
    return [
        f"{name}#{position}" if list(names).count(name) > 1 else name
        for position, name in enumerate(names, start=1)
    ]


def match_columns(columns: Sequence[FileColumn], attributes: Iterable[str], said: Said) -> Matched:
    """Find out which column is which.

    Args:
        columns: of the file, in order, with names of their own.
        attributes: those of the identity model.
        said: what the user says.

    Raises:
        ColumnsError: two columns may be one attribute, a column that nobody named may be one, ``source``, ``key``
            or all attributes are missing, or the user names a column or attribute that is not there.
    """
    targets = (*REQUIRED_COLUMNS, *attributes)
    names = [column.name for column in columns]
    chosen = {
        target: _position(names, name) for target, name in said.columns.items() if _is_target(target, targets)
    }
    left_out = {_position(names, name) for name in said.ignored}
    free = [place for place in range(len(names)) if place not in left_out and place not in chosen.values()]
    candidates = _candidates(names, free, targets)
    if not candidates and not chosen:
        raise ColumnsError(_no_header(len(names), targets[len(REQUIRED_COLUMNS) :]))
    problems = _choose(candidates, names, said, chosen)
    problems += _suspicions(columns, set(free) - set(chosen.values()), candidates, chosen)
    problems += _missing(names, chosen, targets, said)
    if problems:
        raise ColumnsError("\n".join(problems))
    positions = {target: chosen[target] for target in targets if target in chosen}
    return Matched(
        positions,
        [(names[place], target) for target, place in positions.items() if names[place] != target],
        [name for place, name in enumerate(names) if place not in set(chosen.values())],
    )


def _choose(
    candidates: Mapping[str, list[int]], names: Sequence[str], said: Said, chosen: dict[str, int]
) -> list[str]:
    """Add to ``chosen`` the column that is an attribute without a doubt; gives the doubts, in sentences."""
    problems = []
    for target, places in candidates.items():
        if target in chosen or (target == "source" and said.source is not None):
            continue
        best = _best(names, target, places)
        if len(best) > 1:
            problems.append(_two(target, [names[place] for place in best]))
        else:
            chosen[target] = best[0]
    return problems


def _is_target(target: str, targets: Collection[str]) -> bool:
    if target not in targets:
        raise ColumnsError(
            f"--map {target}=...: there is no attribute {target}. There are: {', '.join(targets)}."
        )
    return True


def _position(names: Sequence[str], wanted: str) -> int:
    for found in (
        [place for place, name in enumerate(names) if name == wanted],
        [place for place, name in enumerate(names) if plain(name) == plain(wanted)],
    ):
        if len(found) == 1:
            return found[0]
    raise ColumnsError(f"There is no column '{wanted}'. {_listed(names)}")


def _candidates(names: Sequence[str], free: Sequence[int], targets: Collection[str]) -> dict[str, list[int]]:
    bare = {place: re.sub(rf"#{place + 1}$", "", names[place]) for place in free}
    alone = {found for name in bare.values() if (found := meaning(name, set()))}
    candidates: dict[str, list[int]] = {}
    for place, name in bare.items():
        # an attribute of the model is known by its own name, whatever else the name may mean
        own = next((target for target in targets if plain(target) == plain(name)), None)
        target = own or meaning(name, alone) or ("key" if plain(name) in WEAK_KEYS else None)
        if target in targets:
            candidates.setdefault(str(target), []).append(place)
    return candidates


def _best(names: Sequence[str], target: str, places: list[int]) -> list[int]:
    """Of several columns those with the best claim: for source and key only, which are not evidence."""
    if target not in REQUIRED_COLUMNS:
        return places
    claims = [0 if plain(names[p]) == target else 2 if plain(names[p]) in WEAK_KEYS else 1 for p in places]
    return [place for place, claim in zip(places, claims, strict=True) if claim == min(claims)]


def _suspicions(
    columns: Sequence[FileColumn],
    unused: set[int],
    candidates: Mapping[str, list[int]],
    chosen: Mapping[str, int],
) -> Iterable[str]:
    told = {place for places in candidates.values() for place in places}
    for place in sorted(unused - told):
        name = columns[place].name
        if found := suspected_attribute(name, columns[place].values, set(chosen) | set(candidates)):
            attribute, why = found
            yield (
                f"The column '{name}' {why}, and would not be compared. Use it with --map {_quoted(attribute, name)}, "
                f"or leave it out with --ignore {_shell(name)}."
            )


def _missing(
    names: Sequence[str], chosen: Mapping[str, int], targets: Sequence[str], said: Said
) -> Iterable[str]:
    attributes = targets[len(REQUIRED_COLUMNS) :]
    missing = [
        name
        for name in REQUIRED_COLUMNS
        if name not in chosen and not (name == "source" and said.source is not None)
    ]
    if missing or not set(chosen) & set(attributes):
        hints = [_HINTS[name] for name in missing] or ["--map email=COLUMN says which is which"]
        yield (
            f"It must have the columns source and key, and at least one of {', '.join(attributes)}. "
            f"{_listed(names)} {'; '.join(hints)}."
        )


def _two(target: str, names: Sequence[str]) -> str:
    named = " and ".join(f"'{name}'" for name in names)
    return (
        f"The columns {named} may both be {target}. Say which one counts with --map {_quoted(target, names[0])}; the "
        "others are then left out."
    )


def _no_header(count: int, attributes: Sequence[str]) -> str:
    # Its first line may be somebody's record: not to be shown.
    return (
        f"None of its {count} columns has a name that says what it is. It must have the columns source and key, and at "
        f"least one of {', '.join(attributes)}. Is its first line a header? If so, say which is which: "
        "--map key=COLUMN."
    )


def _listed(names: Sequence[str]) -> str:
    if any(_DATA.search(name) for name in names):
        return f"It has {len(names)} columns; is its first line a header?"
    return f"It has: {', '.join(names)}."


def _quoted(target: str, name: str) -> str:
    return _shell(f"{target}={name}")


def _shell(text: str) -> str:
    return text if re.fullmatch(r"[\w=.#+-]+", text) else f'"{text}"'
