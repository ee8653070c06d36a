"""As much of TMDL as a semantic model in git needs to be checked: objects by indentation, properties, values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_OBJECT = re.compile(
    r"(?P<kind>table|column|measure|partition|relationship|expression|annotation|model|database|ref table|source|"
    r"dataAccessOptions)(?: (?P<name>'(?:[^']|'')+'|[^\s=]+))?(?:\s*=\s*(?P<value>.*))?"
)
_PROPERTY = re.compile(r"(?P<name>[a-z][A-Za-z]*)(?::\s*(?P<value>.+))?")


@dataclass
class Node:
    """One object: its properties (true for flags), its description and what is in it."""

    kind: str
    name: str = ""
    value: str = ""
    description: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    def all(self, kind: str) -> dict[str, Node]:
        return {child.name: child for child in self.children if child.kind == kind}


def parse(path: Path) -> Node:
    """Read a file.

    Raises:
        ValueError: a line that is indented by spaces or jumps, or that is neither object nor property.
    """
    root = Node("file", path.name)
    stack = [(-1, root)]
    description = ""
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip():
            continue
        text = line.lstrip("\t")
        depth = len(line) - len(text)
        while stack[-1][0] >= depth:
            stack.pop()
        parent = stack[-1][1]
        if parent.kind == "expression" and depth > stack[-1][0] + 1:
            parent.value += "\n" + text  # M code
            continue
        if text.startswith("///"):
            description = text[3:].strip()
            continue
        if text != text.lstrip() or depth > stack[-1][0] + 1:
            raise ValueError(f"{path.name}:{number}: wrong indentation: {line!r}")
        if found := _OBJECT.fullmatch(text):
            name = (found["name"] or "").strip("'").replace("''", "'")
            node = Node(found["kind"], name, found["value"] or "", description)
            parent.children.append(node)
            stack.append((depth, node))
        elif found := _PROPERTY.fullmatch(text):
            parent.properties[found["name"]] = (found["value"] or "true").strip()
        else:
            raise ValueError(f"{path.name}:{number}: neither an object nor a property: {line!r}")
        description = ""
    return root
