"""Brings generated files to where a run looks for them, and never touches a file that it did not write."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from customer_360.sample_sources.files import GENERATOR_VERSION, SampleFiles

MANIFEST = ".sample_sources.json"


def place_files(files: SampleFiles, landing: Path) -> list[str]:
    """Copy the ERP and support files into the landing folder, each in one step.

    A manifest in the folder keeps the SHA-256 of what was written. A file that is in no manifest, or that was
    changed since, belongs to somebody else and stays. The manifest names a file's content before it is
    written, so that a run that breaks off in between leaves nothing that later runs would not know as theirs.

    Args:
        files: the generated sample.
        landing: folder, made if it is missing.

    Returns:
        The names of the files that stayed as they were because they are somebody else's.
    """
    landing.mkdir(parents=True, exist_ok=True)
    written = _read_manifest(landing / MANIFEST)
    kept = []
    for source in (files.erp_customers, files.support_tickets):
        target = landing / source.name
        present = _sha256(target) if target.exists() else None
        wanted = _sha256(source)
        if present is not None and present not in written.get(source.name, ()):
            kept.append(source.name)
        elif present != wanted:
            written[source.name] = [present, wanted] if present else [wanted]
            _write_manifest(landing / MANIFEST, written)
            _copy(source, target)
    return kept


def prepare_landing(cache: Path, *, customers: int, seed: int) -> SampleFiles:
    """Give the sample of these arguments, generated now or by an earlier call.

    Args:
        cache: folder with one folder per sample; nothing in it is ever changed, so it can be deleted at will.
        customers: number of persons that the CRM knows.
        seed: any non-negative number.
    """
    folder = cache / f"customers-{customers}-seed-{seed}-{_generator()}"
    files = SampleFiles.within(folder)
    if all(path.is_file() for path in files.paths().values()):
        return files
    shutil.rmtree(folder, ignore_errors=True)  # somebody deleted part of it
    from customer_360.sample_sources.generator import generate  # mimesis is slow to import: only when needed

    unfinished = cache / f".{folder.name}.{os.getpid()}"
    try:
        generate(unfinished, customers=customers, seed=seed)
        _rename_unless_present(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return files


def _generator() -> str:
    """What the bytes depend on besides the arguments."""
    try:
        return f"v{GENERATOR_VERSION}-mimesis-{version('mimesis')}"
    except PackageNotFoundError:
        return f"v{GENERATOR_VERSION}"


def _rename_unless_present(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError:
        if not target.is_dir():  # otherwise another process made the very same sample meanwhile
            raise


def _read_manifest(path: Path) -> dict[str, list[str]]:
    """SHA-256 by file name; nothing where it is missing or damaged: then every file is somebody else's."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: hashes for name, hashes in content.items() if isinstance(hashes, list)}


def _write_manifest(path: Path, written: dict[str, list[str]]) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.partial")
    temporary.write_text(json.dumps(written, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(path)


def _copy(source: Path, target: Path) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        shutil.copy2(source, temporary)  # with its time: a file that is older than a moment is not waited for
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
