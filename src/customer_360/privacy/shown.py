"""Whether this process shows values of persons: one answer for everything that people look at.

The run setting ``show_personal_values`` says it. Kedro's hooks read it and call :func:`obey`, so that Kedro-Viz,
which knows no run settings, obeys it too. Before that values are masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

# What the sample sources leave where they write (sample_sources.landing).
_MADE_UP = Path("Files", "landing", ".sample_sources.json")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The run setting, and what ``auto`` depends on.

    Attributes:
        value: True, False, or ``auto``: values of made-up people only.
        sources: the run setting of that name.
        lakehouse: its root; made-up people are in those that the sample sources wrote to.
    """

    value: Literal["auto"] | bool = False
    sources: str = ""
    lakehouse: str = ""

    def shows(self) -> bool:
        """Whether values are shown as they are, as things stand now."""
        if isinstance(self.value, bool):
            return self.value
        return self.sources == "sample" and (Path(self.lakehouse) / _MADE_UP).is_file()


_setting = Setting()


def obey(setting: Setting) -> None:
    """Show values of persons in this process, or mask them, as this setting says from now on."""
    global _setting  # noqa: PLW0603  (one per process, as the engine)
    _setting = setting


def shows_personal_values() -> bool:
    """Whether values of persons are shown as they are."""
    return _setting.shows()
