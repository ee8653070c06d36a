"""Nodes and wiring only: what they do is in the packages beside this one."""
