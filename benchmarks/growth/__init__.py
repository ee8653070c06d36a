"""How a run grows: with customers, with what has changed, beside a script written by hand (see ../README.md)."""
