"""Two states of the project side by side: the parts of ``tools/compare_states.py``."""
