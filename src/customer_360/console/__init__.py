"""What a person sees of a run: a line per step while it works, a summary when it is done."""

from .decision_notes import DecisionHooks
from .hooks import ConsoleHooks
from .summary import Outcome

__all__ = [
    "ConsoleHooks",
    "DecisionHooks",
    "Outcome",
]
