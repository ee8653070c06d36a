"""Files that commands write for people: whole under their names, or not there at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

Writing = Callable[[IO[bytes]], object]


class OutputError(ValueError):
    """A result cannot be written where it was asked for; the message says why."""


def write_files(writings: Mapping[Path, Writing], *, make_folders: bool = True) -> None:
    """Write files beside their names first, and give them their names when all are complete.

    Args:
        writings: what writes the content, by file.
        make_folders: make the folders that are not there; without it, that is an error.

    Raises:
        OutputError: one cannot be written; what was there before is still there.
    """
    partials: dict[Path, str] = {}
    output = Path()
    try:
        for output, writing in writings.items():
            place = Path(os.path.realpath(output))
            if make_folders:
                place.parent.mkdir(parents=True, exist_ok=True)
            number, partials[place] = tempfile.mkstemp(
                prefix=".customer_360-", suffix=".partial", dir=place.parent
            )
            with os.fdopen(number, "wb") as file:
                writing(file)
            os.chmod(partials[place], 0o666 & ~_umask())
        for output, partial in partials.items():
            os.replace(partial, output)
    except OSError as error:
        raise cannot_be_written(output, error) from None
    finally:
        for partial in partials.values():
            with suppress(OSError):
                os.unlink(partial)


def cannot_be_written(output: Path, error: OSError) -> OutputError:
    """What to raise for it."""
    return OutputError(f"{output} cannot be written: {error.strerror or type(error).__name__}.")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
