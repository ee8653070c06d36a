from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from support.azurite import Azurite

from customer_360.lakehouse.lease import LeaseError, take_lease
from customer_360.lakehouse.owner import Owner
from customer_360.lakehouse.pointer import Pointer
from customer_360.lakehouse.store import LocalStore, RemoteStore, Store, StoreError, open_store
from customer_360.onelake import object_store

FAKE = Path(__file__).parents[1] / "fabric" / "fake" / "notebookutils.py"


@pytest.fixture(scope="module")
def onelake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    emulator = Azurite(tmp_path_factory.mktemp("onelake"), "work")
    emulator.start()
    emulator.make_workspace()
    yield emulator
    emulator.kill()


@pytest.fixture(
    params=[
        "disk",
        "share without links",
        "fabric",
        pytest.param("onelake", marks=pytest.mark.azurite),
    ]
)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    if request.param == "fabric":
        monkeypatch.setenv("FAKE_ONELAKE", str(tmp_path))
        spec = importlib.util.spec_from_file_location("notebookutils", FAKE)
        assert spec
        assert spec.loader
        fake = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "notebookutils", fake)
        spec.loader.exec_module(fake)
        yield open_store("abfss://work@onelake.dfs.fabric.microsoft.com/own.Lakehouse")
        return
    if request.param == "onelake":
        for name, value in request.getfixturevalue("onelake").environment.items():
            monkeypatch.setenv(name, value)
        object_store._store.cache_clear()
        yield open_store(f"abfss://work@onelake.dfs.fabric.microsoft.com/{tmp_path.name}.Lakehouse")
        object_store._store.cache_clear()
        return
    if request.param == "share without links":

        def no_links(*_: object) -> None:
            raise PermissionError("links are not supported")

        monkeypatch.setattr(os, "link", no_links)
    yield open_store(str(tmp_path / "My Läke #1"))


def test_what_is_not_there_reads_as_none_and_lists_as_nothing(store: Store) -> None:
    assert store.read("Files/state/none.json") is None
    assert store.list("Files/state") == []
    store.remove("Files/state/none.json")
    store.remove("Files/state")


def test_a_name_is_given_once_and_its_content_stays(store: Store) -> None:
    assert store.put_if_absent("Files/state/a.json", b"first")
    assert not store.put_if_absent("Files/state/a.json", b"second")
    assert store.read("Files/state/a.json") == b"first"
    assert store.list("Files/state") == ["a.json"]
    assert store.list("Files") == ["state"]


def test_a_file_is_replaced_and_removed_and_nothing_else_is_left(store: Store) -> None:
    store.replace("Files/state/a.json", b"first")
    store.replace("Files/state/a.json", b"second")
    store.replace("Files/state/deep/er/b.json", b"")
    assert store.read("Files/state/a.json") == b"second"
    assert store.read("Files/state/deep/er/b.json") == b""
    store.remove("Files/state/deep")
    assert store.list("Files/state") == ["a.json"]
    store.remove("Files/state/a.json")
    assert store.list("Files/state") == []


def test_of_many_at_once_one_gets_the_name(store: Store) -> None:
    """Rounds of eight writers who begin together."""
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            start = Barrier(8)

            def put(writer: int, path: str = f"Files/{number}.json", start: Barrier = start) -> bool:
                start.wait()
                return store.put_if_absent(path, f"writer {writer}".encode())

            won = list(pool.map(put, range(8)))
            assert sum(won) == 1
            assert store.read(f"Files/{number}.json") == f"writer {won.index(True)}".encode()


def test_a_pointer_has_no_value_then_one_then_the_next(store: Store) -> None:
    pointer = Pointer(store, "Files/state/p")
    assert pointer.load() is None
    first = pointer.switch(b"one", after=None)
    assert first is not None
    assert pointer.load() == first
    second = pointer.switch(b"two", after=first)
    assert second is not None
    assert pointer.load() == second
    pointer.clean(second)
    assert store.list("Files/state/p") == ["0000000002.json"]
    assert pointer.number() == 2


def test_a_pointer_is_not_switched_by_who_saw_an_older_value(store: Store) -> None:
    pointer = Pointer(store, "Files/state/p")
    first = pointer.switch(b"one", after=None)
    second = pointer.switch(b"two", after=first)
    assert pointer.switch(b"late", after=first) is None
    assert pointer.switch(b"later still", after=None) is None
    assert pointer.load() == second
    assert second is not None
    pointer.clean(second)  # the number that a late one would take is free again
    assert pointer.switch(b"late", after=None) is None
    assert pointer.load() == second


def test_of_many_who_switch_at_once_one_succeeds(store: Store) -> None:
    pointer = Pointer(store, "Files/state/p")
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            start, before = Barrier(8), pointer.load()

            def switch(writer: int, start: Barrier = start, number: int = number, before=before) -> bool:  # type: ignore[no-untyped-def]
                start.wait()
                return pointer.switch(f"{number} {writer}".encode(), after=before) is not None

            assert sum(pool.map(switch, range(8))) == 1
            assert pointer.number() == number + 1


def test_the_lease_is_held_by_one_and_taken_over_by_one(store: Store) -> None:
    """On every store: one has it, others are refused; once its holder is gone, one of those who wait gets it."""
    elsewhere = Owner(description="process 7 on another-machine", machine="elsewhere", process=7)
    held = take_lease(store, run_id="first", wait=0, expiry=2, say=print, owner=elsewhere)
    held.check()
    with pytest.raises(LeaseError, match="another-machine"):
        take_lease(store, run_id="second", wait=0, expiry=2, say=print)
    held._ended.set()  # no more signs of life: it was killed

    def take(number: int) -> bool:
        try:
            take_lease(store, run_id=str(number), wait=3, expiry=30, say=print)
        except LeaseError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(4))) == 1


def test_a_writer_that_is_killed_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(tmp_path)
    store.replace("a.json", b"whole")

    def killed(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", killed)
    for write in (store.replace, store.put_if_absent):
        with pytest.raises(KeyboardInterrupt):
            write("a.json" if write == store.replace else "b.json", b"half")
    assert store.read("a.json") == b"whole"
    assert store.list("") == ["a.json"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_file_url_is_a_local_folder(tmp_path: Path) -> None:
    open_store(f"file://{tmp_path}").replace("a", b"1")
    assert (tmp_path / "a").read_bytes() == b"1"


def test_a_place_of_another_kind_is_refused() -> None:
    with pytest.raises(StoreError, match="s3://bucket is neither a local path nor an abfss:// URL"):
        open_store("s3://bucket")


def test_a_local_place_is_no_remote_one(tmp_path: Path) -> None:
    assert not isinstance(open_store(str(tmp_path)), RemoteStore)
