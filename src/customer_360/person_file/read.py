"""A file of persons, read by Python record by record and handed to the engine as Parquet files of plain text.

The engines have readers of their own, and each of them has its own idea of quotation marks, of brackets in a file's
name, of time stamps. So none of them reads what a person brings: both get the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from customer_360.datasets import checked_encoding
from customer_360.person_file.columns import Said
from customer_360.person_file.excel_file import EXCEL_FORMATS, read_excel
from customer_360.person_file.parquet_file import read_parquet
from customer_360.person_file.parts import Parts, PersonFileError, StagedPersons
from customer_360.person_file.text_file import read_text

TEXT_FORMATS = (".csv", ".tsv", ".tab", ".txt")
INPUT_FORMATS = (".parquet", *TEXT_FORMATS, *EXCEL_FORMATS)


def check_input(path: Path, said: Said) -> None:
    """Refuse what no reader is for, before anything is read.

    Raises:
        PersonFileError: an unknown format, encoding or delimiter, or no file.
    """
    if path.suffix.lower() == ".xls":
        raise PersonFileError(f"{path}: workbooks of this old kind cannot be read. Save it as .xlsx or CSV.")
    if not (_is_parquet(path) or _is_text(path) or _is_excel(path)):
        raise PersonFileError(
            f"{path}: the name must end in {', '.join(INPUT_FORMATS)}; a text file may be compressed (.csv.gz)."
        )
    if not path.is_dir() and not path.is_file():
        raise PersonFileError(f"{path} is not a regular file. Name a file, or a folder of Parquet parts.")
    if said.delimiter is not None and (len(said.delimiter) != 1 or said.delimiter in '"\r\n'):
        raise PersonFileError(f"--delimiter '{said.delimiter}': one character is needed, such as ';'.")
    if said.sheet is not None and not _is_excel(path):
        raise PersonFileError(f"--sheet '{said.sheet}': {path} is not an Excel file and has no sheets.")
    if said.encoding is not None:
        try:
            checked_encoding(said.encoding)
        except ValueError as error:
            raise PersonFileError(f"--encoding: {error}") from None


def stage_persons(path: Path, folder: Path, attributes: Sequence[str], said: Said) -> StagedPersons:
    """Read the file and write ``source, key`` and the attributes that it has, all of them text, as Parquet parts.

    Args:
        path: CSV (also with tabs or semicolons, also ``.gz``), Excel, Parquet, or a folder of Parquet parts.
        folder: where the parts go; it is there, and empty.
        attributes: of the identity model.
        said: what the user says of it.

    Raises:
        PersonFileError: no such format, damaged, or rows that are none.
        ColumnsError: the columns cannot be told.
        SourceError: a text file that cannot be read.
    """
    check_input(path, said)
    parts = Parts(folder, said.source)
    read = read_parquet if _is_parquet(path) else read_excel if _is_excel(path) else read_text
    read(path, attributes, said, parts)
    assert parts.staged is not None
    return parts.staged


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet" or path.is_dir()  # a folder: of parts, whatever its name


def _is_excel(path: Path) -> bool:
    return path.suffix.lower() in EXCEL_FORMATS


def _is_text(path: Path) -> bool:
    return Path(path.name.lower().removesuffix(".gz")).suffix in TEXT_FORMATS
