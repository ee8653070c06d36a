"""The items in `fabric/`, and how they name each other."""

from __future__ import annotations

import json

from support.runs import PROJECT

ITEMS = PROJECT / "fabric"
NOBODY = "00000000-0000-0000-0000-000000000000"
PLATFORMS = {path.parent.name: json.loads(path.read_text()) for path in sorted(ITEMS.glob("*/.platform"))}
LOGICAL_IDS = {name: platform["config"]["logicalId"] for name, platform in PLATFORMS.items()}
