"""What a person sees of a run: a line per step while it works, a summary when it is done."""

from customer_360.console.hooks import ConsoleHooks
from customer_360.console.summary import Outcome

__all__ = ["ConsoleHooks", "Outcome"]
