"""An answer's body: read within a limit, decompressed, decoded as declared, parsed."""

from __future__ import annotations

import codecs
import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from customer_360.datasets.errors import SourceError
from customer_360.datasets.json_text import parse_json

CHUNK = 16_384
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LATIN_1 = ("iso8859-1", "ascii")
_C1 = bytes(range(0x80, 0xA0))
_NO_CHARSETS = ("unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined", "mbcs", "oem")


class CutShort(Exception):
    """A body that ends before its end."""


class AnswerNotJson(Exception):
    """A body that is no JSON."""


def content_type(headers: Mapping[str, str]) -> str:
    """The answer's media type without parameters, in lower case; empty if it has none."""
    return headers.get("Content-Type", "").partition(";")[0].strip().lower()


def read_body(chunks: Iterable[bytes], headers: Mapping[str, str], *, limit: int) -> bytes:
    """Put a body together, decompressed.

    Args:
        chunks: its bytes as they are sent.
        headers: of the answer.
        limit: bytes that it may have, before and after decompression.

    Raises:
        SourceError: it has more, or is compressed in a way that was not asked for.
        CutShort: it ends too early, or is garbled.
    """
    inflate = _inflater(headers.get("Content-Encoding", ""), limit)
    body, received = bytearray(), 0
    for chunk in chunks:
        received += len(chunk)
        body += inflate.add(chunk, limit - len(body)) if inflate else chunk
        if len(body) > limit or received > limit:
            raise SourceError(
                f"an answer of more than {limit:,} bytes (max_response_bytes) was not read to its end. Ask for "
                "smaller pages (pagination.page_size), or raise max_response_bytes"
            )
    announced = headers.get("Content-Length", "").strip()
    if announced.isascii() and announced.isdigit() and received < int(announced):
        raise CutShort
    if inflate and not inflate.is_complete:
        raise CutShort
    return bytes(body)


def decoded(body: bytes, headers: Mapping[str, str], *, encoding: str | None) -> str:
    """The text of a body: by its byte order mark, else ``encoding``, else the declared charset, else UTF-8.

    UTF-16 and UTF-32 without any of these are recognised, as JSON allows it.

    Raises:
        SourceError: an unknown charset, or bytes that it does not have.
    """
    mark, by_mark = next(((mark, name) for mark, name in _BOMS if body.startswith(mark)), (b"", None))
    declared = _charset(headers)
    name = by_mark or encoding or declared or json.detect_encoding(body)
    codec = python_codec(name)
    if codec is None:
        raise SourceError(
            f"the answer declares a charset that is not known here ({declared!r}). Set the dataset's encoding"
        )
    if codec in _LATIN_1 and any(byte in _C1 for byte in body):
        codec = (
            "cp1252"  # what is declared as Latin-1 and has such bytes is Windows-1252, as in every browser
        )
    try:
        # a byte that is no UTF-8 costs the value that it stands in (json_text); staging sees if there are many
        return body[len(mark) :].decode(codec, "surrogateescape" if codec == "utf-8" else "strict")
    except UnicodeDecodeError as error:
        place, failure = error.start + len(mark), name
    said = "declared" if name == declared else "set" if name == encoding else "assumed"
    raise SourceError(
        f"the answer is not in the {said} encoding {failure}: byte {place + 1:,} of {len(body):,} does not fit. "
        "Set the dataset's encoding (windows-1252, for example)"
    )


def python_codec(name: str) -> str | None:
    """Python's name for a text encoding, None if there is none."""
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    is_text = getattr(codec, "_is_text_encoding", True)
    return codec.name if is_text and codec.name.replace("_", "-") not in _NO_CHARSETS else None


def parsed(text: str) -> Any:
    """The JSON value of a body.

    Raises:
        NotJson: it is none.
    """
    try:
        return parse_json(text)
    except ValueError:
        pass  # raised below: the exception at hand holds the text
    raise AnswerNotJson


def _charset(headers: Mapping[str, str]) -> str | None:
    for part in headers.get("Content-Type", "").split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").strip() or None
    return None


_MEMBER = b"\x1f\x8b"  # begins each of the members that a gzip body may have


class _Inflater:
    """gzip or deflate, piece by piece, never more than is asked for."""

    def __init__(self, *, is_gzip: bool) -> None:
        self._is_gzip = is_gzip
        self._first = True
        self._ended = False
        self._waiting = b""  # a first byte alone, which does not tell yet what begins with it
        self._decoder = self._new(raw=False)

    @property
    def is_complete(self) -> bool:
        return (self._decoder.eof or self._first) and not self._waiting

    def add(self, data: bytes, room: int) -> bytes:
        """Decompress ``data``; one byte more than ``room`` at most, to show that it is too much.

        Raises:
            CutShort: this is not what it says that it is.
        """
        out = bytearray()
        data, self._waiting = self._waiting + data, b""
        while data and len(out) <= room and not self._ended:
            if len(data) == 1 and (self._first or (self._decoder.eof and data == _MEMBER[:1])):
                self._waiting = data
                break
            if self._decoder.eof:
                self._ended = not (self._is_gzip and data.startswith(_MEMBER))
                if self._ended:
                    break  # padding after the end
                self._decoder = self._new(raw=False)
            out += self._piece(data, room - len(out) + 1)
            data = self._decoder.unconsumed_tail or self._decoder.unused_data
        return bytes(out)

    def _piece(self, data: bytes, most: int) -> bytes:
        is_first, self._first = self._first, False
        try:
            return bytes(self._decoder.decompress(data, most))
        except zlib.error:
            if not is_first or self._is_gzip:
                raise CutShort from None
        self._decoder = self._new(raw=True)  # what some servers call deflate has no header
        try:
            return bytes(self._decoder.decompress(data, most))
        except zlib.error:
            raise CutShort from None

    def _new(self, *, raw: bool) -> Any:
        bits = -zlib.MAX_WBITS if raw else zlib.MAX_WBITS | 16 if self._is_gzip else zlib.MAX_WBITS
        return zlib.decompressobj(bits)


def _inflater(encoding: str, limit: int) -> _Inflater | None:
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return None
    if name not in ("gzip", "x-gzip", "deflate"):
        raise SourceError(
            "the answer is compressed in a way that was not asked for (only gzip and deflate are)"
        )
    return _Inflater(is_gzip=name != "deflate")
