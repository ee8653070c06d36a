"""The configuration archive beside the wheel: what a run elsewhere needs, and no secret."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

# This machine's own settings, and whatever holds secrets: neither leaves it.
_LOCAL = "local"
_SECRET = "credentials"  # noqa: S105


def write_configuration(source: Path, archive: Path) -> list[str]:
    """Write the configuration folder as ``tar.gz``, the same bytes for the same content.

    Left out are the environment ``local`` (its empty folder stays: Kedro looks for its default environment),
    every file or folder whose name begins with ``credentials``, and hidden files.

    Args:
        source: the folder ``conf``.
        archive: file to write, over whatever was there.

    Returns:
        Names of the files in it.
    """
    names = sorted(_kept(source))
    archive.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        folders = {parent for name in names for parent in PurePosixPath(name).parents if parent.name}
        for folder in sorted({PurePosixPath(source.name), PurePosixPath(source.name) / _LOCAL, *folders}):
            entry = tarfile.TarInfo(f"{folder}")
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        for name in names:
            content = (source.parent / name).read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            tar.addfile(entry, io.BytesIO(content))
    archive.write_bytes(gzip.compress(buffer.getvalue(), mtime=0))
    return names


def _kept(source: Path) -> Iterator[str]:
    for path in source.rglob("*"):
        inside = path.relative_to(source)
        private = any(part.startswith((".", _SECRET)) for part in inside.parts)
        if path.is_file() and inside.parts[0] != _LOCAL and not private:
            yield (PurePosixPath(source.name) / inside.as_posix()).as_posix()
