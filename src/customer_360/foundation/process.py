"""What belongs to the process, and not to one import of this package.

Kedro's notebook extension and its ``%reload_kedro`` drop the package's modules and import them anew, while the engine
that they started runs on.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

_HOLDER = "_state_of_customer_360"  # must not begin with the package's name: such modules are dropped


def process_state(name: str) -> dict[str, Any]:
    """A dictionary that stays the same one in this process, however often the package is imported."""
    holder = sys.modules.setdefault(_HOLDER, ModuleType(_HOLDER))
    state: dict[str, Any] = vars(holder).setdefault(name, {})
    return state
