from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.onelake_in_fabric import ADDRESS

from customer_360.lakehouse import lease as module
from customer_360.lakehouse.claim import Claim
from customer_360.lakehouse.lease import FOLDER, Lease, LeaseError, take_lease
from customer_360.lakehouse.owner import Owner
from customer_360.lakehouse.store import LocalStore, Store, open_store

ELSEWHERE = Owner(description="process 7 on another-machine", machine="elsewhere", process=7)


def take(folder: Path, *, wait: float = 0, expiry: float = 60, run_id: str = "r", **more: object) -> Lease:
    return take_lease(LocalStore(folder), run_id=run_id, wait=wait, expiry=expiry, say=lambda _: None, **more)  # type: ignore[arg-type]


def left_by(folder: Path, owner: Owner, *, expiry: float = 60, held: bool = True, **more: bool) -> None:
    """What a run that is not there any more left."""
    claim = Claim(held=held, owner=owner, run_id="gone", taken_at="then", expiry=expiry, token="t", **more)
    path = folder / FOLDER / "0000000005.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(claim.to_bytes())


def files(folder: Path) -> list[str]:
    return sorted(os.listdir(folder / FOLDER))


def test_who_comes_second_is_told_who_is_first(tmp_path: Path) -> None:
    held = take(tmp_path, run_id="first run")
    with pytest.raises(LeaseError) as error:
        take(tmp_path, run_id="second run")
    assert f"{tmp_path} is still being written by process {os.getpid()} on" in str(error.value)
    assert "first run" in str(error.value)
    assert "--params lease_wait=<seconds>" in str(error.value)
    held.release()
    take(tmp_path).release()


def test_a_second_waits_for_the_end_of_the_first_and_says_so_once(tmp_path: Path) -> None:
    held = take(tmp_path, run_id="first run")
    said: list[str] = []
    threading.Timer(0.5, held.release).start()
    second = take_lease(LocalStore(tmp_path), run_id="2", wait=20, expiry=60, say=said.append)
    second.release()
    assert len(said) == 1
    assert "first run" in said[0]
    assert "waiting up to 20 s" in said[0]


def test_of_many_who_wait_one_has_it_at_any_time(tmp_path: Path) -> None:
    """Eight writers, each of whom would see another one inside."""
    inside: list[int] = []
    most: list[int] = []

    def write(number: int) -> None:
        lease = take(tmp_path, wait=60, run_id=str(number))
        inside.append(number)
        most.append(len(inside))
        time.sleep(0.02)
        lease.check()
        inside.remove(number)
        lease.release()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert most == [1] * 8


def test_at_rest_there_is_one_file_that_says_free(tmp_path: Path) -> None:
    for _ in range(3):
        take(tmp_path).release()
    [name] = files(tmp_path)
    assert json.loads((tmp_path / FOLDER / name).read_text())["held"] is False


def test_of_many_who_find_an_expired_one_one_takes_it(tmp_path: Path) -> None:
    left_by(tmp_path, ELSEWHERE, expiry=1)
    taken: list[Lease] = []

    def try_it(number: int) -> None:
        try:
            taken.append(take(tmp_path, wait=2.5, run_id=str(number)))
        except LeaseError as error:
            assert "still being written by process" in str(error)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(try_it, range(8)))
    assert len(taken) == 1
    taken[0].check()
    taken[0].release()


def test_one_of_another_machine_is_not_taken_before_its_expiry(tmp_path: Path) -> None:
    left_by(tmp_path, ELSEWHERE, expiry=30)
    with pytest.raises(LeaseError, match=r"process 7 on another-machine .run gone, since then."):
        take(tmp_path, wait=0.3)


