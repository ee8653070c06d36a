from __future__ import annotations

from pathlib import Path

from deltalake import DeltaTable, write_deltalake

from customer_360.lakehouse.checkpoint import EVERY, add_checkpoints
from customer_360.lakehouse.delta_log import TableFolder


def test_a_long_log_gets_a_checkpoint_and_stays_the_same_table(tmp_path: Path) -> None:
    import pyarrow as pa

    table = str(tmp_path / "t")
    for number in range(EVERY + 1):
        write_deltalake(table, pa.table({"n": [number]}), mode="append")
        add_checkpoints([TableFolder.look(table)])
    assert list(TableFolder.look(table).checkpoints) == [EVERY]
    assert sorted(DeltaTable(table).to_pyarrow_table().column("n").to_pylist()) == list(range(EVERY + 1))
    assert len(TableFolder.look(table).files()) == EVERY + 1
    protocol = DeltaTable(table).protocol()
    assert (protocol.min_reader_version, protocol.min_writer_version) == (1, 2)
