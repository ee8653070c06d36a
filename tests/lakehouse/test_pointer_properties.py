"""Whatever several writers do in whatever order, a switch succeeds for who saw the value as it is, and for no other."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from customer_360.lakehouse.pointer import Pointer, Value
from customer_360.lakehouse.store import LocalStore

WRITERS = 3
steps = st.lists(
    st.tuples(st.sampled_from(["look", "switch", "clean", "die"]), st.integers(0, WRITERS - 1)), max_size=40
)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_a_switch_succeeds_for_who_saw_the_value_as_it_is(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pointer = Pointer(LocalStore(Path(folder)), "p")
        current: Value | None = None
        owner: int | None = None
        seen: list[Value | None] = [None] * WRITERS
        for number, (what, writer) in enumerate(steps):
            if what == "look":
                seen[writer] = pointer.load()
                assert seen[writer] == current
            elif what == "switch":
                content = f"{number} {writer}".encode()
                new = pointer.switch(content, after=seen[writer])
                assert (new is not None) == (seen[writer] == current)
                if new is not None:
                    current, owner, seen[writer] = new, writer, new
            elif what == "clean" and owner == writer and current is not None:
                pointer.clean(current)
            else:  # it dies and begins anew, knowing nothing
                seen[writer] = None
            assert pointer.load() == current