def test_a_retry_in_fabric_meets_the_session_that_timed_out_and_still_works(
    onelake_in_fabric: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pipeline gives up on a notebook after two hours, and begins another session."""
    monkeypatch.setattr(Owner, "is_gone", lambda _: False)  # of another machine
    store = open_store(ADDRESS.root)
    runtime = sys.modules["notebookutils"].runtime
    runtime.context |= {"currentNotebookName": "run_customer_360", "activityId": "1111-first"}
    first = take_lease(store, run_id="first", wait=0, expiry=1, say=print)
    runtime.context["activityId"] = "2222-retry"
    said: list[str] = []
    with pytest.raises(LeaseError) as error:
        take_lease(store, run_id="retry", wait=2, expiry=1, say=said.append)
    for message in (said[0], str(error.value)):
        assert "is being written by" in message or "is still being written by" in message
        assert "notebook run_customer_360 in Fabric, activity 1111-first (run first, since 20" in message
    assert '{"lease_wait": <seconds>} among the parameters' in str(error.value)
    assert "Nothing was written by this run" in str(error.value)
    first.check()
    first._ended.set()  # the session ends: no sign of life any more, and nobody gives the lease up
    first._thread.join()
    take_lease(store, run_id="retry", wait=20, expiry=1, say=said.append).release()
    with pytest.raises(LeaseError, match=r"took it over"):
        first._ended.clear()
        first._confirmed._ticks -= 60
        first.check()


def test_a_holder_that_lives_keeps_it_beyond_its_expiry(tmp_path: Path) -> None:
    held = take(tmp_path, expiry=1)
    with pytest.raises(LeaseError):
        take(tmp_path, wait=2.5)
    held.check()
    held.release()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="where processes are not shown as files")
def test_a_process_of_this_machine_that_was_killed_is_not_waited_for(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from customer_360.lakehouse.lease import take_lease\n"
        "from customer_360.lakehouse.store import LocalStore\n"
        "take_lease(LocalStore(Path(sys.argv[1])), run_id='killed', wait=0, expiry=600, say=print)\n"
        "print('taken', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "taken\n"
        with pytest.raises(LeaseError, match="killed"):
            take(tmp_path)
        process.kill()
        time.sleep(0.2)
        take(tmp_path).release()  # also while nobody has asked how it ended


def test_a_number_that_another_process_has_now_is_not_the_holder(tmp_path: Path) -> None:
    this = Owner.this()
    assert not this.is_gone()
    if this.started:
        other = Owner(description="", machine=this.machine, process=os.getppid(), started="1")
        assert other.is_gone()
    assert not ELSEWHERE.is_gone()


def test_a_holder_that_slept_too_long_does_not_write(tmp_path: Path) -> None:
    """Its process stood still, so that nothing was renewed; meanwhile another run took the lease."""
    lost: list[bool] = []
    held = take(tmp_path, run_id="sleeper")
    held.on_lost = lambda: lost.append(True)
    path = tmp_path / FOLDER / "0000000002.json"
    path.write_bytes(Claim.of(ELSEWHERE, run_id="other", expiry=60).to_bytes())
    held._confirmed._wall -= 100  # as after a sleep
    with pytest.raises(LeaseError, match=r"lost the lease .* process 7 on another-machine .run other"):
        held.check()
    for _ in range(50):
        if lost:
            break
        time.sleep(0.1)
    assert held.is_lost
    assert lost == [True]
    held.release()
    assert "other" in path.read_text()


class Unreachable(LocalStore):
    """A share that went away."""

    down = False

    def list(self, folder: str) -> list[str]:
        if self.down:
            raise OSError("no route")
        return super().list(folder)


def test_a_holder_that_cannot_renew_stops_before_others_may_take_it(tmp_path: Path) -> None:
    store = Unreachable(tmp_path)
    held = take_lease(store, run_id="r", wait=0, expiry=2, say=print)
    store.down = True
    time.sleep(0.3)
    assert not held.is_lost
    time.sleep(1.7)
    assert held.is_lost
    with pytest.raises(LeaseError, match=r"could not be renewed for [12] s"):
        held.check()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"held": true}'])
def test_a_claim_that_cannot_be_read_counts_until_its_expiry(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FOLDER / "0000000001.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(LeaseError, match="a run that its file does not name"):
        take(tmp_path)


def test_a_claim_that_cannot_be_read_does_not_last(tmp_path: Path) -> None:
    path = tmp_path / FOLDER / "0000000001.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{")
    take(tmp_path, wait=10, expiry=1).release()


def test_an_interrupted_run_of_another_machine_gets_a_moment_to_be_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    left_by(tmp_path, ELSEWHERE, held=False, interrupted=True)
    monkeypatch.setattr(module.time, "sleep", slept.append)
    take(tmp_path).release()
    assert module.SETTLE_SECONDS in slept


def test_what_a_killed_process_started_gets_its_time_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its JVM sees that it is gone, and may still finish a commit."""
    slept: list[float] = []
    killed = Owner(description="", machine=Owner.this().machine, process=os.getppid(), started="1")
    if not killed.is_gone():
        pytest.skip("where processes are not shown as files")
    claim = Claim.of(killed, run_id="killed", expiry=600, settle=5)
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "0000000001.json").write_bytes(claim.to_bytes())
    monkeypatch.setattr(module.time, "sleep", slept.append)
    take(tmp_path).release()
    assert slept == [5]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "Files").write_text("a file, no folder")
    with pytest.raises(LeaseError, match=r"cannot be taken: .*Nothing was written"):
        take(tmp_path)


def test_it_keeps_to_what_every_store_has(tmp_path: Path) -> None:
    """No locks of a file system, no etags: the five methods of a store."""
    used = {name for name in dir(Store) if not name.startswith("_")}
    assert used == {"read", "put_if_absent", "replace", "list", "remove"}
