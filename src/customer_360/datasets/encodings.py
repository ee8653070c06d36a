"""Which encoding a text file is in: what its first bytes prove, what was declared, or UTF-8."""

from __future__ import annotations

import codecs
from typing import IO

UTF_8 = "utf-8-sig"  # UTF-8, with or without a byte order mark
_HEAD = 4_096
_PIECE = 1 << 20
# UTF-32 first: its mark begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def checked_encoding(name: str) -> str:
    """``name`` as Python's codecs call it.

    Raises:
        ValueError: no encoding of texts has this name.
    """
    try:
        found = codecs.lookup(name)
        "".encode(name)  # some codecs turn bytes into bytes
    except LookupError:
        raise ValueError(
            f"encoding '{name}' is not known. Examples: utf-8, windows-1252, iso-8859-1, utf-16."
        ) from None
    return found.name


def text_encoding(file: IO[bytes], declared: str | None = None) -> tuple[str, str | None]:
    """The encoding of a binary file that stands at its start, and a remark where it is not the expected one.

    A byte order mark proves its encoding; then counts what was declared; then UTF-16 shows by the zero bytes
    of its ASCII letters. All else is UTF-8, and whoever reads it finds out if it is not. The file stands at its
    start afterwards.
    """
    head = file.read(_HEAD)
    file.seek(0)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return (
                encoding,
                None if encoding == UTF_8 else f"read as {encoding.upper()}, as its first bytes say",
            )
    if declared is not None:
        name = checked_encoding(declared)
        return UTF_8 if name == "utf-8" else name, None
    for encoding, zeros, letters in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        # ASCII letters in UTF-16: every other byte is zero. Other scripts have enough spaces and marks for half.
        if len(head) > 1 and zeros.count(0) > len(zeros) / 2 and not letters.count(0):
            return encoding, f"read as {encoding.upper()}: every other byte is zero"
    return UTF_8, None


def first_unreadable_line(file: IO[bytes], encoding: str) -> int:
    """Number (from 1) of the first line that is not of this encoding; reads the binary file from its start."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8" if encoding == UTF_8 else encoding)()
    lines = 1
    while piece := file.read(_PIECE):
        before = decoder.getstate()
        try:
            lines += decoder.decode(piece).count("\n")
        except UnicodeDecodeError as error:
            decoder.setstate(before)
            # the error counts from the bytes that the decoder had kept from the piece before
            good = max(0, error.start - len(before[0]))
            return lines + decoder.decode(piece[:good]).count("\n")
    return lines


def refusal(file: IO[bytes], encoding: str) -> str:
    """What to say of a file that is not of ``encoding``: the line, and the setting that mends it."""
    line = first_unreadable_line(file, encoding)
    if encoding != UTF_8:
        return (
            f"is not {encoding} text: unreadable bytes in line {line:,}. Set `encoding` to the encoding that it "
            "was saved in, or save it as UTF-8"
        )
    return (
        f"is not UTF-8 text: unreadable bytes in line {line:,}. A file saved by Excel or by an older system is "
        "often Windows-1252: then set `encoding: windows-1252`, or save it as UTF-8"
    )
