"""What code means, as a short text: what was made with it counts as long as it means the same.

Docstrings, comments and layout mean nothing. The text has two parts: of the meaning, and of the bytes of the files.
Where the bytes are those that are remembered, nothing is parsed: that takes a thousandth of a second for a package.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_APART = ":"  # between the two parts


def code_digest(*packages: str, remembered: str = "") -> str:
    """Digest of all modules and data files in these packages and the packages inside them.

    Args:
        packages: names, as they are imported.
        remembered: what this function returned for the same packages at some time, in any process; it is returned
            again, without a look at what the code means, if no file has changed since.

    Returns:
        a text for :func:`same_code`; the two parts are SHA-256 in hexadecimal digits.

    Raises:
        ModuleNotFoundError: there is no such package.
        SyntaxError: a module is not Python.
    """
    content = _content(packages)
    of_bytes = _digest(path.encode() + b"\0" + raw for path, raw in content)
    if remembered.partition(_APART)[2] == of_bytes:
        return remembered
    return _APART.join((_of_meaning(packages, of_bytes), of_bytes))


def module_digest(file: str) -> str:
    """Digest of what one module means. Args: file: its path."""
    return hashlib.sha256(_meaning(Path(file).read_bytes(), file)).hexdigest()


def same_code(one: str, other: str) -> bool:
    """Whether two texts of :func:`code_digest` are of code that means the same."""
    return bool(one) and one.partition(_APART)[0] == other.partition(_APART)[0]


@cache
def _of_meaning(packages: tuple[str, ...], of_bytes: str) -> str:
    """Of the packages as they are; ``of_bytes`` tells in which state they were looked at."""
    return _digest(
        path.encode() + b"\0" + (_meaning(raw, path) if path.endswith(".py") else raw)
        for path, raw in _content(packages)
    )


def _content(packages: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """Path and bytes of every file."""
    return [
        (f"{package}/{path}", item.read_bytes())
        for package in packages
        for path, item in _files_in(files(package))
    ]


def _files_in(folder: Traversable, above: str = "") -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        path = f"{above}{item.name}"
        if item.is_dir():
            found += [] if item.name == "__pycache__" else _files_in(item, f"{path}/")
        elif not item.name.endswith(".pyc"):
            found.append((path, item))
    return found


def _meaning(module: bytes, path: str) -> bytes:
    """The syntax tree without texts that stand alone, which are docstrings."""
    tree = ast.parse(module, path)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [item for item in body if not _stands_alone(item)]  # type: ignore[attr-defined]
    return ast.dump(tree, annotate_fields=False).encode()


def _stands_alone(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()
