"""When each step of a run began and ended, from the lines that it prints as they come."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_DONE = re.compile(r"^\s*(?:✓|ok)\s+\d+/\d+\s+(\S+)\s+([\d.]+) s\s*$")
_TENTH = 0.1  # of a second: to which the times of steps are known
# What takes time besides: starting Python and the engine; keeping the tables in order; the summary, and ending.
BEFORE, BETWEEN, BEHIND = "(before the first step)", "(between steps)", "(after the last step)"


@dataclass(frozen=True)
class Step:
    """A step that was done; times are seconds since 1970."""

    name: str
    seconds: float
    ended: float

    @property
    def began(self) -> float:
        """When it began, to a tenth of a second."""
        return self.ended - self.seconds


def steps_of(lines: Iterable[tuple[float, str]]) -> list[Step]:
    """The steps that a run says it has done (``✓  5/30 clean_crm_users   1.9 s``), in its order.

    Args:
        lines: time at which it came, and text of each line.
    """
    found = ((time, _DONE.match(line)) for time, line in lines)
    return [Step(match[1], float(match[2]), time) for time, match in found if match]


def seconds_by_step(steps: list[Step], *, began: float, seconds: float) -> dict[str, float]:
    """Seconds of each step, and of what is before, between and behind them: together, those of the process.

    Args:
        steps: in their order, one after another.
        began: when the process was started, seconds since 1970.
        seconds: what it took.
    """
    if not steps:
        return {}
    times: dict[str, float] = {}
    for step in steps:
        times[step.name] = times.get(step.name, 0.0) + step.seconds
    before = max(0.0, steps[0].began - began)
    behind = max(0.0, began + seconds - steps[-1].ended)
    between = max(0.0, seconds - before - behind - sum(times.values()))
    return {**times, BEFORE: before, BETWEEN: between, BEHIND: behind}


def step_at(time: float, steps: list[Step]) -> str:
    """The step that was at work then, or what is before, between or behind them."""
    for step in steps:
        if step.began - _TENTH <= time <= step.ended:
            return step.name
    if not steps or time < steps[0].began:
        return BEFORE
    return BEHIND if time > steps[-1].ended else BETWEEN
